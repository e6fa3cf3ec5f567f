import type { Accelerator } from "../../schema/catalogue.ts";
import type { InterruptionTable } from "../../schema/plan/plan-tables.ts";
import type { PlannedPrice } from "../../schema/plan/run-plan.ts";
import { quantile } from "../../foundation/numbers/statistics.ts";
import type { InterruptionRisk, SpotRisk } from "../odds/interruptions.ts";

/** Failures per accelerator and hour: the median over the published clusters, and the spread between them. */
export function failureRates({ failures }: InterruptionTable): {
  perAcceleratorHour: number;
  logSpread: number;
} {
  const logs = failures.map(({ interruptions, accelerators, days }) =>
    Math.log(interruptions / (accelerators * days * 24)),
  );
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
  return {
    perAcceleratorHour: Math.exp(quantile(logs, 0.5)),
    logSpread: Math.sqrt(squares / Math.max(1, logs.length - 1)),
  };
}

export interface RiskInput {
  accelerator: Accelerator;
  acceleratorCount: number;
  price: PlannedPrice | undefined;
  /** Of the model; undefined if it is not known, and then a checkpoint takes the minimum. */
  parameterCount: number | undefined;
  table: InterruptionTable;
  rates: ReturnType<typeof failureRates>;
}

/** What may stop a training on this machine. */
export function riskOf(input: RiskInput): InterruptionRisk {
  const { acceleratorCount, parameterCount = 0, table, rates, price } = input;
  const { bytesPerParameter, bytesPerSecondPerAccelerator, minimumSeconds } = table.checkpoint;
  const seconds =
    (parameterCount * bytesPerParameter) / (acceleratorCount * bytesPerSecondPerAccelerator);
  return {
    acceleratorCount,
    failuresPerAcceleratorHour: rates.perAcceleratorHour,
    failureRateLogSpread: rates.logSpread,
    restartMs: table.restart.minutes * 60_000,
    checkpointMs: 1000 * Math.max(minimumSeconds, seconds),
    spot: price?.terms === "spot" ? spotRiskOf(input, price) : undefined,
  };
}

const hoursPerMonth = 730;

function spotRiskOf(
  { accelerator, acceleratorCount, table }: RiskInput,
  price: PlannedPrice,
): SpotRisk {
  const band =
    table.spot.find(
      ({ provider, accelerators }) =>
        provider === price.provider &&
        accelerators.some((prefix) => accelerator.name.startsWith(prefix)),
    ) ?? table.spot.find(({ provider }) => provider === "any");
  if (band === undefined) throw new RangeError("the table of spot bands has no entry for `any`");
  return {
    instanceCount: Math.ceil(acceleratorCount / price.perMachine),
    lowPerInstanceHour: perHour(band.lowFractionPerMonth),
    highPerInstanceHour: perHour(band.highFractionPerMonth),
    replacementMs: table.spotReplacement.minutes * 60_000,
  };
}

/** From a share of instances that are interrupted within a month to a rate. */
function perHour(fractionPerMonth: number): number {
  return -Math.log(1 - fractionPerMonth) / hoursPerMonth;
}
