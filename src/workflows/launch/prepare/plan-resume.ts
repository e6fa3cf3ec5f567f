import { nearestWord } from "../../../foundation/text/nearest-word.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import { remainingSeeds, requestedSeeds } from "../../../score/series/remaining-seeds.ts";
import type { RunStore, RunSummary } from "../../../store/records/run-store.ts";
import { recordedPlan } from "./plan-rerun.ts";
import type { SeriesPlan } from "./plan-series.ts";

type ReadableRun = Extract<RunSummary, { kind: "readable" }>;

/**
 * The plan to continue an interrupted series: the same request with the seeds that no run completed.
 *
 * @param text a series or one of its runs, the beginning of a name, or `last`
 * @throws UserError `unknown-series`, `ambiguous-run`, `series-running`, `series-complete`
 */
export async function planResume(store: RunStore, text: string): Promise<SeriesPlan> {
  const seriesId = await seriesNamed(store, text);
  const listed = await store.list();
  const runs = listed.filter(
    (run): run is ReadableRun => run.kind === "readable" && run.request.series.id === seriesId,
  );
  const [first] = runs;
  if (first === undefined) throw unknownSeries(seriesId, []);
  const running = runs.find(({ state }) => state.kind === "running");
  if (running !== undefined) throw seriesRunning(running);
  const seeds = remainingSeeds(runs);
  if (seeds.length === 0) throw seriesComplete(seriesId);
  return {
    ...recordedPlan(first.request),
    seeds,
    resumes: {
      id: seriesId,
      requestedSeeds: requestedSeeds(runs),
      lastIndex: Math.max(...listed.map(({ runId }) => indexIn(seriesId, runId))),
      earlier: runs.flatMap(({ request, result }) =>
        result === undefined ? [] : [{ request, result }],
      ),
    },
  };
}

async function seriesNamed(store: RunStore, text: string): Promise<string> {
  const meant = await store.resolve(text);
  switch (meant.kind) {
    case "run":
    case "series":
      return meant.seriesId;
    case "ambiguous":
      throw new UserError(
        "ambiguous-run",
        `\`${text}\` matches ${meant.candidates.length} series`,
        {
          saw: meant.candidates.slice(0, 5).join("\n"),
          hint: "specify more of the name, or `last`",
        },
      );
    case "unknown": {
      const known = (await store.list()).flatMap((run) =>
        run.kind === "readable" ? [run.request.series.id] : [],
      );
      throw unknownSeries(text, known);
    }
  }
}

/** Also counts records that cannot be read: their name is taken. */
function indexIn(seriesId: string, runId: string): number {
  if (!runId.startsWith(`${seriesId}-`)) return 0;
  const rest = runId.slice(seriesId.length + 1);
  return /^\d+$/u.test(rest) ? Number(rest) : 0;
}

function unknownSeries(text: string, known: readonly string[]): UserError {
  const nearest = nearestWord(text, known);
  return new UserError("unknown-series", `unknown series \`${text}\``, {
    at: "--resume",
    hint:
      nearest === undefined
        ? "`pitwall runs` lists the runs; a series id is a run id without the last number"
        : `did you mean \`${nearest}\`?`,
  });
}

function seriesRunning({ runId, request }: ReadableRun): UserError {
  const { hostname, pid } = request.owner;
  return new UserError("series-running", `\`${runId}\` of this series is still running`, {
    at: "--resume",
    saw: `process ${pid} on ${hostname} is writing its record`,
    hint: "wait until it ends or stop it, then resume",
  });
}

function seriesComplete(seriesId: string): UserError {
  return new UserError("series-complete", `all runs of \`${seriesId}\` are complete`, {
    at: "--resume",
    hint: `\`pitwall show ${seriesId}\` shows them; \`pitwall rerun ${seriesId}\` runs them again`,
  });
}
