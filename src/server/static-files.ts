import { lstat, readdir, realpath } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { errorCode } from "../foundation/error-code.ts";
import { readBytes } from "../store/open-file.ts";

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
const lookEveryMs = 1000;
const deepest = 8;

export interface StaticFile {
  bytes: Uint8Array<ArrayBuffer>;
  mediaType: string;
  /** Its name holds a hash of its content, so it never changes. */
  isForever: boolean;
}

/**
 * The built pages. What may be served is found by walking the folder, never by turning what was asked into a path: a
 * request is looked up in a list. Links are not in it.
 */
export class StaticFiles {
  readonly #root: string;
  #paths = new Map<string, string>();
  #lookedMs = Number.NEGATIVE_INFINITY;

  /** @param root absolute path of the folder */
  constructor(root: string) {
    this.#root = root;
  }

  /** @param urlPath as asked: `/assets/main-Bx3.js`; undefined where there is no such file */
  async read(urlPath: string): Promise<StaticFile | undefined> {
    const path = this.#paths.get(urlPath) ?? (await this.#lookAgain(urlPath));
    if (path === undefined) return undefined;
    const bytes = await readInside(this.#root, path);
    if (bytes === undefined) return undefined;
    const mediaType = mediaTypes[extname(path)] ?? "application/octet-stream";
    return { bytes, mediaType, isForever: urlPath.startsWith("/assets/") };
  }

  async #lookAgain(urlPath: string): Promise<string | undefined> {
    const nowMs = performance.now();
    if (nowMs - this.#lookedMs < lookEveryMs) return undefined;
    this.#lookedMs = nowMs;
    const paths = new Map<string, string>();
    await walk(this.#root, "", paths);
    this.#paths = paths;
    return paths.get(urlPath);
  }
}

async function walk(root: string, below: string, paths: Map<string, string>): Promise<void> {
  if (below.split("/").length > deepest) return;
  for (const name of await namesIn(join(root, below))) {
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) continue;
    const path = join(root, below, name);
    const stat = await lstat(path);
    if (stat.isDirectory()) await walk(root, `${below}/${name}`, paths);
    else if (stat.isFile()) paths.set(`${below}/${name}`, path);
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

/** The file's bytes, if it still is where it was found: a build may have replaced it, or a link may stand there now. */
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
