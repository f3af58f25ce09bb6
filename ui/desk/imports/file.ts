/** Which files can be read, and where an import stands. */
export const accepted = ".xlsx,.csv";

export function readable(name: string): boolean {
  return /\.(xlsx|csv)$/i.test(name);
}

export type Step = "reading" | "checked" | "waiting" | "writing" | "done" | "failed";

const steps: Record<string, Step> = {
  reading: "reading",
  checked: "checked",
  waiting: "waiting",
  writing: "writing",
  done: "done",
  failed: "failed",
};

/** What the screen shows for a state; one that it does not know yet is work under way. */
export function stepOf(state: string): Step {
  return steps[state] ?? "reading";
}

/** Whether the server is still at work, so that asking again makes sense. */
export const moving = (step: Step): boolean => step === "reading" || step === "writing";

/** How far it is, 0 to 100, or null where nobody knows how many rows there are. */
export function percentOf(read: number, total: number): number | null {
  return total > 0 ? Math.min(100, Math.floor((read / total) * 100)) : null;
}
