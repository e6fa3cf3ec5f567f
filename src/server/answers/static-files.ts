import { createHash } from "node:crypto";
import { type Dirent, readdirSync, realpathSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { readBytesSync } from "../../store/open-file.ts";

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
 * excludes links. The files are few and small, so they are read without the thread pool, whose threads the reading of
 * records keeps busy.
 */
export class StaticFiles {
  readonly #root: string;
  #paths = new Map<string, string>();
  #scannedMs = Number.NEGATIVE_INFINITY;

  /** @param root absolute path of the folder */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * @param urlPath path of the request, such as `/assets/main-Bx3.js`
   * @param options `acceptsGzip`: returns the compressed form, if one was built
   * @returns undefined if there is no such file
   */
  read(urlPath: string, { acceptsGzip }: { acceptsGzip: boolean }): StaticFile | undefined {
    const path = this.#paths.get(urlPath) ?? this.#rescan(urlPath);
    if (path === undefined) return undefined;
    const zippedPath = acceptsGzip ? this.#paths.get(`${urlPath}.gz`) : undefined;
    const zipped = zippedPath === undefined ? undefined : readInside(this.#root, zippedPath);
    const bytes = zipped ?? readInside(this.#root, path);
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

  #rescan(urlPath: string): string | undefined {
    const nowMs = performance.now();
    if (nowMs - this.#scannedMs >= rescanIntervalMs) {
      this.#scannedMs = nowMs;
      const paths = new Map<string, string>();
      walk(this.#root, "", paths);
      this.#paths = paths;
    }
    return this.#paths.get(urlPath);
  }
}

function walk(root: string, folder: string, paths: Map<string, string>): void {
  if (folder.split("/").length > maxDepth) return;
  for (const entry of entriesOf(join(root, folder))) {
    const { name } = entry;
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) continue;
    if (entry.isDirectory()) walk(root, `${folder}/${name}`, paths);
    else if (entry.isFile()) paths.set(`${folder}/${name}`, join(root, folder, name));
  }
}

/** The entries of a folder, with their own types: a link is neither a file nor a folder. */
function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** Reads a file, unless it is missing or was replaced by a link since the scan. */
function readInside(root: string, path: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const [realRoot, real] = [realpathSync.native(root), realpathSync.native(path)];
    if (!real.startsWith(realRoot + sep)) return undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const read = readBytesSync(path, { followsLinks: false });
  return read.kind === "read" ? new Uint8Array(read.bytes) : undefined;
}
