import type { EnergyReading } from "../../schema/run/measured/energy.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";

/** A number that a run has once, with its unit in the name. */
export type Figure = readonly [name: string, value: number];

/** The figures of the verdict; none without one. */
export function runFigures({ result, progress }: RunPage): Figure[] {
  if (result === undefined) return [];
  const { outcome, clock, cost, cpuSeconds, peakMemoryBytes, samplesPerSecond } = result;
  const isReached = outcome.kind === "reached";
  const figures: [string, number | undefined][] = [
    ["reached_target", isReached ? 1 : 0],
    ["time_to_train_seconds", isReached ? outcome.timeToTrainMs / 1000 : undefined],
    ["samples_to_target", isReached ? outcome.samplesCount : undefined],
    ["best_quality", progress.best],
    ...targetFigures(result),
    ["billed_seconds", clock.billedMs / 1000],
    ["init_seconds", clock.initMs === undefined ? undefined : clock.initMs / 1000],
    ["billed_usd", cost.kind === "priced" ? cost.billedUsd : undefined],
    ["training_usd", cost.kind === "priced" ? cost.trainingUsd : undefined],
    ...energyFigures(result).map(({ name, reading }): [string, number] => [name, reading.joules]),
    ["samples_per_second", samplesPerSecond],
    ["cpu_seconds", cpuSeconds],
    ["peak_memory_bytes", peakMemoryBytes],
  ];
  return figures.filter((entry): entry is [string, number] => entry[1] !== undefined);
}

/** Of each target if there are several; the seconds are those until it was first met, whether or not the others were. */
function targetFigures({ targets = [] }: RunResult): [string, number | undefined][] {
  return targets.flatMap(({ target, best, firstMetMs }, index): [string, number | undefined][] => {
    const isFirst = targets.findIndex((other) => other.target.metric === target.metric) === index;
    const name = isFirst ? target.metric : `${target.metric}_${index + 1}`;
    return [
      [`best_quality_${name}`, best],
      [`first_met_seconds_${name}`, firstMetMs === undefined ? undefined : firstMetMs / 1000],
    ];
  });
}

/** One figure per meter or formula, with what it covers. They are never added up: their coverage may overlap. */
export function energyFigures({ energy }: RunResult): { name: string; reading: EnergyReading }[] {
  return energy.map((reading, index) => {
    const name =
      reading.kind === "measured"
        ? `energy_measured_joules_${reading.meter}`
        : "energy_estimated_joules";
    const before = energy.slice(0, index).filter((other) => isSameOrigin(other, reading)).length;
    return { name: before === 0 ? name : `${name}_${before + 1}`, reading };
  });
}

function isSameOrigin(one: EnergyReading, other: EnergyReading): boolean {
  if (one.kind === "estimated" || other.kind === "estimated") return one.kind === other.kind;
  return one.meter === other.meter;
}
