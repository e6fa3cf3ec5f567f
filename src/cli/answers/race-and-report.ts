import { formatSignificant } from "../../foundation/numbers/units.ts";
import { armLabel } from "../../report/race/race-verdict.ts";
import { seriesStopText } from "../../report/runs/card/series-stop-text.ts";
import type { RaceReport } from "../../schema/run/race/race-report.ts";
import type { PlanWarning } from "../../workflows/launch/prepare/find-workload.ts";
import type { RacePlan } from "../../workflows/race/plan-race.ts";
import type { RaceEvent } from "../../workflows/race/run-race.ts";
import type { Call } from "../command-table.ts";
import { homeOf } from "../open-store.ts";
import { ProgressView } from "../terminal/progress.ts";
import type { raceOptions } from "../options/race-options.ts";
import { signingKeyOf } from "../signing-key.ts";

/** Runs a race, prints its progress on standard error, and returns its report. */
export async function runRaceAndReport(
  call: Call<typeof raceOptions>,
  planOf: () => Promise<{ plan: RacePlan; warnings: readonly PlanWarning[] }>,
): Promise<RaceReport> {
  const { face, shared, options } = call;
  const signingKey = await signingKeyOf(face.env, options);
  const { plan, warnings } = await planOf();
  const { runRace } = await import("../../workflows/race/run-race.ts");
  const { localWorld } = await import("../../workflows/launch/targets/local-world.ts");
  const world = { ...localWorld(face, await homeOf(face, shared)), signingKey };
  const view = shared.quiet
    ? undefined
    : new ProgressView(face.err, { showsOutput: options.showOutput });
  for (const warning of warnings) view?.warn(warning);
  try {
    for await (const event of runRace(plan, world, face.interrupt)) {
      if (event.kind === "finished") return event.report;
      if (view !== undefined) showEvent(event, plan, view);
    }
  } finally {
    view?.clear();
  }
  throw new Error("a race ended without a final event");
}

function showEvent(
  event: Exclude<RaceEvent, { kind: "finished" }>,
  plan: RacePlan,
  view: ProgressView,
): void {
  switch (event.kind) {
    case "started": {
      const arms = event.arms.map((arm) => armLabel(arm)).join(" against ");
      return view.note(`${event.raceId}: ${arms}`);
    }
    case "run":
      return view.show(event.event);
    case "arm-dropped": {
      const rest =
        event.armsLeft < 2 ? "the race ends" : `the race goes on with ${event.armsLeft} arms`;
      const why = seriesStopText(event.stop, plan.runs);
      return view.warn({
        message: `${armLabel(event.arm)} was dropped: ${why}`,
        hint: `${rest}; use \`--keep-going\` to keep arms that fail`,
      });
    }
    case "round-finished": {
      if (event.halfWidth === undefined || plan.until === undefined) return;
      const [width, wanted] = [event.halfWidth, plan.until].map((share) =>
        formatSignificant(share * 100, 2),
      );
      return view.note(
        `after ${event.roundCount} runs of each arm: ratio within ±${width} %, until ±${wanted} %`,
      );
    }
  }
}
