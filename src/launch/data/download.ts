import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { errorMessage } from "../../foundation/errors/error-code.ts";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";

/** Tries after a connection that broke. */
const mostTries = 4;
const firstPauseMs = 500;

const fileVersion = z.object({ etag: z.string().optional(), lastModified: z.string().optional() });
type FileVersion = z.output<typeof fileVersion>;

interface DownloadOptions {
  /** The folder of this address. */
  folder: string;
  /** The expected SHA-256. */
  sha256: string | undefined;
  onBytes: (doneBytes: number, totalBytes: number | undefined) => void;
  signal: AbortSignal;
}

/**
 * Downloads a file once. A download that was cut is continued, and a file that is here is asked for again only if its checksum was not
 * given.
 *
 * @returns the path of the file
 * @throws WorldError `data-download-failed`; UserError `data-checksum-differs`
 */
export async function download(address: string, options: DownloadOptions): Promise<string> {
  const { folder, sha256 } = options;
  await mkdir(folder, { recursive: true });
  const path = join(folder, nameOf(address));
  const isHere = (await sizeOf(path)) !== undefined;
  if (isHere && sha256 !== undefined && (await checksumOf(path)) === sha256) return path;
  const state = { address, path, ...options };
  for (let tries = 1; ; tries++) {
    try {
      await receive(state, isHere && sha256 === undefined);
      break;
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof UserError) throw error;
      if (tries === mostTries) throw failed(address, reasonOf(error));
      await sleep(firstPauseMs * 2 ** tries, undefined, { signal: options.signal });
    }
  }
  if (sha256 === undefined) return path;
  const found = await checksumOf(path);
  if (found === sha256) return path;
  await rm(path, { force: true });
  throw new UserError("data-checksum-differs", `the checksum of \`${shownAddress(address)}\` differs`, {
    at: "--data",
    saw: `its SHA-256 is ${found}`,
    hint: "the file has changed, or the checksum after `#sha256=` is wrong",
  });
}

interface Download extends DownloadOptions {
  address: string;
  path: string;
}

async function receive(state: Download, asksForChange: boolean): Promise<void> {
  const { address, path, signal } = state;
  const part = `${path}.part`;
  const partBytes = await continuedFrom(part);
  const response = await fetch(address, {
    signal,
    headers: {
      // A part of a compressed answer could not be continued.
      "accept-encoding": "identity",
      ...(asksForChange ? conditionOf(await readVersion(`${path}.version`)) : {}),
      ...partBytes?.headers,
    },
  });
  if (response.status === 304) return;
  if (response.status === 416) {
    await rm(part, { force: true });
    throw new Error("the server has another length");
  }
  if (!response.ok) throw refused(address, response);
  await storeAll(response, part, { ...state, startBytes: partBytes?.bytes ?? 0 });
  await rename(part, path);
  await rename(`${part}.version`, `${path}.version`);
}

/** Stores an answer, from the start or at the end of what is here. */
async function storeAll(
  response: Response,
  part: string,
  { onBytes, signal, ...rest }: Download & { startBytes: number },
): Promise<void> {
  const isContinued = response.status === 206;
  const startBytes = isContinued ? rest.startBytes : 0;
  const length = response.headers.get("content-length");
  const totalBytes = length === null ? undefined : startBytes + Number(length);
  await writeFile(`${part}.version`, JSON.stringify(versionOf(response)));
  const onStored = (bytes: number): void => onBytes(startBytes + bytes, totalBytes);
  await store(response, part, { isContinued, onBytes: onStored, signal });
  const stored = await sizeOf(part);
  if (totalBytes !== undefined && stored !== totalBytes)
    throw new Error(`${stored ?? 0} of ${totalBytes} bytes arrived`);
}

/** What asks for the rest of a file, if the version of the part that is here is known. */
async function continuedFrom(
  part: string,
): Promise<{ bytes: number; headers: Record<string, string> } | undefined> {
  const { etag, lastModified } = await readVersion(`${part}.version`);
  const validator = etag ?? lastModified;
  const bytes = await sizeOf(part);
  if (validator === undefined || bytes === undefined) return undefined;
  return { bytes, headers: { range: `bytes=${bytes}-`, "if-range": validator } };
}

async function store(
  { body }: Response,
  part: string,
  {
    isContinued,
    onBytes,
    signal,
  }: { isContinued: boolean; onBytes: (bytes: number) => void; signal: AbortSignal },
): Promise<void> {
  const file = createWriteStream(part, { flags: isContinued ? "a" : "w" });
  if (body === null) {
    file.end();
    return;
  }
  let bytes = 0;
  const counted = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        bytes += piece.length;
        onBytes(bytes);
        controller.enqueue(piece);
      },
    }),
  );
  await counted.pipeTo(Writable.toWeb(file), { signal });
}

function conditionOf({ etag, lastModified }: FileVersion): Record<string, string> {
  if (etag !== undefined) return { "if-none-match": etag };
  return lastModified === undefined ? {} : { "if-modified-since": lastModified };
}

function versionOf({ headers }: Response): FileVersion {
  const etag = headers.get("etag");
  const lastModified = headers.get("last-modified");
  return {
    // A weak tag does not promise the same bytes.
    ...(etag === null || etag.startsWith("W/") ? {} : { etag }),
    ...(lastModified === null ? {} : { lastModified }),
  };
}

async function readVersion(path: string): Promise<FileVersion> {
  try {
    return fileVersion.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    // Nothing is known of the file: it is downloaded from its beginning.
    return {};
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

async function checksumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }))
    hash.update(Buffer.from(piece));
  return hash.digest("hex");
}

/** The name of a file in an address. */
function nameOf(address: string): string {
  const name = basename(decodeURIComponent(new URL(address).pathname)).replaceAll(/[^\w.-]/gu, "_");
  return name === "" || name.startsWith(".") ? "data" : name;
}

/** An address without what may be secret in it. */
export function shownAddress(address: string): string {
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}

function refused(address: string, { status, statusText }: Response): UserError {
  const error = failed(address, `${status} ${statusText}`.trim());
  if (status < 500 && status !== 408 && status !== 429) return error;
  throw new Error(`${status} ${statusText}`);
}

function failed(address: string, saw: string): WorldError {
  return new WorldError("data-download-failed", `cannot download \`${shownAddress(address)}\``, {
    at: "--data",
    saw,
    hint: "open the address in a browser; what has arrived is kept and continued",
  });
}

/** The reason of a failed connection is in the cause of what `fetch` throws. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return errorMessage(cause ?? error);
}
