/** What is being written, by place, so that closing a sheet loses nothing; and its id. */
import { newId } from "$shared/entry";
import type { At } from "$shared/talk";

const texts = new Map<string, string>();

export function placeOf(campaign: string, at: At): string {
  const { figure, office, commune, elsewhere, day, activity } = at;
  return JSON.stringify(
    [campaign, figure, office, commune, elsewhere, day, activity].map((v) => v || ""),
  );
}

export const draftOf = (place: string): string => texts.get(place) ?? "";

export function keepDraft(place: string, text: string): void {
  if (text) texts.set(place, text);
  else texts.delete(place);
}

/** Ids of what is sent: the same for the same text until it is said. */
export class Ids {
  #text = "";
  #id = "";

  of(text: string): string {
    if (this.#text !== text || !this.#id) [this.#text, this.#id] = [text, newId()];
    return this.#id;
  }

  said(): void {
    this.#id = "";
  }
}
