import { onTestFinished } from "vitest";

export interface SeenEvent {
  name: string;
  id: string | undefined;
  // Parses the data with the schema of its event.
  data: unknown;
}

/** Reads server-sent events one by one. */
export function openStream(url: string, headers: Record<string, string> = {}) {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  async function* read(): AsyncGenerator<SeenEvent> {
    const { body } = await fetch(url, { headers, signal: controller.signal });
    if (body === null) return;
    let text = "";
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      text += piece;
      for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
        const lines = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        const field = (name: string): string | undefined =>
          lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
        const name = field("event");
        const data = field("data");
        if (name !== undefined && data !== undefined)
          yield { name, id: field("id"), data: JSON.parse(data) };
      }
    }
  }
  const events = read();
  return {
    /** Returns the next event with a name; `lastId` is the latest id so far. */
    async next(name: string): Promise<SeenEvent> {
      for (;;) {
        const { value, done } = await events.next();
        if (done === true) throw new Error(`the stream ended before ${name}`);
        if (value.id !== undefined) this.lastId = value.id;
        if (value.name === name) return value;
      }
    },
    lastId: undefined as string | undefined,
    close: () => controller.abort(),
  };
}
