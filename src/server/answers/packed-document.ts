import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Context } from "hono";

interface PackedText {
  text: string;
  zipped: Uint8Array<ArrayBuffer>;
  etag: string;
}

/** A JSON document that is computed at most once per interval, and that browsers keep and validate by its hash. */
export class PackedDocument {
  readonly #compute: () => Promise<unknown>;
  readonly #freshForMs: number;
  #cached: { document: Promise<PackedText>; atMs: number } | undefined;
  #newest: PackedText | undefined;

  constructor(compute: () => Promise<unknown>, { freshForMs }: { freshForMs: number }) {
    this.#compute = compute;
    this.#freshForMs = freshForMs;
  }

  /** Answers with 304 if the client has this document, and compressed if it accepts that. */
  async answer({ req, body }: Context, nowMs: number): Promise<Response> {
    const { text, zipped, etag } = await this.#read(nowMs);
    const headers = {
      "content-type": "application/json",
      "cache-control": "private, no-cache",
      vary: "accept-encoding",
      etag,
    };
    if (req.header("if-none-match") === etag) return body(null, 304, headers);
    return acceptsGzip(req.header("accept-encoding"))
      ? body(zipped, 200, { ...headers, "content-encoding": "gzip" })
      : body(text, 200, headers);
  }

  #read(nowMs: number): Promise<PackedText> {
    if (this.#cached === undefined || nowMs - this.#cached.atMs > this.#freshForMs)
      this.#cached = { atMs: nowMs, document: this.#pack() };
    const { document } = this.#cached;
    // A failure is not cached: the next request tries again.
    document.catch(() => {
      this.#cached = undefined;
    });
    return document;
  }

  async #pack(): Promise<PackedText> {
    const text = JSON.stringify(await this.#compute());
    // Most often it is the same document as before.
    if (this.#newest?.text === text) return this.#newest;
    const zipped = new Uint8Array(await promisify(gzip)(text));
    const hash = createHash("sha256").update(text).digest("base64url").slice(0, 22);
    this.#newest = { text, zipped, etag: `W/"${hash}"` };
    return this.#newest;
  }
}

/** Whether an Accept-Encoding header includes gzip. */
export function acceptsGzip(header: string | undefined): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/u.test(header ?? "");
}
