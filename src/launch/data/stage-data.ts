import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AsyncQueue } from "../../foundation/collections/async-queue.ts";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import type { DataRequest, StagedData } from "../../schema/run/request/data-set.ts";
import type { StageOptions, StagingEvent, StagingProgress } from "../launcher.ts";
import { download } from "./download.ts";
import { digestOf, type LocalDataSet, readDataSet } from "./local-data-set.ts";
import { rsyncData } from "./rsync-data.ts";
import { stageOnHost, type StagingHost } from "./stage-on-host.ts";

interface StageParts {
  /** The hosts; called once the data is on this machine. */
  hosts: () => Promise<readonly StagingHost[]>;
  /** The words that start ssh, for data on a host that is not one of the job's. */
  shell: () => Promise<readonly string[]>;
  /** The path of `agent/stage_data.py`. */
  scriptFile: string;
  /** Whether data of this machine is used where it is. */
  usesInPlace: boolean;
  nowMs: () => number;
}

/**
 * Puts data sets on all hosts at the same time. They come from this machine, or are brought here first.
 *
 * @throws UserError, WorldError what `readDataSet`, `download` and `stageOnHost` throw, `data-not-fetched`
 */
export async function* stageData(
  requests: readonly DataRequest[],
  parts: StageParts,
  options: StageOptions,
): AsyncGenerator<StagingEvent, StagedData[]> {
  const events = new AsyncQueue<StagingEvent>();
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const staging = stageAll(requests, { ...parts, ...options, signal }, events)
    .catch((error: unknown) => {
      failure.abort();
      throw error;
    })
    .finally(() => events.close());
  // It is awaited below; this avoids an unhandled rejection before that.
  staging.catch(() => undefined);
  yield* events;
  return staging;
}

type Context = StageParts & StageOptions;

async function stageAll(
  requests: readonly DataRequest[],
  context: Context,
  events: AsyncQueue<StagingEvent>,
): Promise<StagedData[]> {
  const script = await readFile(context.scriptFile, "utf8");
  const staged: StagedData[] = [];
  // One after the other: each uses the whole network and disk.
  for (const request of requests) {
    const set = await localSet(request, context, events);
    const hosts = await context.hosts();
    const { name } = request;
    const outcomes = await Promise.allSettled(
      hosts.map(async (host) => {
        const onProgress = (progress: StagingProgress): void =>
          events.push({ kind: "staging", name, host: host.access.host, ...progress });
        return stageOnHost(host, { ...context, request, set, script, onProgress });
      }),
    );
    const failed = outcomes.find((each) => each.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    for (const each of outcomes) {
      if (each.status !== "fulfilled") continue;
      staged.push(each.value);
      events.push({ kind: "staged", data: each.value });
    }
  }
  return staged;
}

async function localSet(
  request: DataRequest,
  context: Context,
  events: AsyncQueue<StagingEvent>,
): Promise<LocalDataSet> {
  const { name, source, sha256 } = request;
  const { cacheFolder, signal } = context;
  const report = (step: StagingProgress["step"]) => (doneBytes: number, totalBytes?: number) =>
    events.push({ kind: "staging", name, step, doneBytes, ...(totalBytes === undefined ? {} : { totalBytes }) });
  const path = await bringHere(request, context, report("fetch"));
  const set = await readDataSet(path, { cacheFolder, signal, onBytes: report("checksum") });
  if (sha256 === undefined || set.sha256 === sha256) return set;
  throw new UserError("data-checksum-differs", `the checksum of \`${source}\` differs`, {
    at: "--data",
    saw: set.isFile ? `its SHA-256 is ${set.sha256}` : "it is a folder",
    hint: "`#sha256=` is the checksum of a single file, as sha256sum prints it",
  });
}

/** The path of the data on this machine. */
async function bringHere(
  { source, sha256 }: DataRequest,
  { cacheFolder, shell, signal, env }: Context,
  onBytes: (doneBytes: number, totalBytes?: number) => void,
): Promise<string> {
  const folder = join(cacheFolder, "fetched", digestOf(source));
  if (/^https?:\/\//u.test(source)) return download(source, { folder, sha256, onBytes, signal });
  if (source.startsWith("/")) return source;
  await mkdir(folder, { recursive: true });
  const from = source.replace(/\/+$/u, "");
  const outcome = await rsyncData({ from, to: `${folder}/`, shell: await shell(), env, signal, onBytes });
  signal.throwIfAborted();
  const [first] = outcome.kind === "ended" ? await readdir(folder) : [];
  if (first !== undefined) return join(folder, first);
  throw new WorldError("data-not-fetched", `cannot copy \`${source}\``, {
    at: "--data",
    saw: outcome.kind === "failed" ? outcome.reason : "rsync is missing here or there",
    hint: "try `rsync` by hand; what has arrived is kept and continued",
  });
}
