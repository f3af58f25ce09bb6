/** Reading server-sent events from a fetched stream, chunk by chunk. */
export type ServerEvent = { event: string; data: string };

export class EventReader {
  #rest = "";

  /** The events that are complete after this chunk. Comments (heartbeats) yield none. */
  read(chunk: string): ServerEvent[] {
    this.#rest += chunk.replaceAll("\r\n", "\n");
    const blocks = this.#rest.split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => {
      let event = "message";
      const data: string[] = [];
      for (const line of block.split("\n")) {
        if (line.startsWith("event:")) event = line.slice(6).trim();
        if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
      }
      return data.length ? [{ event, data: data.join("\n") }] : [];
    });
  }
}
