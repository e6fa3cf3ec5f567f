import { UserError } from "../../foundation/errors/user-error.ts";
import { formatDuration, formatSignificant, formatUsd } from "../../foundation/numbers/units.ts";
import type { PlanLimits } from "../search/choose-offers.ts";
import type { PlanOutcome } from "../search/plan-training.ts";
import type { TimeSource } from "../search/time-estimate.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { PlanLoss, PlanOffer } from "../../schema/plan/run-plan.ts";

interface ErrorContext {
  title: string;
  limits: PlanLimits;
  maxCount: number;
  times: TimeSource;
  /** All of the catalog. */
  accelerators: readonly Accelerator[];
}

/** Why there is no plan, with the offer that comes closest. */
export function planErrorOf(
  outcome: Exclude<PlanOutcome, { kind: "planned" }>,
  context: ErrorContext,
): UserError {
  const { title, limits, maxCount } = context;
  switch (outcome.kind) {
    case "nothing":
      if (outcome.losses.some(({ reason }) => reason === "does-not-fit"))
        return doesNotFit(outcome.losses, context);
      return new UserError("nothing-to-plan", `no machine can be planned for ${title}`, {
        saw: outcome.losses
          .slice(0, 3)
          .map(({ accelerator, text }) => `${accelerator}: ${text}`)
          .join("; "),
        hint: `name other accelerators with \`--accelerators\`, or raise \`--max-count ${maxCount}\``,
      });
    case "over-budget":
      return new UserError(
        "budget-too-small",
        `no plan for ${title} costs ${formatUsd(limits.budgetUsd ?? 0)} or less`,
        { at: "--budget", saw: `the cheapest: ${offerText(outcome.cheapest)}` },
      );
    case "after-deadline":
      return new UserError(
        "deadline-too-early",
        `no plan for ${title} ends within ${formatDuration(limits.deadlineMs ?? 0)}`,
        {
          at: "--deadline",
          saw: `the fastest: ${offerText(outcome.fastest)}`,
          hint: `up to ${maxCount} accelerators were considered; \`--max-count\` allows more`,
        },
      );
    case "over-energy":
      return new UserError(
        "energy-too-small",
        `no plan for ${title} takes ${formatSignificant(limits.maxEnergyKwh ?? 0, 3)} kWh or less`,
        { at: "--max-energy", saw: `the least: ${offerText(outcome.least)}` },
      );
    case "not-together":
      return new UserError(
        "limits-conflict",
        `no plan for ${title} meets the deadline and the budget together`,
        {
          at: "--deadline, --budget",
          saw: `the cheapest in time: ${offerText(outcome.cheapestInTime)}; the fastest within the budget: ${offerText(outcome.fastestInBudget)}`,
          hint: "extend the deadline or raise the budget",
        },
      );
  }
}

function offerText({ accelerator, count, timeMs, usd, energy }: PlanOffer): string {
  const parts = [
    formatDuration(timeMs.p50 ?? Number.POSITIVE_INFINITY),
    formatUsd(usd?.p50 ?? Number.POSITIVE_INFINITY),
    ...(energy === undefined ? [] : [`${formatSignificant(energy.kwh, 3)} kWh`]),
  ];
  return `${count} x ${accelerator}, ${parts.join(", ")}`;
}

/** Numbers of accelerators to try for a model that does not fit. */
const largestMachine = 65_536;

function doesNotFit(losses: readonly PlanLoss[], context: ErrorContext): UserError {
  const smallest = smallestMachine(context);
  const memoryOf = new Map(
    context.accelerators.map(({ name, memoryBytes }) => [name, memoryBytes]),
  );
  const texts = losses
    .filter(({ reason }) => reason === "does-not-fit")
    .toSorted((a, b) => (memoryOf.get(b.accelerator) ?? 0) - (memoryOf.get(a.accelerator) ?? 0))
    .slice(0, 3)
    .map(({ accelerator, text }) => `${accelerator}: ${text}`);
  return new UserError("does-not-fit", `${context.title} fits on no machine that was considered`, {
    saw: texts.join("; "),
    hint:
      smallest === undefined
        ? "use a smaller model or a shorter sequence"
        : `the smallest machine that would do: ${smallest.count} x ${smallest.accelerator}`,
  });
}

/** With the least memory in total, over all accelerators of the catalog. */
function smallestMachine({
  times,
  accelerators,
}: ErrorContext): { accelerator: string; count: number } | undefined {
  let best: { accelerator: string; count: number; bytes: number } | undefined;
  for (const accelerator of accelerators)
    for (let count = 1; count <= largestMachine; count *= 2) {
      const bytes = count * accelerator.memoryBytes;
      if (best !== undefined && bytes >= best.bytes) break;
      if (times(accelerator, count).kind === "none") continue;
      best = { accelerator: accelerator.name, count, bytes };
      break;
    }
  return best;
}
