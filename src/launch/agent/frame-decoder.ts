/**
 * One frame of an agent's output; `agent/pitwall_agent.py` describes the format. Times are milliseconds since the epoch
 * on the host's own clock.
 */
export interface Frame {
  kind: FrameKind;
  number: number;
  hostMs: number;
  rank: number;
  payload: Buffer;
  /** All of its bytes: the header and the payload. */
  raw: Buffer;
}

const kinds = {
  o: "stdout",
  e: "stderr",
  r: "started",
  x: "exited",
  s: "sample",
  f: "failure",
  n: "ended",
  p: "pong",
  h: "heartbeat",
} as const;
type FrameKind = (typeof kinds)[keyof typeof kinds];

const lineFeed = 10;
const longestHead = 128;
const longestPayload = 1 << 24;

/** Something else than frames arrived: the message of a shell, of ssh, or of another version of the agent. */
export interface NotFrames {
  kind: "not-frames";
  text: string;
}

/** Splits the bytes of an agent into frames; a frame may arrive in any number of pieces. */
export class FrameDecoder {
  /** Bytes of stored frames that were decoded so far: the offset to continue from after a broken connection. */
  storedBytes: number;
  #held: Buffer = Buffer.alloc(0);

  /** @param storedBytes of the frames that were decoded before */
  constructor(storedBytes = 0) {
    this.storedBytes = storedBytes;
  }

  /** @param bytes the next piece; the frames that it completes, in order, and what could not be read */
  *push(bytes: Buffer): Generator<Frame | NotFrames> {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    for (;;) {
      const headEnd = this.#held.indexOf(lineFeed);
      const isTooLong = headEnd > longestHead || (headEnd < 0 && this.#held.length > longestHead);
      if (headEnd < 0 && !isTooLong) return;
      const head = isTooLong ? undefined : parseHead(this.#held.toString("latin1", 0, headEnd));
      if (head === undefined) {
        yield this.#refuse();
        return;
      }
      const end = headEnd + 1 + head.length;
      if (this.#held.length < end) return;
      const { length: _, ...rest } = head;
      const raw = this.#held.subarray(0, end);
      const payload = raw.subarray(headEnd + 1);
      if (head.number >= 0) this.storedBytes += end;
      this.#held = this.#held.subarray(end);
      yield { ...rest, payload, raw };
    }
  }

  /** Forgets the piece of a frame that a broken connection left. */
  reset(): void {
    this.#held = Buffer.alloc(0);
  }

  #refuse(): NotFrames {
    const text = this.#held.toString("utf8", 0, 500);
    this.#held = Buffer.alloc(0);
    return { kind: "not-frames", text };
  }
}

function parseHead(
  text: string,
): (Omit<Frame, "payload" | "raw"> & { length: number }) | undefined {
  const found = /^([oerxsfnph]) (-1|\d{1,15}) (\d{1,15}(?:\.\d{1,6})?) (\d{1,9}) (\d{1,9})$/u.exec(
    text,
  );
  if (found === null) return undefined;
  const [, kind = "", number, hostMs, rank, length] = found;
  if (!isKind(kind) || Number(length) > longestPayload) return undefined;
  return {
    kind: kinds[kind],
    number: Number(number),
    hostMs: Number(hostMs),
    rank: Number(rank),
    length: Number(length),
  };
}

function isKind(letter: string): letter is keyof typeof kinds {
  return letter in kinds;
}
