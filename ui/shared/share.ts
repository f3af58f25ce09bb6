/** What became of what was to be given to somebody. */
export type Given = "shared" | "copied" | "closed";

/**
 * Gives a text or an address through whatever the phone shares by; where it has
 * nothing of that kind, copies it. "closed" is a sheet that was closed again.
 */
export async function share(what: { text?: string; url?: string }): Promise<Given> {
  if (navigator.share) {
    try {
      await navigator.share(what);
      return "shared";
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return "closed";
      // The sheet does not take it: it can still be copied.
    }
  }
  await navigator.clipboard.writeText(what.text ?? what.url ?? "");
  return "copied";
}
