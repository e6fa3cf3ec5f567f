import { formatDuration, formatUsd } from "../../../foundation/numbers/units.ts";
import { type Ledger, type LedgerPart, ledgerParts } from "../../../schema/run/measured/ledger.ts";
import { countOf } from "../../wording.ts";

const partNames: Record<LedgerPart, string> = {
  productive: "productive training",
  evaluation: "evaluation",
  checkpoint: "checkpoints",
  initialization: "initialization",
  redone: "training redone",
  detection: "detection",
  restart: "restart",
  waiting: "waiting",
  queue: "queue",
  shutdown: "shutdown",
  unknown: "training, not divided",
};

/** The parts of a ledger that took time, as names, texts, and shares of the wall time in 0..1. */
export function ledgerRows({
  partsMs,
  wallMs,
}: Ledger): { part: string; time: string; share: string; fraction: number }[] {
  return ledgerParts
    .map((part) => ({ part, ms: partsMs[part] ?? 0 }))
    .filter(({ ms }) => ms > 0)
    .map(({ part, ms }) => ({
      part: partNames[part],
      time: formatDuration(ms),
      share: percent(ms / wallMs),
      fraction: ms / wallMs,
    }));
}

/** The facts of a ledger as labels with texts. */
export function ledgerFacts(ledger: Ledger): [string, string][] {
  const { attemptCount, failureCount, failureUsd, spareUsd, checkpointAdvice } = ledger;
  const failures = failureCount === 0 ? "no failure" : countOf(failureCount, "failure");
  const lost =
    failureUsd === undefined || failureCount === 0 ? "" : `, which cost ${formatUsd(failureUsd)}`;
  return [
    ["attempts", `${attemptCount}, ${failures}${lost}`],
    ["goodput", goodputText(ledger)],
    ["", partsText(ledger)],
    ...(spareUsd === undefined
      ? []
      : [["spare nodes", `${formatUsd(spareUsd)} of the bill`] satisfies [string, string]]),
    ...(checkpointAdvice === undefined
      ? []
      : [["checkpoints", adviceText(checkpointAdvice, failureCount)] satisfies [string, string]]),
  ];
}

function goodputText({ goodput, wallMs, basis }: Ledger): string {
  if (goodput === undefined)
    return "unknown: the program reports neither steps nor samples with its evaluations";
  const how = basis === "steps" ? "by steps" : "by the samples of evaluations, roughly";
  return `${percent(goodput)} of ${formatDuration(wallMs)} is productive training, ${how}`;
}

function partsText(ledger: Ledger): string {
  return ledgerRows(ledger)
    .filter(({ part }) => part !== partNames.productive)
    .map(({ part, share }) => `${part} ${share}`)
    .join(", ");
}

function adviceText(advice: NonNullable<Ledger["checkpointAdvice"]>, failureCount: number): string {
  const { intervalMs, intervalSteps, meanBetweenFailuresMs, checkpointMs } = advice;
  const steps = intervalSteps === undefined ? "" : `, or ${countOf(intervalSteps, "step")},`;
  return `one every ${formatDuration(intervalMs)}${steps} loses the least time at a failure every ${formatDuration(meanBetweenFailuresMs)} (seen: ${failureCount}) and ${formatDuration(checkpointMs)} per checkpoint`;
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}
