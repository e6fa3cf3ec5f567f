import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";
import { formatBytes } from "../../foundation/numbers/units.ts";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import { dataOrigins, type DataRequest, type StagedData } from "../../schema/run/request/data-set.ts";
import type { HostAccess } from "../agent/host-access.ts";
import type { StagingProgress } from "../launcher.ts";
import type { LocalDataSet } from "./local-data-set.ts";
import { rsyncData } from "./rsync-data.ts";

/** A host that gets data. */
export interface StagingHost {
  access: HostAccess;
  python: string;
  /** What rsync needs to reach it; absent for this machine. */
  remote: { shell: readonly string[]; destination: string } | undefined;
}

interface Staging {
  request: DataRequest;
  set: LocalDataSet;
  /** The text of `agent/stage_data.py`. */
  script: string;
  usesInPlace: boolean;
  nowMs: () => number;
  signal: AbortSignal;
  onProgress: (progress: StagingProgress) => void;
}

const answer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("waiting") }),
  z.object({ kind: z.literal("progress"), bytes: z.number() }),
  z.object({ kind: z.literal("send"), part: z.string(), bytes: z.number() }),
  z.object({
    kind: z.literal("done"),
    how: z.enum(dataOrigins),
    path: z.string(),
    readBytes: z.number(),
    warmBytes: z.number(),
  }),
  z.object({
    kind: z.literal("refused"),
    code: z.string(),
    reason: z.string(),
    freeBytes: z.number().optional(),
    neededBytes: z.number().optional(),
  }),
]);
type Answer = z.output<typeof answer>;

/**
 * Puts a data set on a host, unless it is there, verifies it, and reads it into the page cache.
 *
 * @throws UserError `data-path-taken`; WorldError `data-disk-full`, `data-changed`, `data-not-stored`, `data-not-sent`, `rsync-missing`
 */
export async function stageOnHost(host: StagingHost, staging: Staging): Promise<StagedData> {
  const { request, set, nowMs, onProgress, signal } = staging;
  const startedMs = nowMs();
  const child = startScript(host, staging);
  const stop = (): void => void child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  let sentBytes = 0;
  let errors = "";
  child.stderr?.on("data", (bytes: Buffer) => (errors = (errors + bytes.toString()).slice(-2000)));
  const exited = new Promise((resolve) => child.once("close", resolve).once("error", resolve));
  try {
    for await (const said of answersOf(child)) {
      const { bytes: totalBytes } = set;
      switch (said.kind) {
        case "waiting":
          onProgress({ step: "wait", doneBytes: 0, totalBytes });
          break;
        case "progress":
          onProgress({ step: "check", doneBytes: said.bytes, totalBytes });
          break;
        case "send":
          sentBytes += said.bytes;
          await send(host, staging, said);
          child.stdin?.write("sent\n");
          break;
        case "refused":
          throw refusal(host, staging, said);
        case "done": {
          const { how, path, readBytes, warmBytes } = said;
          const durationMs = Math.max(0, nowMs() - startedMs);
          const facts = { host: host.access.host, name: request.name, source: request.source, path };
          const content = { sha256: set.sha256, bytes: set.bytes, fileCount: set.files.length };
          return { ...facts, ...content, how, sentBytes, checkedBytes: readBytes, warmBytes, durationMs };
        }
      }
    }
  } finally {
    signal.removeEventListener("abort", stop);
    child.stdin?.end();
  }
  await exited;
  signal.throwIfAborted();
  throw hostError(host, "data-not-stored", "the data could not be checked", {
    saw: errors.trim().split("\n").at(-1) ?? "",
    hint: "log in there and look at its load and its disk",
  });
}

function startScript({ access, python }: StagingHost, staging: Staging): ChildProcess {
  const { request, set, script, usesInPlace } = staging;
  const target = targetOf(request, set);
  // Data of this machine is used where it is, unless it is to be elsewhere.
  const isInPlace = usesInPlace && [undefined, pathOf(set)].includes(request.path);
  const place = isInPlace ? ["in-place", pathOf(set)] : ["stage", target];
  const words = [python, "-c", script, ...place];
  const [program = "", ...args] = access.wrap(words);
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    ...(access.env === undefined ? {} : { env: access.env }),
  });
  const { isFile, files, bytes, sha256 } = set;
  const head = JSON.stringify({ address: sha256, bytes, isFile, count: files.length });
  // A script that ends early says why.
  child.stdin.on("error", () => undefined);
  child.stdin.write(`${head}\n`);
  for (const file of files)
    child.stdin.write(`${JSON.stringify([file.path, file.bytes, file.sha256])}\n`);
  return child;
}

/** Where the data of this machine is. */
function pathOf({ root, isFile, files }: LocalDataSet): string {
  return isFile ? `${root}/${files[0]?.path ?? ""}` : root;
}

/** Where the data is put on a host; the default is named after the content. */
function targetOf({ path }: DataRequest, { isFile, files, sha256 }: LocalDataSet): string {
  const name = files[0]?.path ?? "data";
  const folder = `~/.pitwall/data/${sha256.slice(0, 16)}`;
  if (path === undefined) return isFile ? `${folder}/${name}` : folder;
  const plain = path.replace(/\/+$/u, "");
  return isFile && path.endsWith("/") ? `${plain}/${name}` : plain;
}

async function* answersOf(child: ChildProcess): AsyncGenerator<Answer> {
  if (child.stdout === null) return;
  for await (const line of createInterface({ input: child.stdout })) {
    // Start-up files of shells may print something first.
    if (line.startsWith("{")) yield answer.parse(JSON.parse(line));
  }
}

async function send(
  host: StagingHost,
  { set, signal, onProgress }: Staging,
  { part, bytes }: Extract<Answer, { kind: "send" }>,
): Promise<void> {
  const { remote, access } = host;
  const { root, isFile, files } = set;
  const outcome = await rsyncData({
    from: isFile ? pathOf(set) : `${root}/`,
    to: `${remote === undefined ? "" : `${remote.destination}:`}${part}${isFile ? "" : "/"}`,
    shell: remote?.shell,
    ...(isFile ? {} : { files: files.map(({ path }) => path) }),
    env: access.env,
    signal,
    onBytes: (doneBytes) => onProgress({ step: "send", doneBytes, totalBytes: bytes }),
  });
  signal.throwIfAborted();
  switch (outcome.kind) {
    case "ended":
      return;
    case "missing":
      throw hostError(host, "rsync-missing", "rsync is missing here or there", {
        hint: "install rsync on this machine and on the host",
      });
    case "failed":
      throw hostError(
        host,
        outcome.isFull ? "data-disk-full" : "data-not-sent",
        outcome.isFull ? "its disk is full" : "the data could not be sent",
        { saw: outcome.reason, hint: "what has arrived stays there; repeat the command to continue" },
      );
  }
}

function refusal(
  host: StagingHost,
  { request, set }: Staging,
  { code, reason, freeBytes, neededBytes }: Extract<Answer, { kind: "refused" }>,
): UserError {
  const where = targetOf(request, set);
  switch (code) {
    case "data-path-taken":
      return new UserError(code, `host \`${host.access.host}\`: ${reason}`, {
        at: "--data",
        hint: "Pitwall changes only data that it put there: use another path, or remove it",
      });
    case "data-disk-full":
      return hostError(host, code, `too little space for the data at \`${where}\``, {
        saw:
          freeBytes === undefined || neededBytes === undefined
            ? reason
            : `${formatBytes(neededBytes)} are needed, ${formatBytes(freeBytes)} are free`,
        hint: `make room, or put it on another disk: \`--data ${request.source}=/path/there\``,
      });
    case "data-changed":
      return hostError(host, code, reason, {
        hint: "the source changes while it is sent, or the disk of the host is defective",
      });
    default:
      return hostError(host, code, `the data cannot be stored at \`${where}\``, {
        saw: reason,
        hint: "use a path that the user of the host may write to",
      });
  }
}

function hostError(
  { access: { host } }: StagingHost,
  code: string,
  message: string,
  place: { saw?: string; hint: string },
): WorldError {
  return new WorldError(code, `host \`${host}\`: ${message}`, { at: "--data", ...place });
}
