import { launchingHost } from "../../schema/run/hosts/launching-host.ts";
import { formatCount, formatDuration } from "../../foundation/numbers/units.ts";
import type { Cause, CauseKind, CollectiveReference } from "../../schema/diagnosis/diagnosis.ts";

import type { StackFrame } from "../../schema/diagnosis/evidence.ts";

type Of<Kind extends CauseKind> = Extract<Cause, { kind: Kind }>;

/** One sentence that names the culprit and what it did. */
export function describeCause(cause: Cause): string {
  if (isAboutWaiting(cause)) return waitSentence(cause);
  if (cause.kind === "silent-corruption") return corruptionSentence(cause);
  return isAboutTraining(cause) ? trainingSentence(cause) : endSentence(cause);
}

const waitKinds = ["collective-mismatch", "hang", "stalled-collective", "connection-lost"] as const;
type WaitCause = Of<(typeof waitKinds)[number]>;

const trainingKinds = [
  "not-a-number",
  "loss-spike",
  "compute-straggler",
  "data-starvation",
  "clock-step",
  "slow-link",
  "replica-divergence",
  "thermal-throttle",
  "lock",
] as const;
type TrainingCause = Of<(typeof trainingKinds)[number]>;

function isAboutWaiting(cause: Cause): cause is WaitCause {
  return waitKinds.some((kind) => kind === cause.kind);
}

function isAboutTraining(cause: Cause): cause is TrainingCause {
  return trainingKinds.some((kind) => kind === cause.kind);
}

function endSentence(
  cause: Exclude<Cause, WaitCause | TrainingCause | Of<"silent-corruption">>,
): string {
  switch (cause.kind) {
    case "crash":
      return crashSentence(cause);
    case "killed":
      return `${subject(cause)} was ended by ${cause.signal} from outside; its output shows no error of its own`;
    case "out-of-memory":
      return `${subject(cause, "a process")} ran out of ${memoryNames[cause.memory]}`;
    case "host-lost":
      return `${place(cause, "a host")} was lost: ${short(cause.reason)}`;
    case "disk-full":
      return `${subject(cause, "a process")} failed because its disk is full`;
    case "bad-checkpoint":
      return `${subject(cause, "a process")} could not read a checkpoint: ${short(cause.error)}`;
    case "preemption":
      return preemptionSentence(cause);
    case "out-of-time":
      return limitSentences[cause.limit];
    case "launcher-killed":
      return launcherSentence(cause);
    case "accelerator-error":
      return `${subject(cause)} had a GPU error: ${short(cause.error)}`;
    case "configuration":
      return configurationSentence(cause);
  }
}

function launcherSentence({ evidence }: Of<"launcher-killed">): string {
  return evidence.some(({ kind }) => kind === "line")
    ? "the program that started the ranks was ended from outside, and the ranks ended with it"
    : "the Pitwall process that wrote this record ended before the run; its hosts may still run the job";
}

function configurationSentence(cause: Of<"configuration">): string {
  if (cause.evidence.some(({ kind }) => kind === "finding"))
    return `the program was not started: ${short(cause.detail)}`;
  return `${place(cause, "one host")} is set up differently from the others: ${short(cause.detail)}`;
}

const memoryNames = { host: "host memory", accelerator: "GPU memory" } as const;

const limitSentences: Record<Of<"out-of-time">["limit"], string> = {
  scheduler: "the job reached the time limit of the scheduler",
  "max-time": "the run reached its limit `--max-time` before the target",
  "max-cost": "the run reached its limit `--max-cost` before the target",
  "max-samples": "the run reached its limit `--max-samples` before the target",
  command: "the command `timeout` ended the program",
};

function preemptionSentence(cause: Of<"preemption">): string {
  if (cause.hosts.length === 0) return "the job was preempted";
  return `${place(cause, "a host")} was preempted, or is going down`;
}

function crashSentence(cause: Of<"crash">): string {
  if (cause.evidence.every(({ kind }) => kind === "dump")) {
    return `${subject(cause)} left no dump, so it had probably ended; others wait for it`;
  }
  return `${subject(cause)} crashed${cause.error === undefined ? "" : `: ${short(cause.error)}`}`;
}

function trainingSentence(cause: TrainingCause): string {
  switch (cause.kind) {
    case "not-a-number":
      return cause.ranks.length === 0
        ? "the training diverged to values that are not numbers"
        : `${subject(cause)} was the first to print a value that is not a number`;
    case "loss-spike":
      return `the loss jumped to ${number(cause.loss)} at step ${cause.step}, from ${number(cause.usualLoss)} before`;
    case "compute-straggler":
      return `${subject(cause)} ${verb(cause, "is", "are")} slow${costOf(cause)}`;
    case "data-starvation":
      return dataSentence(cause);
    case "slow-link":
      return linkSentence(cause);
    case "replica-divergence":
      return replicaSentence(cause);
    case "thermal-throttle":
      return `${subject(cause, "a device")} ${verb(cause, "runs", "run")} at lower clocks because ${verb(cause, "it is", "they are")} too hot`;
    case "lock":
      return lockSentence(cause);
    case "clock-step": {
      const direction = cause.steppedMs < 0 ? "backward" : "forward";
      return `the system clock moved ${direction} by ${formatDuration(Math.abs(cause.steppedMs))} during the run`;
    }
  }
}

function replicaSentence(cause: Of<"replica-divergence">): string {
  const who =
    cause.ranks.length === 0
      ? "the parameters of ranks differ"
      : `the parameters of ${subject(cause)} differ from those of the others`;
  const { step, lastEqualStep } = cause;
  const since = lastEqualStep === undefined ? "" : `; they were equal after step ${lastEqualStep}`;
  return `${who}${step === undefined ? "" : ` after step ${step}`}${since}`;
}

function lockSentence({ place: at, holder, ...cause }: Of<"lock">): string {
  const where = at === undefined ? "" : ` in ${placeText(at)}`;
  const other = holder === undefined ? "" : `; another thread is in ${placeText(holder)}`;
  return `${subject(cause)} waits for a lock of its own process${where}${other}`;
}

function dataSentence(cause: Of<"data-starvation">): string {
  const who =
    cause.ranks.length === 0
      ? "all ranks wait for training data"
      : `${subject(cause)} ${verb(cause, "waits", "wait")} for training data`;
  if (isReported(cause)) return `${who}, by a report in the log`;
  if (cause.ranks.length === 0) return `${who}: ${lostTime(cause)}`;
  return `${who}, and the others for ${verb(cause, "it", "them")}: ${lostTime(cause)}`;
}

/** It was found by a tool inside the program. */
function isReported({ evidence: [first] }: Cause): boolean {
  return first?.kind === "line";
}

function corruptionSentence(cause: Of<"silent-corruption">): string {
  if (isReported(cause))
    return `${subject(cause)} computed another result when step ${cause.step} was executed again`;
  const how = cause.how === "transient" ? "one of three executions" : "all executions";
  const before =
    cause.equalSteps === 0
      ? ""
      : `; ${cause.equalSteps} verified ${cause.equalSteps === 1 ? "step" : "steps"} before it gave equal results`;
  return `${subject(cause)} computed different results in ${how} of step ${cause.step}${before}`;
}

function linkSentence(cause: Of<"slow-link">): string {
  if (isReported(cause))
    return "a link of the network loses or delays what it carries, by a report in the log";
  const { hosts } = cause;
  const between = hosts.length === 1 ? `of host ${hosts[0]}` : `between hosts ${list(hosts)}`;
  const { resentFraction, roundTripMs, usualRoundTripMs } = cause;
  const lost =
    resentFraction === undefined
      ? []
      : [`${number(100 * resentFraction)} % of the segments were sent again`];
  const others =
    usualRoundTripMs === undefined ? "" : `, ${duration(usualRoundTripMs)} between other hosts`;
  const slow =
    roundTripMs === undefined ? [] : [`a round trip takes ${duration(roundTripMs)}${others}`];
  return `the network ${between} is ${lost.length > 0 ? "lossy" : "slow"}: ${[...lost, ...slow].join("; ")}`;
}

function costOf(cause: Of<"compute-straggler">): string {
  if (isReported(cause)) return ", by a report in the log";
  return `: the others wait for ${verb(cause, "it", "them")} ${lostTime(cause)}`;
}

function lostTime(cause: Of<"compute-straggler" | "data-starvation">): string {
  const { lostMsPerStep = 0, stepMs, lostFraction = 0 } = cause;
  if (stepMs === undefined) return `${Math.round(100 * lostFraction)} % of the time`;
  return `${duration(lostMsPerStep)} of each step of ${duration(stepMs)}`;
}

function waitSentence(cause: WaitCause): string {
  switch (cause.kind) {
    case "collective-mismatch":
      return mismatchSentence(cause);
    case "hang":
      return hangSentence(cause);
    case "stalled-collective":
      return `every rank entered ${collectiveName(cause.collective)}, and none completed it: the network or a GPU does not answer`;
    case "connection-lost":
      return `ranks lost their connection to each other: ${short(cause.error)}`;
  }
}

function mismatchSentence(cause: Of<"collective-mismatch">): string {
  const { how, collective, entered } = cause;
  const wait = waitText(cause);
  const who = subject(cause);
  if (collective === undefined)
    return `${cause.ranks.length === 0 ? "a rank" : who} started another collective than the others, or skipped one`;
  const there = collectiveName(collective);
  const instead = entered === undefined ? "another operation" : entered;
  switch (how) {
    case "skipped":
      return `${who} skipped ${there}${entered === undefined ? "" : ` and entered ${entered}`}${wait}`;
    case "other-operation":
      return `${who} entered ${instead} as #${collective.number} of ${groupName(collective)}, where the others entered ${collective.operation}, or skipped one before${wait}`;
    case "other-size":
      return `${who} entered ${there} with another size (${instead})${wait}`;
    case "other-type":
      return `${who} entered ${there} with another data type${wait}`;
    case "unknown":
      return `${who} did not start the same collectives as the others${wait}`;
    case "left-out":
      return `${who} left out a ${instead} and entered ${there}${wait}`;
    case "other-order":
      return `${who} entered collectives in another order: ${instead} before ${there}${wait}`;
  }
}

function hangSentence(cause: Of<"hang">): string {
  const { collective, place: at, placeIsNow } = cause;
  const who = subject(cause);
  if (collective === undefined && cause.evidence.some(({ kind }) => kind === "ras"))
    return `${who} ${verb(cause, "does", "do")} not answer NCCL; ${waiting(cause)}`;
  if (collective === undefined) {
    const now = at === undefined || !placeIsNow ? "" : `; it is in ${placeText(at)}`;
    return `${who} stopped making progress; the program printed nothing more${now}`;
  }
  const found = placeIsNow
    ? verb(cause, "its Python stack is in", "their Python stack is in")
    : verb(cause, "its last collective was called in", "their last collective was called in");
  const where = at === undefined ? "" : `; ${found} ${placeText(at)}`;
  return `${who} never entered ${collectiveName(collective)}${where}; ${waiting(cause)}`;
}

function placeText({ function: name, file, line }: StackFrame): string {
  return file === "<kernel>" ? `the system call ${name}` : `${name} (${file}:${line})`;
}

/** `all_reduce #12 of the default group`. */
function collectiveName(collective: CollectiveReference): string {
  return `${collective.operation} #${collective.number} of ${groupName(collective)}`;
}

function groupName({ group, groupDescription }: CollectiveReference): string {
  if (groupDescription === undefined) return `group ${group}`;
  return groupDescription === "default_pg" ? "the default group" : `group ${groupDescription}`;
}

function waitText(cause: Of<"collective-mismatch">): string {
  return cause.waitingRanks === 0 ? "" : `; ${waiting(cause)}`;
}

function waiting(cause: Cause & { waitingRanks: number }): string {
  const { waitingRanks: count } = cause;
  const them = verb(cause, "it", "them");
  return count === 1 ? `1 rank waits for ${them}` : `${formatCount(count)} ranks wait for ${them}`;
}

function verb({ ranks }: Cause, one: string, several: string): string {
  return ranks.length > 1 ? several : one;
}

/** `rank 37 on node-04`, `ranks 1, 2 and 5`. */
function subject({ ranks, hosts }: Pick<Cause, "ranks" | "hosts">, without = "a rank"): string {
  const on = hosts.length === 0 || isOnlyHere(hosts) ? "" : ` on ${list(hosts)}`;
  if (ranks.length === 0) return `${without}${on}`;
  return ranks.length === 1 ? `rank ${ranks[0]}${on}` : `ranks ${list(rangesOf(ranks))}${on}`;
}

function place({ hosts, ranks }: Pick<Cause, "ranks" | "hosts">, without: string): string {
  if (hosts.length === 0) return without;
  const its =
    ranks.length === 0
      ? ""
      : ` (${ranks.length === 1 ? "rank" : "ranks"} ${list(rangesOf(ranks))})`;
  return `host ${list(hosts)}${its}`;
}

/** A job on one machine needs no host name. */
function isOnlyHere(hosts: readonly string[]): boolean {
  return hosts.length === 1 && hosts[0] === launchingHost;
}

const shownItems = 8;

function list(items: readonly string[]): string {
  if (items.length > shownItems) {
    return `${items.slice(0, shownItems).join(", ")} and ${items.length - shownItems} more`;
  }
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** `0-7`, `12`. */
export function rangesOf(ranks: readonly number[]): string[] {
  const ranges: { from: number; to: number }[] = [];
  for (const rank of ranks.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && rank === last.to + 1) last.to = rank;
    else ranges.push({ from: rank, to: rank });
  }
  return ranges.flatMap(({ from, to }) =>
    to - from > 1 ? [`${from}-${to}`] : from === to ? [String(from)] : [String(from), String(to)],
  );
}

function short(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

function number(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

function duration(ms: number): string {
  return ms < 1000 ? `${number(ms)} ms` : formatDuration(ms);
}
