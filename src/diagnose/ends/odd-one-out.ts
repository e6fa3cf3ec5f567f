import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import type { Evidence } from "../../schema/diagnosis/evidence.ts";
import { jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import type { LastLine } from "../lines/last-lines.ts";
import { rankOfSign, type SeenSign } from "../lines/line-signs.ts";
import { compareTimes } from "../lines/time-of-line.ts";
import type { RunFacts } from "../run-facts.ts";
import { hostsOf } from "./evidence-of-run.ts";

const minimumRanks = 3;
/** Outputs that end so much earlier than all others were not only written later. */
const clearlyEarlierMs = 5000;

/**
 * The few ranks whose output ends in another place than that of all others, in a job that failed or waits: at an earlier step, at an earlier time,
 * or with another line. Undefined if the outputs do not tell the ranks apart.
 */
export function oddOneOut(facts: RunFacts): Cause | undefined {
  const { lastLines = [], isCompleted } = facts;
  if (lastLines.length < minimumRanks || isCompleted === true) return undefined;
  const trouble = troubleOf(facts);
  if (trouble === undefined) return undefined;
  const odd =
    behindInSteps(lastLines) ??
    notWaiting(lastLines, facts) ??
    earlier(lastLines) ??
    elsewhere(lastLines);
  const [first] = odd ?? [];
  if (odd === undefined || first === undefined) return undefined;
  const other = lastLines.find((each) => !odd.includes(each));
  const ranks = odd.map(({ rank }) => rank).toSorted((a, b) => a - b);
  const common = {
    ranks,
    hosts: hostsOf(ranks, facts.events),
    likelihood: 0.55,
    evidence: [first, other].flatMap((each) => (each === undefined ? [] : [evidenceOf(each)])),
  };
  if (trouble === "lost") return { kind: "crash", ...common };
  const waitingRanks = lastLines.length - ranks.length;
  return { kind: "hang", ...common, waitingRanks, placeIsNow: false };
}

function evidenceOf({ file, line, rank, text }: LastLine): Evidence {
  return { kind: "line", file, line, rank, text: text.trim().slice(0, 300) };
}

const waits =
  /\bwait(?:s|ing)\b|\bbarrier\b|all_?reduce|all_?gather|reduce_?scatter|\bsynchroniz|\bno (?:progress|heartbeat)/iu;

/** Whether the others wait, or have lost a connection; undefined if nothing shows a fault. */
function troubleOf({ signs, lastLines = [] }: RunFacts): "waiting" | "lost" | undefined {
  const last = signs.filter(({ isPassed }) => isPassed !== true);
  const has = (...kinds: readonly SeenSign["kind"][]): boolean =>
    last.some(({ kind }) => kinds.includes(kind));
  if (has("timeout", "no-progress")) return "waiting";
  if (has("connection", "stopped")) return "lost";
  const waiting = lastLines.filter(({ text }) => waits.test(text));
  return waiting.length >= (2 / 3) * lastLines.length ? "waiting" : undefined;
}

/** All print each step, so one that reports fewer did not take part in the last ones. */
function behindInSteps(logs: readonly LastLine[]): LastLine[] | undefined {
  const steps = logs.flatMap(({ step }) => step ?? []);
  if (steps.length < logs.length) return undefined;
  const least = Math.min(...steps);
  const behind = logs.filter(({ step }) => step === least);
  const others = logs.filter(({ step }) => step !== least);
  const next = Math.min(...others.map(({ step = 0 }) => step));
  const most = Math.max(...others.map(({ step = 0 }) => step));
  const interval = Math.max(1, ...others.map(({ stepInterval }) => stepInterval));
  return areFew(behind, logs) && most - next <= interval ? behind : undefined;
}

/** All others wait, or have waited until their limit. */
function notWaiting(logs: readonly LastLine[], { signs }: RunFacts): LastLine[] | undefined {
  const waiting = new Set(
    signs.flatMap((sign) => (sign.kind === "timeout" ? (rankOfSign(sign) ?? []) : [])),
  );
  const odd = logs.filter(({ rank, text }) => !waiting.has(rank) && !waits.test(text));
  return areFew(odd, logs) ? odd : undefined;
}

function earlier(logs: readonly LastLine[]): LastLine[] | undefined {
  const timed = logs.flatMap((log) => (log.timeMs === undefined ? [] : [{ log, at: log.timeMs }]));
  const inOrder = timed.toSorted((a, b) => compareTimes(a.at, b.at));
  if (inOrder.length < logs.length) return undefined;
  const most = Math.max(1, Math.floor(logs.length / 4));
  const gaps = inOrder.slice(1, most + 1).map(({ at }, index) => at - (inOrder[index]?.at ?? at));
  const count = gaps.indexOf(Math.max(...gaps)) + 1;
  const gap = gaps[count - 1] ?? 0;
  const spread = (inOrder.at(-1)?.at ?? 0) - (inOrder[count]?.at ?? 0);
  if (gap < clearlyEarlierMs || spread > gap / 2) return undefined;
  return inOrder.slice(0, count).map(({ log }) => log);
}

/** All others end with the same line. The first rank often prints more than the others by design. */
function elsewhere(logs: readonly LastLine[]): LastLine[] | undefined {
  const shapes = new Map<string, LastLine[]>();
  for (const log of logs) {
    const shape = log.text.replaceAll(/0x[\da-f]+|\d+/giu, "#").trim();
    shapes.set(shape, [...(shapes.get(shape) ?? []), log]);
  }
  const [usual = [], ...others] = [...shapes.values()].toSorted((a, b) => b.length - a.length);
  const odd = others.flat();
  const isFirst = odd.length === 1 && odd[0]?.rank === Math.min(...logs.map(({ rank }) => rank));
  return usual.length > 1 && areFew(odd, logs) && !isFirst ? odd : undefined;
}

function areFew(few: readonly LastLine[], all: readonly LastLine[]): boolean {
  return few.length > 0 && few.length <= Math.max(1, all.length / 4);
}

/** The same fault with the ranks that only the ends of outputs show, where nothing else names any. */
export function withOddOne(causes: readonly Cause[], facts: RunFacts): Cause[] | undefined {
  const areUnnamed = causes.every(
    ({ kind, ranks }) => ranks.length === 0 && (kind === "hang" || kind === "connection-lost"),
  );
  if (!areUnnamed || facts.dumps.length + facts.stacks.length > 0) return undefined;
  const { ranks } = jobRanksOf(facts.events);
  const odd = oddOneOut(facts);
  // Ranks of which nothing was seen may be the ones that the others wait for.
  const isWhole = (facts.lastLines ?? []).length >= ranks.length;
  return odd === undefined || !isWhole ? undefined : [odd];
}
