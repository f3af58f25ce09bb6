import { heard } from "../live/stream.svelte";
import * as server from "$shared/talk";

/** How many threads wait for the reader's side, by campaign, as last heard. */
const counts = $state<Record<string, number>>({});

export const waitsOf = (campaign: string): number => counts[campaign] ?? 0;

/** Keeps the count of a campaign up to date, until it is told to stop. */
export function follow(campaign: string): () => void {
  const refresh = () =>
    void server
      .waiting(campaign)
      .then((n) => (counts[campaign] = n))
      .catch(() => {}); // the screen itself says what is wrong
  refresh();
  return onTalk(refresh);
}

/** Calls when somebody spoke, settled or took back, until it is told to stop. */
export function onTalk(call: () => void): () => void {
  heard.addEventListener("talk", call);
  return () => heard.removeEventListener("talk", call);
}
