import { Refusal } from "$shared/refusal";
import { signInWithPasskey } from "$shared/passkey";
import * as server from "$shared/server";
import type { Campaign, User } from "$shared/api";

/** Who is signed in, and the campaigns they may see. */
class Session {
  user = $state.raw<User | null>(null);
  campaigns = $state.raw<Campaign[]>([]);
  defaultCampaign = $state("");
  /** "unknown" until the server has answered once. */
  state = $state<"unknown" | "out" | "in" | "failed">("unknown");
  error = $state.raw<unknown>(null);
  /** The campaign that was last looked at: screens of none lead back to it. */
  current = $state("");
  /** How many items wait for review in each campaign, as last heard. */
  readonly waiting = $state<Record<string, number>>({});
  #asked = 0;
  /** Set when a session that was open has ended. */
  ended = $state(false);

  async load(): Promise<void> {
    this.error = null;
    try {
      this.user = await server.whoIsSignedIn();
      await this.#loadCampaigns();
      this.state = "in";
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) {
        this.state = "out";
        return;
      }
      this.error = error;
      this.state = "failed";
    }
  }

  /** Spends a one-time link. */
  async enter(token: string): Promise<void> {
    await server.signIn(token);
    this.ended = false;
    await this.load();
  }

  /** Signs in with a password. */
  async enterWith(user: string, password: string): Promise<void> {
    await server.signInWith(user, password);
    this.ended = false;
    await this.load();
  }

  /** Signs in with a passkey of this device. */
  async enterWithPasskey(): Promise<void> {
    await signInWithPasskey();
    this.ended = false;
    await this.load();
  }

  async leave(): Promise<void> {
    await server.signOut();
    this.#out(false);
  }

  /** To be called when the server answers that nobody is signed in. */
  readonly expired = (): void => this.#out(true);

  /** Asks how many items wait; of answers that cross, the one to the last question counts. */
  async countWaiting(campaign: string): Promise<void> {
    const turn = ++this.#asked;
    const n = await server.reviewsWaiting(campaign);
    if (turn === this.#asked) this.waiting[campaign] = n;
  }

  /** Takes what the list itself has. */
  tellWaiting(campaign: string, n: number): void {
    this.#asked++;
    this.waiting[campaign] = n;
  }

  campaign(id: string): Campaign | undefined {
    return this.campaigns.find((c) => c.id === (id || this.defaultCampaign));
  }

  async #loadCampaigns(): Promise<void> {
    const answer = await server.campaigns();
    this.campaigns = answer.campaigns;
    this.defaultCampaign = answer.default || (answer.campaigns[0]?.id ?? "");
  }

  #out(ended: boolean): void {
    this.user = null;
    this.state = "out";
    this.ended = ended;
  }
}

export const session = new Session();
