import { parseCount, parseDurationMs, parseUsd } from "../../foundation/numbers/units.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { commandFrameworks } from "../../schema/plan/command-framework.ts";
import type { PlanObjective } from "../../schema/plan/run-plan.ts";
import { precisionNamed } from "../search/precision-named.ts";
import type { PlanCall } from "./plan-machines.ts";
import type { TrainingAmount } from "./read-goal.ts";

/** A plan as the options of `pitwall plan`, which are also the address of the page. */
export interface PlanTexts {
  goal: string;
  tokens?: string | undefined;
  target?: string | undefined;
  batch?: string | undefined;
  precision?: string | undefined;
  for?: string | undefined;
  budget?: string | undefined;
  deadline?: string | undefined;
  maxEnergy?: string | undefined;
  maxCount: number;
  accelerators?: string | undefined;
  clouds?: string | undefined;
  spot: boolean;
  region?: string | undefined;
  queue?: string | undefined;
  objective?: string | undefined;
  seed: string;
  /** Prices of the user, `h100-sxm=2.50,b200=4`, beside those of the data. */
  ownPrices?: string | undefined;
  /** Whether what the data learned from the user's runs is ignored. */
  ignoresOwnRuns?: boolean | undefined;
}

/** @throws UserError `option-invalid`, `options-conflict` */
export function readPlanCall(texts: PlanTexts): PlanCall {
  const limits = {
    budgetUsd: budgetOf(texts.budget),
    deadlineMs: durationOf(texts.deadline, "--deadline", "12h"),
    maxEnergyKwh: energyOf(texts.maxEnergy),
  };
  return {
    goal: texts.goal,
    amount: amountOf(texts),
    batchTokens: tokensOf(texts.batch, "--batch"),
    forFramework: commandFrameworks.find((one) => one === texts.for),
    precision: precisionNamed(texts.precision),
    limits,
    objective: objectiveOf(texts.objective, limits),
    accelerators: wordsOf(texts.accelerators),
    clouds: wordsOf(texts.clouds),
    spot: texts.spot,
    maxCount: texts.maxCount,
    region: texts.region,
    queueMs: durationOf(texts.queue, "--queue", "6h") ?? 0,
    seed: texts.seed,
    ownPrices: wordsOf(texts.ownPrices),
    ignoresOwnRuns: texts.ignoresOwnRuns === true,
  };
}

function budgetOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const usd = parseUsd(text);
  if (usd !== undefined && usd > 0) return usd;
  throw invalid("--budget", text, "use US dollars above zero, for example `--budget 2000usd`");
}

function durationOf(text: string | undefined, at: string, example: string): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms > 0) return ms;
  throw invalid(at, text, `use a time with a unit, for example \`${at} ${example}\``);
}

const kwhPerUnit: Readonly<Record<string, number>> = {
  wh: 0.001,
  kwh: 1,
  mwh: 1000,
  gwh: 1e6,
  kj: 1 / 3600,
  mj: 1 / 3.6,
  gj: 1000 / 3.6,
};

function energyOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(?<amount>\d+(?:\.\d+)?)\s*(?<unit>[kmg]?(?:wh|j))$/iu.exec(text.trim());
  const factor = kwhPerUnit[match?.groups?.["unit"]?.toLowerCase() ?? ""];
  const kwh = Number(match?.groups?.["amount"]) * (factor ?? Number.NaN);
  if (kwh > 0) return kwh;
  throw invalid(
    "--max-energy",
    text,
    "use an energy above zero, for example `--max-energy 500kWh`",
  );
}

function amountOf({ tokens, target }: PlanTexts): TrainingAmount {
  if (tokens !== undefined && target !== undefined)
    throw new UserError("options-conflict", "a plan has either tokens or a loss as its goal", {
      at: "--target",
      hint: "remove `--target` to train on that many tokens, or `--tokens` to train to the loss",
    });
  return { tokens: tokensOf(tokens, "--tokens"), loss: lossOf(target) };
}

function tokensOf(text: string | undefined, at: string): number | undefined {
  if (text === undefined) return undefined;
  const tokens = parseCount(text);
  if (tokens !== undefined && tokens > 0) return tokens;
  throw invalid(at, text, `use a count, for example \`${at} ${at === "--batch" ? "4M" : "15T"}\``);
}

/** `2.1`, `loss <= 2.1`. */
function lossOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(?:loss\s*<=?\s*)?(?<loss>\d+(?:\.\d+)?)$/iu.exec(text.trim());
  const loss = Number(match?.groups?.["loss"]);
  if (loss > 0) return loss;
  throw invalid("--target", text, "use a loss in nats per token, for example `--target 2.1`");
}

function wordsOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== "");
}

/** With one limit, the other quantity is what remains to be chosen. */
function objectiveOf(
  given: string | undefined,
  { budgetUsd, deadlineMs }: { budgetUsd?: number | undefined; deadlineMs?: number | undefined },
): PlanObjective {
  const known = (["time", "cost", "energy", "balanced"] as const).find((one) => one === given);
  if (known !== undefined) return known;
  if (deadlineMs !== undefined && budgetUsd === undefined) return "cost";
  return budgetUsd !== undefined && deadlineMs === undefined ? "time" : "balanced";
}

function invalid(at: string, text: string, hint: string): UserError {
  return new UserError("option-invalid", `invalid value \`${text}\` for \`${at}\``, { at, hint });
}
