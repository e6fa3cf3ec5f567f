/** WHATWG's class, which every browser and Node have, but the ECMAScript library types do not. */
declare const TextDecoder: new (label: "utf-8") => {
  decode(bytes?: Uint8Array, options?: { stream: boolean }): string;
};

/** Decodes UTF-8 piece by piece; a character may be split between pieces. A byte order mark is dropped. */
export class Utf8Decoder {
  readonly #decoder = new TextDecoder("utf-8");

  push(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true });
  }

  /** The replacement character if the last character is incomplete. */
  end(): string {
    return this.#decoder.decode();
  }
}
