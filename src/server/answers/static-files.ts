import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { lstat, readdir, realpath } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { readBytes } from "../../store/open-file.ts";

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".map": "application/json",
  ".txt": "text/plain; charset=utf-8",
};
const rescanIntervalMs = 1000;
const maxDepth = 8;

export interface StaticFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** Whether `bytes` are the compressed form that was built beside the file. */
  isZipped: boolean;
  /** Identifies the content. */
  etag: string;
  mediaType: string;
  /** Whether the file name contains a hash of the content, so that the file never changes. */
  isImmutable: boolean;
}

/**
 * The built pages. Requests are looked up in a list of the files in the folder, never used to build a path. The list
 * excludes links.
 */
export class StaticFiles {
  readonly #root: string;
  #paths = new Map<string, string>();
  #scannedMs = Number.NEGATIVE_INFINITY;
  /** The last scan, which requests that arrive during it wait for. */
  #scan: Promise<void> = Promise.resolve();

  /** @param root absolute path of the folder */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * @param urlPath path of the request, such as `/assets/main-Bx3.js`
   * @param options `acceptsGzip`: returns the compressed form, if one was built
   * @returns undefined if there is no such file
   */
  async read(
    urlPath: string,
    { acceptsGzip }: { acceptsGzip: boolean },
  ): Promise<StaticFile | undefined> {
    const path = this.#paths.get(urlPath) ?? (await this.#rescan(urlPath));
    if (path === undefined) return undefined;
    const zippedPath = acceptsGzip ? this.#paths.get(`${urlPath}.gz`) : undefined;
    const zipped = zippedPath === undefined ? undefined : await readInside(this.#root, zippedPath);
    const bytes = zipped ?? (await readInside(this.#root, path));
    if (bytes === undefined) return undefined;
    const mediaType = mediaTypes[extname(path)] ?? "application/octet-stream";
    const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
    return {
      bytes,
      isZipped: zipped !== undefined,
      etag: `"${hash}"`,
      mediaType,
      isImmutable: urlPath.startsWith("/assets/"),
    };
  }

  async #rescan(urlPath: string): Promise<string | undefined> {
    const nowMs = performance.now();
    if (nowMs - this.#scannedMs >= rescanIntervalMs) {
      this.#scannedMs = nowMs;
      this.#scan = this.#listFiles();
    }
    await this.#scan;
    return this.#paths.get(urlPath);
  }

  async #listFiles(): Promise<void> {
    const paths = new Map<string, string>();
    await walk(this.#root, "", paths);
    this.#paths = paths;
  }
}

async function walk(root: string, folder: string, paths: Map<string, string>): Promise<void> {
  if (folder.split("/").length > maxDepth) return;
  for (const name of await namesIn(join(root, folder))) {
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) continue;
    const path = join(root, folder, name);
    const stat = await lstatIfThere(path);
    if (stat === undefined) continue;
    if (stat.isDirectory()) await walk(root, `${folder}/${name}`, paths);
    else if (stat.isFile()) paths.set(`${folder}/${name}`, path);
  }
}

/** Undefined for a file that was removed meanwhile, as by a build. */
async function lstatIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** Reads a file, unless it is missing or was replaced by a link since the scan. */
async function readInside(
  root: string,
  path: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const [realRoot, real] = await Promise.all([realpath(root), realpath(path)]);
    if (!real.startsWith(realRoot + sep)) return undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const read = await readBytes(path, { followsLinks: false });
  return read.kind === "read" ? new Uint8Array(read.bytes) : undefined;
}
