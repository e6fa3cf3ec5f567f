import { createHash } from "node:crypto";
import { execFile, spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { shellWord } from "../../foundation/text/shell-word.ts";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import type { HostFacts } from "../../schema/run/hosts/host-facts.ts";
import type { HostAccess } from "../agent/host-access.ts";
import { runOnHost } from "../agent/run-on-host.ts";

const execute = promisify(execFile);
const syncMs = 600_000;
const markerMs = 30_000;
const mostFiles = 100_000;

/** A host that gets code. */
export interface CodeHost {
  access: HostAccess;
  facts: Pick<HostFacts, "home" | "homeId">;
  /** What rsync needs to reach it. */
  remote: { shell: readonly string[]; destination: string };
}

/** The files of a program, to be sent to hosts. */
export interface CodeSet {
  /** The folder that holds them, absolute. */
  root: string;
  /** Relative to the root, sorted. */
  files: readonly string[];
  bytes: number;
  /** Of names, modes and contents. */
  sha256: string;
  /** The program's folder, relative to the root. */
  folder: string;
}

/**
 * Collects what a program needs: the files of its git checkout, as they are now, and those that `sync` names. Without a checkout it is
 * `sync` alone. A folder in which git tracks no file is not part of the checkout around it: an installed package, for example, in the
 * `node_modules` of another project.
 *
 * @param packageRoot Pitwall's own folder, from which only `sync` is sent
 * @throws UserError `sync-empty`, `sync-unmatched`, `sync-too-many`, `sync-outside`
 */
export async function collectCode(
  cwd: string,
  sync: readonly string[],
  packageRoot?: string,
): Promise<CodeSet> {
  const isOwn = packageRoot !== undefined && !relative(packageRoot, cwd).startsWith("..");
  const isCheckout = !isOwn && (await gitFiles(cwd)).length > 0;
  const root = isCheckout ? ((await gitRoot(cwd)) ?? cwd) : cwd;
  const tracked = isCheckout ? await gitFiles(root) : [];
  const more = await Promise.all(sync.map((text) => filesOf(text, { cwd, root })));
  const files = [...new Set([...tracked, ...more.flat()])].toSorted();
  if (files.length === 0) {
    throw new UserError("sync-empty", `git tracks no files in \`${cwd}\`, so no files are sent`, {
      hint: "name what the program needs: `--sync .` for the whole folder, `--sync train.py --sync lib/`",
    });
  }
  if (files.length > mostFiles) {
    throw new UserError("sync-too-many", `${files.length} files to send`, {
      hint: `at most ${mostFiles}; put data on the hosts instead of sending it with the code`,
    });
  }
  const kept: string[] = [];
  const hash = createHash("sha256");
  let bytes = 0;
  for (const file of files) {
    const entry = await fingerprint(join(root, file));
    // A tracked file that was deleted is not sent.
    if (entry === undefined) continue;
    kept.push(file);
    bytes += entry.bytes;
    hash.update(`${file}\0${entry.text}\0`);
  }
  return { root, files: kept, bytes, sha256: hash.digest("hex"), folder: relative(root, cwd) };
}

/**
 * Puts the files into a folder of the host that is named after their content; files that are already there are not sent.
 *
 * @returns whether they were there
 * @throws WorldError `sync-failed`, `rsync-missing`; the reason of the signal
 */
export async function sendCode(
  code: CodeSet,
  { access, facts, remote }: CodeHost,
  signal?: AbortSignal,
): Promise<"sent" | "reused"> {
  const target = codeFolder(code, facts);
  const folder = remoteFolder(code, facts);
  const check = ["sh", "-c", 'test -e "$1.sent" || { mkdir -p "$1" && exit 10; }', "sh", target];
  const state = await runOnHost(access, check, { timeoutMs: markerMs });
  if (state.kind === "ended" && state.exitCode === 0) return "reused";
  const to = { shell: remote.shell, destination: `${remote.destination}:${target}/` };
  const sent = await rsync(code, { ...to, env: access.env, signal });
  signal?.throwIfAborted();
  if (sent.exitCode !== 0) throw syncError(access.host, sent);
  const mark = await runOnHost(
    access,
    ["sh", "-c", 'mkdir -p "$2" && : >"$1.sent"', "sh", target, folder],
    {
      timeoutMs: markerMs,
    },
  );
  if (mark.kind === "ended" && mark.exitCode === 0) return "sent";
  const stderr = mark.kind === "ended" ? mark.stderr : mark.kind;
  throw syncError(access.host, { exitCode: 1, stderr });
}

/**
 * Copies the files into an empty folder of this machine, so that later changes do not reach a job that waits.
 *
 * @throws WorldError `sync-failed`, `rsync-missing`
 */
export async function copyCode(code: CodeSet, folder: string): Promise<CodeSet> {
  const copied = await rsync(code, { shell: undefined, destination: `${folder}/`, env: undefined });
  if (copied.exitCode !== 0) throw syncError("this machine", copied);
  return { ...code, root: folder };
}

/** Hosts that share a home folder, each group with one that acts for all. */
export function homesOf<Host extends { facts: Pick<HostFacts, "homeId"> }>(
  hosts: readonly Host[],
): Host[] {
  return hosts.filter(
    ({ facts }, index) => hosts.findIndex((other) => other.facts.homeId === facts.homeId) === index,
  );
}

function codeFolder({ sha256 }: CodeSet, { home }: Pick<HostFacts, "home">): string {
  return `${home}/.pitwall/code/${sha256.slice(0, 16)}`;
}

/** The program's folder on a host. */
export function remoteFolder(code: CodeSet, facts: Pick<HostFacts, "home">): string {
  const folder = codeFolder(code, facts);
  return code.folder === "" ? folder : `${folder}/${code.folder}`;
}

function syncError(
  host: string,
  { exitCode, stderr }: { exitCode: number; stderr: string },
): WorldError {
  const isMissing = exitCode === 127 || /rsync: (?:command )?not found/u.test(stderr);
  const saw = stderr.trim().split(/\r?\n/u).slice(-3).join("\n");
  if (isMissing) {
    return new WorldError("rsync-missing", `host \`${host}\`: rsync is missing here or there`, {
      saw,
      hint: "install rsync on this machine and on the host",
    });
  }
  const isFull = /No space left|Disk quota/iu.test(stderr);
  return new WorldError("sync-failed", `host \`${host}\`: cannot send the program's files`, {
    saw,
    hint: isFull ? "its disk is full" : "try rsync by hand",
  });
}

function rsync(
  { root, files }: CodeSet,
  to: {
    shell: readonly string[] | undefined;
    destination: string;
    env: HostAccess["env"] | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<{ exitCode: number; stderr: string }> {
  const { shell, destination, env, signal } = to;
  const remote = shell === undefined ? [] : ["-e", shell.map(shellWord).join(" ")];
  const args = ["-rlpt", "--from0", "--files-from=-", ...remote];
  return new Promise((done) => {
    const child = spawn("rsync", [...args, `${root}/`, destination], {
      stdio: ["pipe", "ignore", "pipe"],
      timeout: syncMs,
      detached: true,
      ...(env === undefined ? {} : { env }),
    });
    const stop = (): void => void child.kill("SIGTERM");
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-4000);
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(files.join("\0"));
    child.once("error", (error) => done({ exitCode: 127, stderr: error.message }));
    child.once("close", (code) => {
      signal?.removeEventListener("abort", stop);
      done({ exitCode: code ?? 1, stderr });
    });
  });
}

async function gitRoot(cwd: string): Promise<string | undefined> {
  try {
    const { stdout } = await execute("git", ["-C", cwd, "rev-parse", "--show-toplevel"]);
    return stdout.trim();
  } catch {
    // No git, or no checkout.
    return undefined;
  }
}

async function gitFiles(root: string): Promise<string[]> {
  try {
    const { stdout } = await execute("git", ["-C", root, "ls-files", "-z"], {
      maxBuffer: 1 << 28,
    });
    return stdout.split("\0").filter((name) => name !== "");
  } catch {
    return [];
  }
}

/** The files of one `--sync`: a file, or all files of a folder. */
async function filesOf(
  text: string,
  { cwd, root }: { cwd: string; root: string },
): Promise<string[]> {
  const path = resolve(cwd, text);
  const place = relative(root, path);
  if (place.startsWith("..")) {
    throw new UserError("sync-outside", `\`${text}\` is outside \`${root}\``, {
      at: "--sync",
      hint: "only files of the program's checkout, or of its folder without one, can be sent",
    });
  }
  const args = [
    "-c",
    'find "$1" -name .git -prune -o \\( -type f -o -type l \\) -print0',
    "sh",
    path,
  ];
  try {
    const { stdout } = await execute("sh", args, { maxBuffer: 1 << 28 });
    const found = stdout.split("\0").filter((name) => name !== "");
    if (found.length > 0) return found.map((file) => relative(root, file));
  } catch {
    // Reported below: there is nothing at this path.
  }
  throw new UserError("sync-unmatched", `no file at \`${text}\``, {
    at: "--sync",
    hint: "paths are relative to the program's folder",
  });
}

/** Mode and content of a file; undefined if there is none. */
async function fingerprint(path: string): Promise<{ text: string; bytes: number } | undefined> {
  try {
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) return { text: `link ${await readlink(path)}`, bytes: 0 };
    if (!stats.isFile()) return undefined;
    const hash = createHash("sha256");
    for await (const bytes of createReadStream(path)) hash.update(Buffer.from(bytes));
    const kind = (stats.mode & 0o111) === 0 ? "file" : "program";
    return { text: `${kind} ${hash.digest("hex")}`, bytes: stats.size };
  } catch {
    return undefined;
  }
}
