import {
  closeSync,
  createReadStream,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  writeSync,
} from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type Frame, FrameDecoder } from "./frame-decoder.ts";
import type { AgentPlace } from "./host-access.ts";

/** Frames are written at this size; otherwise with `flush`. */
const batchBytes = 1 << 18;

/**
 * The frames of one host as they arrived, kept in the record until it is closed: a process that attaches to the job later reads them here and
 * asks the host only for those that follow. Before a frame whose clock offset is new, a pong states the offset.
 */
export class FrameSpool {
  readonly #path: string;
  #file: number | undefined;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #offsetMs: number | undefined;

  /** @param path of the file; its folder is created with the first frame */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The frames that are stored, with their times by this machine's clock. What was cut at the end is removed, so that frames can be added.
   *
   * @returns the number of bytes of the host's own file that these frames are
   */
  async *stored(): AsyncGenerator<{ frame: Frame; ownMs: number }, number> {
    if (!existsSync(this.#path)) return 0;
    const decoder = new FrameDecoder();
    let completeBytes = 0;
    let isBroken = false;
    for await (const piece of createReadStream(this.#path, { highWaterMark: 1 << 18 })) {
      for (const frame of decoder.push(Buffer.from(piece))) {
        if (frame.kind === "not-frames") isBroken = true;
        if (frame.kind === "not-frames" || isBroken) break;
        completeBytes += frame.raw.length;
        if (frame.kind === "pong") this.#offsetMs = Number(frame.payload.toString());
        else yield { frame, ownMs: frame.hostMs + (this.#offsetMs ?? 0) };
      }
      if (isBroken) break;
    }
    this.#file = openSync(this.#path, "a", 0o600);
    ftruncateSync(this.#file, completeBytes);
    return decoder.storedBytes;
  }

  /** Adds a frame that the host has stored. */
  add(frame: Frame, offsetMs: number): void {
    if (frame.number < 0) return;
    if (offsetMs !== this.#offsetMs) {
      this.#offsetMs = offsetMs;
      const text = String(offsetMs);
      this.#push(Buffer.from(`p -1 ${frame.hostMs.toFixed(3)} 0 ${text.length}\n${text}`));
    }
    this.#push(frame.raw);
    if (this.#waitingBytes >= batchBytes) this.flush();
  }

  /** Hands what was added to the operating system. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      const file = this.#open();
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    } catch {
      // The disk is full, which the record reports. Frames must not follow a gap: the host has all of them.
      this.#push = () => undefined;
      this.close();
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #open(): number {
    if (this.#file !== undefined) return this.#file;
    mkdirSync(dirname(this.#path), { recursive: true });
    this.#file = openSync(this.#path, "a", 0o600);
    return this.#file;
  }

  #push = (bytes: Buffer): void => {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  };
}

/** The folder in a record for the frames of its hosts. */
function framesFolder(runDirectory: string): string {
  return join(runDirectory, "frames");
}

/** The file in a record for the frames of one host. */
export function framesFile(runDirectory: string, host: string): string {
  return join(framesFolder(runDirectory), `${host}.frames`);
}

const storedPlaces = z.record(
  z.string(),
  z.strictObject({ agent: z.array(z.string()), folder: z.string() }),
);
export type StoredPlaces = z.output<typeof storedPlaces>;

/** Keeps where the agents of a job are, so that a host that does not answer now can be followed once it does. */
export async function storePlaces(
  runDirectory: string,
  places: readonly AgentPlace[],
): Promise<void> {
  const stored = places.map(({ access, agent, folder }) => [access.host, { agent, folder }]);
  mkdirSync(framesFolder(runDirectory), { recursive: true });
  const text = JSON.stringify(Object.fromEntries(stored));
  await writeFile(join(framesFolder(runDirectory), "places.json"), text, { mode: 0o600 });
}

/** Undefined in records of older versions. */
export async function readPlaces(runDirectory: string): Promise<StoredPlaces | undefined> {
  try {
    const text = await readFile(join(framesFolder(runDirectory), "places.json"), "utf8");
    return storedPlaces.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The record is closed. */
export async function removeFrames(runDirectory: string): Promise<void> {
  await rm(framesFolder(runDirectory), { recursive: true, force: true });
}
