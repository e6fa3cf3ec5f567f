import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { shellWord } from "../../foundation/text/shell-word.ts";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import type { HostAccess } from "../../launch/agent/host-access.ts";
import type { ReachedHost, ReachedJob } from "../../launch/agent/reached-job.ts";
import { runOnHost } from "../../launch/agent/run-on-host.ts";
import type { RunRecord } from "../../store/records/run-store.ts";
import { makeDirectory } from "../../store/make-directory.ts";
import { reachRun, type Means } from "./reach-run.ts";

export interface FetchedFile {
  host: string;
  /** Relative to the folder. */
  name: string;
  byteCount: number;
  /** Whether it was copied now; otherwise the copy that was there has the same checksum. */
  isNew: boolean;
}

export interface FetchedFiles {
  runId: string;
  /** Holds one folder for each host. */
  folder: string;
  files: FetchedFile[];
  unreachable: readonly { host: string; reason: string }[];
}

type FetchedRun = Pick<RunRecord, "runId" | "request" | "directory">;

interface FetchOptions {
  /** As rsync reads it: a name at any depth, or a path below the run's folder. */
  pattern: string | undefined;
  /** Default: `files` in the record. */
  out: string | undefined;
  cwd: string;
}

/**
 * Copies what the ranks wrote into PITWALL_RUN_DIR on each host. Files are compared by checksum; links that lead out of the folder are not
 * copied.
 *
 * @throws UserError `files-here`, `fetch-unmatched`, and what `reachRun` throws
 * @throws WorldError `fetch-failed`
 */
export async function fetchFiles(
  record: FetchedRun,
  { pattern, out, cwd }: FetchOptions,
  means: Means,
): Promise<FetchedFiles> {
  const { runId, directory } = record;
  const folder = out === undefined ? join(directory, "files") : resolve(cwd, out);
  const copy = (job: ReachedJob): Promise<FetchedFile[]> =>
    fetchFromAll(job, { record, folder, pattern });
  const reached: ReachedJob[] = [];
  const reach = async (): Promise<ReachedJob> => {
    const job = await reachRun(record, means);
    reached.push(job);
    return job;
  };
  try {
    let job = await reach();
    const files = await copy(job).catch(async (error: unknown) => {
      const before = job;
      job = await reach();
      if (!hasFewerHosts(job, before)) throw error;
      return copy(job);
    });
    const unreachable = job.unreachable.map(({ host, error }) => ({ host, reason: error.message }));
    return { runId, folder, files, unreachable };
  } finally {
    await Promise.all(reached.map((job) => job.close()));
  }
}

/** Whether a job has ended since it was reached: its hosts are then reached another way, or no longer. */
function hasFewerHosts(now: ReachedJob, before: ReachedJob): boolean {
  return now.hosts.length + now.unreachable.length < before.hosts.length;
}

async function fetchFromAll(
  job: ReachedJob,
  { record, folder, pattern }: { record: FetchedRun; folder: string; pattern: string | undefined },
): Promise<FetchedFile[]> {
  const sources = sourcesOf(job);
  if (sources.length < job.hosts.length && job.sharedFiles === undefined)
    throw filesAreHere(record);
  await makeDirectory(folder);
  const outcomes = await Promise.allSettled(
    sources.map((each) => fetchFrom(each, { folder, pattern })),
  );
  const files = outcomes.flatMap((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
  if (files.length === 0 && sources.length > 0) throw await unmatched(pattern, sources);
  return files;
}

function filesAreHere({ runId, directory }: FetchedRun): UserError {
  return new UserError("files-here", `the files of \`${runId}\` are on this machine`, {
    at: directory,
    hint: "a run of this machine writes into its record; copy them from there",
  });
}

/** A folder to copy from. */
interface Source {
  access: HostAccess;
  runDirectory: string;
  /** Undefined for a folder of this machine. */
  remote: ReachedHost["remote"];
}

function sourcesOf({ hosts, sharedFiles }: ReachedJob): Source[] {
  const remote = hosts.filter((host) => host.remote !== undefined);
  if (sharedFiles === undefined) return remote;
  const access: HostAccess = { host: sharedFiles.name, wrap: (words) => words };
  return [{ access, runDirectory: sharedFiles.folder, remote: undefined }, ...remote];
}

async function fetchFrom(
  { access, remote, runDirectory }: Source,
  { folder, pattern }: { folder: string; pattern: string | undefined },
): Promise<FetchedFile[]> {
  const { host } = access;
  const target = join(folder, host);
  await mkdir(target, { recursive: true });
  const filters =
    pattern === undefined
      ? []
      : ["--include=*/", `--include=${pattern}`, `--include=${pattern}/***`, "--exclude=*"];
  const args = [
    "-rltp",
    "-s",
    "-ii",
    "--checksum",
    "--safe-links",
    "--prune-empty-dirs",
    "--out-format=%i %l %n",
    ...(remote === undefined ? [] : ["-e", remote.shell.map(shellWord).join(" ")]),
    ...filters,
    `${remote === undefined ? "" : `${remote.destination}:`}${runDirectory}/`,
    `${target}/`,
  ];
  const { exitCode, stdout, stderr } = await rsync(args, access.env);
  // Nothing was written there.
  if (exitCode === 23 && /No such file or directory/u.test(stderr)) return [];
  if (exitCode !== 0) throw fetchError(host, { exitCode, stderr });
  return stdout.split("\n").flatMap((line) => {
    const [, change = "", byteCount = "0", name = ""] = /^(.{11}) (\d+) (.+)$/u.exec(line) ?? [];
    if (change[1] !== "f") return [];
    return [{ host, name, byteCount: Number(byteCount), isNew: change.startsWith(">") }];
  });
}

function fetchError(
  host: string,
  { exitCode, stderr }: { exitCode: number; stderr: string },
): WorldError {
  const isMissing = exitCode === 127 || /rsync: (?:command )?not found/u.test(stderr);
  return new WorldError("fetch-failed", `host \`${host}\`: cannot copy the files`, {
    saw: stderr.trim().split("\n").slice(-3).join("\n"),
    hint: isMissing
      ? "install rsync on this machine and on the host"
      : "files that were copied stay; repeat the command to copy the rest",
  });
}

const shownFiles = 10;

async function unmatched(
  pattern: string | undefined,
  sources: readonly Source[],
): Promise<UserError> {
  const lists = await Promise.all(
    sources.map(async ({ access, runDirectory }) => {
      const words = ["sh", "-c", 'cd "$1" 2>/dev/null && find . -type f', "sh", runDirectory];
      const outcome = await runOnHost(access, words, { timeoutMs: 30_000 });
      return outcome.kind === "ended" ? outcome.stdout.split("\n") : [];
    }),
  );
  const names = [...new Set(lists.flat())]
    .filter(Boolean)
    .map((name) => name.replace(/^\.\//u, ""));
  const message =
    pattern === undefined || names.length === 0
      ? "the run wrote no file into PITWALL_RUN_DIR"
      : `no file of the run matches \`${pattern}\``;
  return new UserError("fetch-unmatched", message, {
    ...(names.length === 0 ? {} : { saw: names.toSorted().slice(0, shownFiles).join("\n") }),
    hint:
      names.length === 0
        ? "programs find the folder to write to in that variable"
        : "`'*.pt'` matches at any depth, `'checkpoints/step-*'` a path; quote it for the shell",
  });
}

function rsync(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> | undefined,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const child = spawn("rsync", args, {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      ...(env === undefined ? {} : { env }),
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-4000);
    });
    child.once("error", (error) => done({ exitCode: 127, stdout, stderr: error.message }));
    child.once("close", (code) => done({ exitCode: code ?? 1, stdout, stderr }));
  });
}
