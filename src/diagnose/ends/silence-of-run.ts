import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import type { Evidence } from "../../schema/diagnosis/evidence.ts";
import { jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import type { RankStack } from "../flight/causes-of-dumps.ts";
import { ownFrame } from "../flight/read-stack.ts";
import type { RunFacts } from "../run-facts.ts";
import { notAtStore } from "../stacks/not-at-store.ts";
import { type OutOfStep, ranksOutOfStep } from "../stacks/ranks-out-of-step.ts";
import { eventEvidence, findingEvidence, hostsOf } from "./evidence-of-run.ts";

/**
 * The program printed nothing for long, and was stopped: which rank hangs is known if the stacks of the ranks differ, or if the samples of
 * one end before those of the others.
 */
export function silence(facts: RunFacts): Cause[] {
  if (facts.placesOfEvents !== undefined) return hangOfFiles(facts);
  if (facts.isMute === true) return hangAtStart(facts);
  const evidence = silenceEvidence(facts);
  if (evidence === undefined || facts.outcome?.kind === "reached") return [];
  return hangOfSilence(evidence, facts);
}

function hangOfSilence(evidence: Evidence, facts: RunFacts): Cause[] {
  const { ranks: jobRanks } = jobRanksOf(facts.events);
  const apart = ranksOutOfStep(facts.stacks, jobRanks.length);
  if (apart !== undefined) return [hangOfStacks(apart, [evidence], facts)];
  const behind = silentRanks(facts);
  // What ended later than the past of the run explains is more than a long time without output.
  const isUnexplained = evidence.kind === "event";
  return [
    {
      kind: "hang",
      ranks: behind,
      hosts: hostsOf(behind, facts.events),
      likelihood: isUnexplained ? 0.7 : behind.length === 0 ? 0.4 : 0.5,
      evidence: [evidence],
      waitingRanks: Math.max(0, facts.steps.size - behind.length),
      placeIsNow: false,
    },
  ];
}

/** Until it is noticed that its program is silent, only ranks that the others wait for at the store are named. */
function hangAtStart(facts: RunFacts): Cause[] {
  const { ranks } = jobRanksOf(facts.events);
  const isAway = notAtStore(facts.stacks, ranks.length).length > 0;
  const apart = isAway ? ranksOutOfStep(facts.stacks, ranks.length) : undefined;
  const silent = silenceEvidence(facts);
  if (apart !== undefined)
    return [hangOfStacks(apart, silent === undefined ? [] : [silent], facts)];
  return silent === undefined ? [] : hangOfSilence(silent, facts);
}

/** Stacks that were kept without a record were taken because the job made no progress. */
function hangOfFiles(facts: RunFacts): Cause[] {
  const { ranks } = jobRanksOf(facts.events);
  const count = new Set([...ranks, ...facts.stacks].map(({ rank }) => rank)).size;
  const apart = ranksOutOfStep(facts.stacks, count);
  if (apart !== undefined) return [hangOfStacks(apart, [], facts)];
  const atLock = facts.stacks.filter(({ lock }) => lock !== undefined);
  const [first] = atLock;
  const ofAll = atLock.map(({ rank }) => rank).toSorted((a, b) => a - b);
  return first === undefined ? [] : [lockCause(first, ofAll, [])];
}

function lockCause(stack: RankStack, ranks: number[], evidence: readonly Evidence[]): Cause {
  const { file, rank, frames, lock } = stack;
  const place = ownFrame(frames) ?? frames[0];
  return {
    kind: "lock",
    ranks,
    hosts: [],
    likelihood: 0.7,
    evidence: [...evidence, { kind: "stack", file, rank, frames: [...frames] }],
    ...(place === undefined ? {} : { place }),
    ...(lock === undefined ? {} : { holder: lock.holder }),
  };
}

function hangOfStacks(
  { ranks, stack, waiting, waitingCount }: OutOfStep,
  evidence: readonly Evidence[],
  { events }: RunFacts,
): Cause {
  const place = stack === undefined ? undefined : (ownFrame(stack.frames) ?? stack.frames[0]);
  if (stack?.lock !== undefined) return lockCause(stack, ranks, evidence);
  const shown = [stack, waiting].flatMap((each): Evidence[] =>
    each === undefined
      ? []
      : [{ kind: "stack", file: each.file, rank: each.rank, frames: [...each.frames] }],
  );
  return {
    kind: "hang",
    ranks,
    hosts: hostsOf(ranks, events),
    likelihood: stack === undefined ? 0.7 : 0.85,
    evidence: [...evidence, ...shown],
    waitingRanks: waitingCount,
    ...(place === undefined ? {} : { place }),
    placeIsNow: place !== undefined,
  };
}

/** A silence that did not end before the run: reported while it ran, or found at its end. */
function silenceEvidence({ findings, events, outcome }: RunFacts): Evidence | undefined {
  const reported = events.findLast(({ event }) => event.kind === "silence");
  if (reported?.event.kind === "silence" && reported.event.phase === "started") {
    const { silentMs, periodMs, idle } = reported.event;
    const usual = periodMs === undefined ? "" : `; a step takes ${seconds(periodMs)}`;
    const activity = idle === true ? "; its processes used almost no CPU time" : "";
    const text = `no output for ${seconds(silentMs)} and more${usual}${activity}`;
    return eventEvidence(reported, text);
  }
  // After a request to stop, the program prints nothing while it ends.
  if (outcome?.kind === "interrupted") return undefined;
  const found = findings.find(({ rule }) => rule === "output-stopped");
  if (found?.rule !== "output-stopped") return undefined;
  return findingEvidence(found.rule, `no output for the last ${seconds(found.silentMs)}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/** The only rank of a job, or those behind the others. */
function silentRanks(facts: RunFacts): number[] {
  const { ranks } = jobRanksOf(facts.events);
  const [only] = ranks;
  return ranks.length === 1 && only !== undefined ? [only.rank] : ranksBehind(facts);
}

/**
 * Ranks whose last step is before that of the others, by more than a sample covers: ranks print their samples at different steps. None if
 * they are not few.
 */
function ranksBehind({ steps }: RunFacts): number[] {
  const lasts = [...steps].flatMap(([rank, samples]) =>
    samples.slice(-1).map((last) => ({ rank, last })),
  );
  const furthest = Math.max(0, ...lasts.map(({ last }) => last.step));
  const margin = Math.max(0, ...[...steps.values()].flat().map(({ stepCount }) => stepCount));
  const behind = lasts.filter(({ last }) => last.step + margin < furthest).map(({ rank }) => rank);
  return behind.length <= lasts.length / 3 ? behind : [];
}
