/** Turns UTF-8 bytes into text; invalid bytes become U+FFFD. */
export interface Utf8Decoder {
  /** With `stream`, a character that is not whole yet is kept for the next call. */
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}

interface Utf8Encoder {
  encode(text: string): Uint8Array;
}

// Every runtime has both; pure rooms are compiled without the types of any runtime.
declare const TextDecoder: new () => Utf8Decoder;
declare const TextEncoder: new () => Utf8Encoder;

export function utf8Decoder(): Utf8Decoder {
  return new TextDecoder();
}

export function utf8Bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
