/** Where a row of links is longer than the screen, the one that is open is in sight. */
export function showCurrent(row: HTMLElement): void {
  row
    .querySelector("[aria-current]")
    ?.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
}
