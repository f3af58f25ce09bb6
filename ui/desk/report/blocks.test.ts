import { describe, expect, it } from "vitest";
import { blocks } from "./blocks";

describe("a report's text", () => {
  it("falls into headings, paragraphs and lists", () => {
    const report = "A title\n\nA sentence that ends.\n\n- one\n- two\n\nOf these:\n- three";
    expect(blocks(report)).toEqual([
      { kind: "heading", text: "A title" },
      { kind: "paragraph", text: "A sentence that ends." },
      { kind: "list", items: ["one", "two"] },
      { kind: "paragraph", text: "Of these:" },
      { kind: "list", items: ["three"] },
    ]);
  });

  it("keeps every word", () => {
    expect(blocks("")).toEqual([]);
    expect(blocks("a\nb")).toEqual([{ kind: "paragraph", text: "a\nb" }]);
  });
});
