/** One message of a server's event stream. */
export interface StreamMessage {
  id: string | undefined;
  event: string;
  data: string;
}

/**
 * Parses `text/event-stream` incrementally: takes text as it arrives and returns complete messages. Ignores comments
 * such as heartbeats.
 *
 * @see HTML, section 9.2.6, https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStreamReader {
  #rest = "";
  #event = "";
  #data: string[] = [];
  #id: string | undefined;
  #isFirst = true;

  read(text: string): StreamMessage[] {
    // The stream may start with a byte order mark.
    const piece = this.#isFirst && text.startsWith("\uFEFF") ? text.slice(1) : text;
    if (text !== "") this.#isFirst = false;
    this.#rest += piece;
    const messages: StreamMessage[] = [];
    for (let line = this.#nextLine(); line !== undefined; line = this.#nextLine()) {
      const message = line === "" ? this.#dispatch() : this.#readField(line);
      if (message !== undefined) messages.push(message);
    }
    return messages;
  }

  #nextLine(): string | undefined {
    const end = this.#rest.search(/[\r\n]/u);
    if (end < 0) return undefined;
    const isReturn = this.#rest[end] === "\r";
    // The next character decides whether a line feed follows this carriage return.
    if (isReturn && end === this.#rest.length - 1) return undefined;
    const line = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + (isReturn && this.#rest[end + 1] === "\n" ? 2 : 1));
    return line;
  }

  #readField(line: string): undefined {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /u, "");
    if (field === "data") this.#data.push(value);
    if (field === "event") this.#event = value;
    if (field === "id" && !value.includes("\0")) this.#id = value;
  }

  #dispatch(): StreamMessage | undefined {
    const [event, data, id] = [this.#event, this.#data, this.#id];
    this.#event = "";
    this.#data = [];
    if (data.length === 0) return undefined;
    return { id, event: event === "" ? "message" : event, data: data.join("\n") };
  }
}
