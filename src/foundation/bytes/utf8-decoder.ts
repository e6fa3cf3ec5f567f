/** WHATWG's class, available in browsers and Node, but missing from the ECMAScript library types. */
declare const TextDecoder: new (label: "utf-8") => {
  decode(bytes?: Uint8Array, options?: { stream: boolean }): string;
};

/** Decodes UTF-8 in pieces; a character may be split between pieces. A byte order mark is removed. */
export class Utf8Decoder {
  readonly #decoder = new TextDecoder("utf-8");

  push(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true });
  }

  /** Returns the replacement character if the last character is incomplete. */
  end(): string {
    return this.#decoder.decode();
  }
}
