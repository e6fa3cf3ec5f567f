import { UserError } from "../../../foundation/errors/user-error.ts";
import type { SeriesPageDocument, SeriesRun } from "../../../schema/dashboard/series.ts";
import type { Evaluation, RunResult } from "../../../schema/run/outcome/run-result.ts";
import { loggedQuality } from "../../../schema/run/outcome/quality-of-run.ts";
import { seriesRole } from "../../../schema/run/outcome/counted-runs.ts";
import { useOfRun } from "../../../score/use/use-of-run.ts";
import type { RunStore, RunSummary } from "../../../store/records/run-store.ts";
import { benchmarkNamed } from "../../../schema/logs/mlperf-round.ts";
import { groupRuns, type SeriesRow } from "../../read-run/select/group-runs.ts";
import { curveOfRun } from "./curve-of-run.ts";
import type { BoardWatch } from "../list/watch-board.ts";

type ReadableRun = Extract<RunSummary, { kind: "readable" }>;

/** The series of one home, for the dashboard. Records are read again only if a run was added or has changed its state. */
export class SeriesReports {
  readonly #store: RunStore;
  readonly #list: BoardWatch;
  #known: { states: string; rows: readonly SeriesRow[] } | undefined;

  constructor(store: RunStore, list: BoardWatch) {
    this.#store = store;
    this.#list = list;
  }

  /** Newest first. */
  async list(): Promise<{ series: readonly SeriesRow[] }> {
    await this.#list.refreshBoard();
    const states = this.#states();
    if (this.#known?.states !== states) {
      const runs = await this.#store.list();
      this.#known = { states, rows: groupRuns(runs, () => true).toReversed() };
    }
    return { series: this.#known.rows };
  }

  /** @throws UserError `unknown-series` */
  async series(seriesId: string): Promise<Omit<SeriesPageDocument, "row"> & { row: SeriesRow }> {
    const { series } = await this.list();
    const row = series.find((each) => each.seriesId === seriesId);
    if (row === undefined)
      throw new UserError("unknown-series", `unknown series \`${seriesId}\``, {
        hint: "`/runs` lists them",
      });
    const runs: SeriesRun[] = [];
    let trained: string | undefined;
    for (const runId of row.runIds) {
      const opened = await this.#store.open(runId);
      if (opened.kind !== "opened") continue;
      const { request, result } = opened.record;
      trained ??= result?.rules?.benchmark ?? request.startable.name;
      runs.push(this.#runOf(opened.record, row));
    }
    const target = row.summary?.target;
    const benchmark = await benchmarkWithReferences(trained);
    return {
      row,
      runs,
      ...(target === undefined ? {} : { target }),
      ...(benchmark === undefined ? {} : { referenceBenchmark: benchmark }),
    };
  }

  #runOf(
    { runId, request, result }: Pick<ReadableRun, "runId" | "request" | "result">,
    { summary }: SeriesRow,
  ): SeriesRun {
    const followed = this.#list.board.followed(runId)?.evaluations;
    const evaluations = evaluationsOf(result) ?? followed ?? [];
    const role = seriesRole(request);
    const use = summary === undefined ? undefined : useOfRun(summary.score, runId);
    return {
      runId,
      seed: request.seed,
      ...(role === undefined ? {} : { role }),
      ...(result === undefined ? {} : { outcome: result.outcome }),
      ...(use === undefined ? {} : { use }),
      ...curveOfRun(evaluations, result),
    };
  }

  #states(): string {
    return this.#list.board
      .items()
      .map((item) => {
        if (item.kind === "broken") return `${item.runId} broken`;
        return JSON.stringify([item.runId, item.state, item.tags, item.isArchived]);
      })
      .join("\n");
  }
}

/** The values of the target's metric; without a target, those that an MLPerf log has as its `eval_accuracy`. */
function evaluationsOf(
  result: RunResult | undefined,
): readonly Pick<Evaluation, "clockMs" | "programMs" | "value">[] | undefined {
  if (result === undefined || result.target !== undefined || result.evaluations.length > 0)
    return result?.evaluations;
  const logged = result.curves?.find(({ metric }) => metric === loggedQuality);
  return (logged?.values ?? []).flatMap((value, index) => {
    const clockMs = logged?.clockMs[index];
    return clockMs === undefined ? [] : [{ clockMs, value }];
  });
}

/** @param trained the benchmark that a log names, or the name of a workload */
async function benchmarkWithReferences(trained: string | undefined): Promise<string | undefined> {
  if (trained === undefined) return undefined;
  const benchmark = benchmarkNamed(trained);
  // Loads the rules only for the page of a series.
  const { benchmarksWithReferences } = await import("../../submissions/show-references.ts");
  return (await benchmarksWithReferences()).includes(benchmark) ? benchmark : undefined;
}
