/** Turns UTF-8 bytes into text; invalid bytes become U+FFFD. */
export interface Utf8Decoder {
  /** With `stream`, a character that is not whole yet is kept for the next call. */
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}

// Every runtime has it; pure rooms are compiled without the types of any runtime.
declare const TextDecoder: new () => Utf8Decoder;

export function utf8Decoder(): Utf8Decoder {
  return new TextDecoder();
}
