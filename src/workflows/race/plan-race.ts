import { UserError } from "../../foundation/errors/user-error.ts";
import { formatTargets } from "../../schema/run/outcome/target-text.ts";
import type { RacedRun } from "../../score/race/report-race.ts";
import type { SeriesPlan } from "../launch/prepare/plan-series.ts";
import { mostArms, tooManyArms } from "./expand-settings.ts";

/** One of the alternatives that a race compares. */
export interface RaceArmPlan {
  name: string;
  /** Without seeds of its own: those of the race count. */
  plan: SeriesPlan;
}

export interface RacePlan {
  /** Begins the ids of its runs. */
  name: string;
  arms: readonly RaceArmPlan[];
  /** Runs of each arm; with `until`, the minimum. */
  runs: number;
  /** The first seed; the others count up. All arms run the same seeds. */
  seed: number;
  until?: number;
  maxRuns?: number;
  /** Continue this race instead of starting one. */
  resumes?: { id: string; runs: readonly RacedRun[] };
}

/**
 * Checks the size of a race, before its arms are planned.
 *
 * @throws UserError `race-one-arm`, `race-one-run`, `too-many-arms`, `max-runs-too-few`
 */
export function checkRaceSize(
  armCount: number,
  { runs, maxRuns }: Pick<RacePlan, "runs" | "maxRuns">,
): void {
  if (armCount < 2) throw oneArm(armCount);
  if (armCount > mostArms) throw tooManyArms(armCount);
  if (runs < 2) {
    throw new UserError("race-one-run", "a race requires at least two runs of each arm", {
      at: "--runs",
      hint: "use `--runs 10`; fewer than 6 never decide a race",
    });
  }
  if (maxRuns !== undefined && maxRuns < runs) {
    throw new UserError("max-runs-too-few", `\`--max-runs ${maxRuns}\` is below ${runs} runs`, {
      at: "--max-runs",
      hint: `increase \`--max-runs\`, or set the minimum with \`--runs\``,
    });
  }
}

/**
 * Checks that arms can be compared.
 *
 * @throws UserError `arms-targets-differ`, `arms-metrics-differ`
 */
export function checkArms(arms: readonly RaceArmPlan[]): void {
  checkSame(arms, "arms-targets-differ", targetText, "targets");
  checkSame(arms, "arms-metrics-differ", metricText, "metrics");
}

function checkSame(
  arms: readonly RaceArmPlan[],
  code: string,
  textOf: (plan: SeriesPlan) => string,
  what: string,
): void {
  const texts = arms.map(({ plan }) => textOf(plan));
  if (new Set(texts).size < 2) return;
  throw new UserError(code, `the arms of a race must have the same ${what}`, {
    saw: arms.map(({ name }, index) => `${name}: ${texts[index] ?? ""}`).join("\n"),
    hint:
      what === "targets"
        ? "set one target for all arms: `--target 'val_acc>=0.94'`"
        : "set one metric for all arms: `--metric val_acc`",
  });
}

function targetText(plan: SeriesPlan): string {
  const { startable } = plan;
  const text = formatTargets(plan);
  if (text !== undefined) return text;
  return startable.kind === "embedded" ? `that of ${startable.name}` : "that of its MLLOG lines";
}

function metricText({ reading }: SeriesPlan): string {
  const { metrics, programClock, clockStartPattern } = reading;
  const names = metrics.map(({ metric }) => metric).toSorted();
  const clock = programClock ?? clockStartPattern;
  return `${names.join(", ") || "those of its log"}${clock === undefined ? "" : `, clock ${clock}`}`;
}

function oneArm(armCount: number): UserError {
  const seen = armCount === 0 ? "none" : "one";
  return new UserError("race-one-arm", `a race requires at least two arms, got ${seen}`, {
    hint: "give two commands in quotes, `pitwall race 'python train.py --lr 0.1' 'python train.py --lr 0.2'`, or several values: `--set lr=0.1,0.2` with `{lr}` in the command",
  });
}
