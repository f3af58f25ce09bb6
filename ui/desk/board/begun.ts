import type { Board } from "$shared/api";

const plan = ["activity_planned", "activity_moved", "activity_cancelled"];

/** Whether anything was recorded in the campaign but its plan, as far as its board tells. */
export function begun({ days, figures, events }: Pick<Board, "days" | "figures" | "events">) {
  return (
    days.some((d) => Object.values(d.figures).some((n) => n !== 0)) ||
    Object.values(figures).some((f) => f.late !== 0) ||
    events.some((e) => !plan.includes(e.kind))
  );
}
