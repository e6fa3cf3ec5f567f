import { RankEnds } from "../launch/running/rank-ends.ts";
import { verdictOfRun } from "../launch/running/verdict-of-run.ts";
import { lifecycleEventOf } from "../read-run/reader/lifecycle-event-of.ts";
import { RunReader, type TakenPiece } from "../read-run/reader/run-reader.ts";
import { launchingHost } from "../../schema/run/hosts/launching-host.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { RunReport } from "../../schema/run/outcome/series-summary.ts";
import { CpuHistory } from "../../score/judging/cpu-history.ts";
import { copyFileName } from "../../store/records/record-files.ts";
import type { RunWriter } from "../../store/records/run-store.ts";
import { readPieces } from "../../store/results/read-pieces.ts";
import type { LoadedTraining } from "./loaded-training.ts";

const place = { host: launchingHost, rank: 0 };
const stream = "log";

/**
 * Writes the record of an imported training: its log is read as if it arrived at its own times, by the same reader and
 * judge as the output of a running program, so that the record can be read and judged again in the same way.
 */
export async function replayLog(
  training: LoadedTraining,
  request: RunRequest,
  writer: RunWriter,
): Promise<RunReport> {
  const { launchedMs, endedMs } = training;
  const reader = RunReader.live(request, launchedMs);
  reader.startRules();
  const record = async ({ log, updates }: TakenPiece, timeMs: number): Promise<void> => {
    for (const block of log) await writer.appendLog(block);
    for (const change of updates) {
      const body = lifecycleEventOf(change);
      if (body !== undefined) await writer.appendEvent(body, timeMs);
    }
    await reader.settleRules();
  };
  await writer.appendEvent({ kind: "created", pid: request.owner.pid }, request.createdMs);
  await writer.appendEvent({ kind: "launched", ...place, localRank: 0 }, launchedMs);
  await record({ log: [], updates: reader.launched(launchedMs) }, launchedMs);
  for await (const { bytes, timeMs } of training.pieces())
    await record(reader.take({ place, stream, bytes, timeMs }), timeMs);
  await record(reader.endOutput(endedMs), endedMs);
  await copyFiles(training, writer);
  const { conditions: _unknown, ...verdict } = verdictOfRun({
    request,
    reader,
    end: { kind: "ended", timeMs: endedMs, leftovers: { stoppedCount: 0, unkillablePids: [] } },
    ranks: new RankEnds([place]),
    stopReason: undefined,
    launchedMs,
    watched: {
      intervalMs: 0,
      cpuSeconds: undefined,
      peakMemoryBytes: undefined,
      energy: [],
      conditions: {},
      reasons: [],
    },
    cpu: new CpuHistory(),
    otherFindings: training.findings,
  });
  const isReached = verdict.outcome.kind === "reached" || verdict.outcome.kind === "untimed";
  const stopMs = verdict.clock.runStopMs ?? endedMs;
  await record({ log: reader.endLog({ isReached, timeMs: stopMs }), updates: [] }, stopMs);
  await writer.appendEvent({ kind: "ended", outcome: verdict.outcome.kind }, endedMs);
  const { rules } = await reader.finishRules();
  const result = await writer.finish({
    ...verdict,
    notMeasured: ["energy, CPU time and memory: the training ran elsewhere"],
    rules,
  });
  return { request, result };
}

async function copyFiles({ copies }: LoadedTraining, writer: RunWriter): Promise<void> {
  for (const [index, path] of copies.entries()) {
    const name = copyNames(copies)[index];
    if (name === undefined) continue;
    for await (const bytes of readPieces(path)) await writer.appendCopy(name, bytes);
  }
}

/** The names of the copies in the record; files with the same name are numbered. */
export function copyNames(paths: readonly string[]): string[] {
  const names = paths.map((path) => copyFileName(path.slice(path.lastIndexOf("/") + 1)));
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name}.${earlier + 1}`;
  });
}
