import type { OwnResult } from "../../atlas/rows/own-row.ts";
import { evaluationsBetween, positionAt } from "../../atlas/compare/replay-tracks.ts";
import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type {
  ReplayedEvaluation,
  ReplayPosition,
  ReplayTrack,
} from "../../schema/atlas/results/replay.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { ResultRun } from "../../schema/atlas/results/result-run.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import { findResult, type ResultSearch } from "./find-result.ts";

export interface ReplayRequest {
  /** The results to replay side by side, as the user named them. */
  names: readonly string[];
  /** The run of the first result: `result_3`. Default: the counted run with the median time. */
  run?: string | undefined;
  /** Replay duration of the longest run in milliseconds; 0 shows everything at once. */
  durationMs: number;
}

/** The clock of a replay. */
export interface ReplayWorld {
  nowMs(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** One training of a replay. */
export interface ReplayedRun {
  row: ResultRow;
  run: ResultRun;
  track: ReplayTrack;
}

/** Events of a replay. */
export type ReplayEvent =
  | { kind: "opened"; runs: readonly ReplayedRun[]; problems: readonly ResultsProblem[] }
  | { kind: "evaluation"; evaluation: ReplayedEvaluation }
  | { kind: "frame"; clockMs: number; positions: readonly ReplayPosition[] }
  | { kind: "finished" };

const frameMs = 100;

/**
 * Replays trainings on one clock at a chosen speed, with the progress of each and every evaluation in order.
 *
 * @throws UserError what `findResult` throws, `unknown-run` and `no-curves`
 */
export async function* replayResults(
  request: ReplayRequest,
  search: ResultSearch,
  world: ReplayWorld,
): AsyncGenerator<ReplayEvent> {
  const runs: ReplayedRun[] = [];
  for (const [index, name] of request.names.entries()) {
    const result = await findResult(name, search);
    runs.push(replayedRun(result, index === 0 ? request.run : undefined));
  }
  yield { kind: "opened", runs, problems: search.atlas.problems };

  const tracks = runs.map(({ track }) => track);
  const longestMs = Math.max(...tracks.map(({ timeToTrainMs }) => timeToTrainMs));
  const startedMs = world.nowMs();
  let shownMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    search.signal.throwIfAborted();
    const passed = request.durationMs === 0 ? 1 : (world.nowMs() - startedMs) / request.durationMs;
    const clockMs = Math.min(1, passed) * longestMs;
    for (const evaluation of evaluationsBetween(tracks, shownMs, clockMs))
      yield { kind: "evaluation", evaluation };
    yield { kind: "frame", clockMs, positions: tracks.map((track) => positionAt(track, clockMs)) };
    shownMs = clockMs;
    if (passed >= 1) break;
    await world.sleep(frameMs, search.signal);
  }
  yield { kind: "finished" };
}

function replayedRun({ row, runs, curves }: OwnResult, asked: string | undefined): ReplayedRun {
  const run = asked === undefined ? middleRun(runs) : runs.find((each) => each.run === asked);
  if (run?.timeToTrainMs === undefined) throw noSuchRun(row, runs, asked);
  const own = curves.filter((curve) => curve.run === run.run);
  if (own.length === 0) {
    throw new UserError("no-curves", `\`${row.rowId}\` has no curves to replay`, {
      saw: "it has a time to train but no evaluations or steps",
      hint: "results of MLPerf rounds and your own runs have curves",
    });
  }
  const track: ReplayTrack = {
    title: titleOf(row),
    timeToTrainMs: run.timeToTrainMs,
    hasReachedTarget: run.fate !== "failed",
    curves: own,
  };
  return { row, run, track };
}

/** The counted run with the median time; the median of all runs if none counts. */
function middleRun(runs: readonly ResultRun[]): ResultRun | undefined {
  const counted = runs.filter(({ fate }) => fate === "counted");
  const timed = (counted.length > 0 ? counted : runs).filter(
    (run): run is ResultRun & { timeToTrainMs: number } => run.timeToTrainMs !== undefined,
  );
  const sorted = timed.toSorted((a, b) => a.timeToTrainMs - b.timeToTrainMs);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

function noSuchRun(
  row: ResultRow,
  runs: readonly ResultRun[],
  asked: string | undefined,
): UserError {
  const timed = runs.filter(({ timeToTrainMs }) => timeToTrainMs !== undefined);
  if (asked === undefined || timed.length === 0) {
    return new UserError("no-curves", `no run of \`${row.rowId}\` has a time to train`, {
      saw: `${runs.length} runs`,
      hint: "`pitwall results` shows which results have a score",
    });
  }
  const names = timed.map(({ run }) => run);
  const nearest = nearestWord(asked, names);
  const isUntimed = runs.some(({ run }) => run === asked);
  return new UserError(
    "unknown-run",
    isUntimed
      ? `\`${asked}\` of \`${row.rowId}\` has no time to train`
      : `\`${row.rowId}\` has no run \`${asked}\``,
    {
      at: "--run",
      hint:
        nearest === undefined || isUntimed
          ? `runs: ${names.join(", ")}`
          : `did you mean \`${nearest}\`?`,
    },
  );
}

/** The display title of a result. */
function titleOf({ suite, round, submitter, system, benchmark }: ResultRow): string {
  if (suite === "own") return `${benchmark} here`;
  return `${benchmark} ${round} ${submitter} ${system}`;
}
