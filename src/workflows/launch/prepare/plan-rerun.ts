import { UserError } from "../../../foundation/errors/user-error.ts";
import type { Price } from "../../../schema/run/request/price.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import { countedRuns } from "../../../schema/run/outcome/counted-runs.ts";
import type { SeriesPlan } from "./plan-series.ts";
import { startableOf } from "./startable-of.ts";

/**
 * The plan to repeat recorded runs with their seeds.
 *
 * @param recorded the runs of a series, or one of them; one run is repeated without warm-ups
 * @param price replaces the recorded price
 * @throws RangeError if there are no runs
 */
export function planRerun(recorded: readonly RunRequest[], price: Price | undefined): SeriesPlan {
  const requests = requestsToRepeat(recorded);
  const [first] = requests;
  if (first === undefined) throw new RangeError("nothing to run again");
  if (first.limits.maxCostUsd !== undefined && (price ?? first.price) === undefined) {
    throw new UserError(
      "max-cost-without-price",
      "the run has a cost limit but no recorded price",
      {
        hint: "specify the price per hour: `--price 12.29/h`",
      },
    );
  }
  return {
    ...recordedPlan(first),
    price: price ?? first.price,
    ...(requests.length === 1 ? { warmupCount: 0 } : {}),
    seeds: seedsOf(requests),
    rerunOf: requests.length === 1 ? first.runId : first.series.id,
  };
}

/** The runs that a rerun repeats: of a series, those that count. */
export function requestsToRepeat(recorded: readonly RunRequest[]): readonly RunRequest[] {
  const counted = countedRuns(recorded.map((request) => ({ request })));
  return counted.length === 0 ? recorded.slice(0, 1) : counted.map(({ request }) => request);
}

/**
 * The plan of a recorded run, except for its seed.
 *
 * @throws UserError `run-continues` if the run is only the last part of a training
 */
export function recordedPlan(request: RunRequest): Omit<SeriesPlan, "seeds"> {
  if (request.continues !== undefined) throw runContinues(request);
  const { launchTarget, reading, target, stopAtTarget, keepOnNan, limits } = request;
  const { furtherTargets, targetWindow, price, edition, rerunOf, series, prepare, data } = request;
  const { warmupCount = 0, retries = 0 } = series;
  return {
    startable: startableOf(request),
    ...labelsToRepeat(request),
    launchTarget,
    reading,
    target,
    furtherTargets,
    targetWindow,
    stopAtTarget,
    keepOnNan: keepOnNan === true,
    keepGoing: series.keepGoing === true,
    warmupCount,
    retries,
    ...(prepare === undefined ? {} : { prepare }),
    ...(data === undefined ? {} : { data }),
    ...(request.observe === undefined ? {} : { observe: request.observe }),
    ...(request.recovery === undefined ? {} : { recovery: request.recovery }),
    ...(request.plan === undefined ? {} : { expectation: request.plan }),
    limits,
    price,
    ...(edition === undefined ? {} : { edition }),
    ...(rerunOf === undefined ? {} : { rerunOf }),
  };
}

/** A repeated run is new: it is not archived. */
function labelsToRepeat({ labels }: RunRequest): Pick<SeriesPlan, "labels"> {
  const { isArchived: _, ...kept } = labels ?? {};
  return Object.keys(kept).length === 0 ? {} : { labels: kept };
}

function runContinues({ runId, continues }: RunRequest): UserError {
  return new UserError("run-continues", `\`${runId}\` is only the last part of a training`, {
    saw: `it continues \`${continues?.runIds.at(-1)}\``,
    hint: `\`pitwall rerun ${continues?.runIds[0]}\` runs the first part again; \`pitwall run --continues ${runId}\` goes on from here`,
  });
}

/** A series that was resumed has more runs than seeds: an interrupted run's seed was run again. */
function seedsOf(requests: readonly RunRequest[]): number[] {
  return [...new Set(requests.map((request) => request.seed))];
}
