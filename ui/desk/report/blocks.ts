/** The parts of a report's plain text: headings, lists and paragraphs. */
export type Block =
  | { kind: "heading"; text: string }
  | { kind: "paragraph"; text: string }
  | { kind: "list"; items: string[] };

const bullet = /^\s*[-–•*]\s+/;

/**
 * Blank lines part the blocks. A block of which every line is a bullet is a
 * list; a single line that begins with # or is short and ends no sentence is a
 * heading; the rest are paragraphs.
 */
export function blocks(text: string): Block[] {
  return text
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter(Boolean)
    .flatMap((block): Block[] => {
      const lines = block.split("\n");
      if (lines.every((line) => bullet.test(line))) {
        return [{ kind: "list", items: lines.map((line) => line.replace(bullet, "")) }];
      }
      if (lines.length === 1 && isHeading(block)) {
        return [{ kind: "heading", text: block.replace(/^#+\s*/, "") }];
      }
      const start = lines.findIndex((line) => bullet.test(line));
      if (start > 0 && lines.slice(start).every((line) => bullet.test(line))) {
        return [
          { kind: "paragraph", text: lines.slice(0, start).join("\n") },
          { kind: "list", items: lines.slice(start).map((line) => line.replace(bullet, "")) },
        ];
      }
      return [{ kind: "paragraph", text: block }];
    });
}

function isHeading(line: string): boolean {
  return line.startsWith("#") || (line.length <= 90 && !/[.!?।:;…]$/.test(line));
}
