import { mayHaveState, stateInLine } from "./job-states.ts";
import { mayBeSign, type SignKind, signRows } from "./sign-patterns.ts";

export interface LineSign {
  kind: SignKind;
  /** Only its words say so: no known text of a program, a launcher or a scheduler. */
  isGeneral?: true;
  /** The rank that the line names, if not the one that printed it. */
  namedRank?: number;
  /** The host that the line names. */
  namedHost?: string;
  /** The process that the line names, by the number that its host gives it. */
  namedProcess?: number;
  /** Ranks that others waited for in vain, or that no longer answer, by this line. */
  missingRanks?: number[];
  /** Ranks that did not have to be waited for; the others are missing. */
  presentRanks?: number[];
  /** If a line has several such lists, each of them. */
  presentGroups?: number[][];
  /** Ranks that a tool names as slow. */
  slowRanks?: number[];
}

/** A program that reports such a line as information or warning goes on. */
const mildKinds: ReadonlySet<SignKind> = new Set([
  "connection",
  "timeout",
  "configuration",
  "bad-checkpoint",
  "exception",
]);
const mild =
  /^\W*(?:\S+ ){0,3}(?:INFO|DEBUG|(?<!NCCL )WARN|WARNING)\b|warning:|\bretry(?:ing)?\b|\bprobe failed\b|^\W*[WI]\d{4} \d\d:|^[\d-]+ [\d:.]+: [WI] |\bNCCL INFO\b/iu;

/** A coordinator that lists the missing ones only warns, as does a node that no longer reaches the rendezvous. */
const warnsOfFault = /\b(?:missing|ready) ranks:|keep-alive heartbeat to the rendezvous/iu;

/** Text beyond this is not looked at. */
const maximumCharacters = 2000;

/** Whether a line with other digits may be a sign although this one is none: by the numbers of errors, signals and ends. */
export function dependsOnDigits(text: string): boolean {
  return /errno|signal|oom|kill|return|exit|status|code|\brc\b/iu.test(text);
}

/** What follows only lists what the cause may be. */
const guesses = /\b(?:potential|possible) (?:root )?causes?\b.*/iu;
/** Behind the words of a sign: it did not happen. */
const denial = /^\w*["']?\s*[:= ]\s*["']?(?:false|none|null|off|no|0)\W*$/iu;

/** What a line printed by a program, a launcher or a scheduler is a sign of; undefined for most. */
export function signOfLine(text: string): LineSign | undefined {
  if (!mayBeSign(text)) return undefined;
  const line = text.length > maximumCharacters ? text.slice(0, maximumCharacters) : text;
  const bare = withoutLabel(line).replace(guesses, "");
  const state = mayHaveState(bare) ? stateInLine(bare) : undefined;
  // Machines that are taken back go down in good order.
  const isTaken = state === "node-failed" && /preempt|reclaim|spot inst/iu.test(bare);
  const kind = isTaken ? "preemption" : (state ?? kindOf(bare));
  return kind === undefined ? undefined : { kind, ...namedIn(line, kind) };
}

function kindOf(bare: string): SignKind | undefined {
  const row = signRows.find(({ pattern }) => pattern.test(bare));
  if (row === undefined) return undefined;
  const isMild = mildKinds.has(row.kind) && mild.test(bare);
  if (isMild && !warnsOfFault.test(bare)) return undefined;
  const match = row.pattern.exec(bare);
  const rest = match === null ? "" : bare.slice(match.index + match[0].length);
  return denial.test(rest) ? undefined : row.kind;
}

/** Lines about a connection name the rank at its other end, which did not print them; only a label before the line names the speaker. */
const anyRank = /\brank\s*[:= ]\s*(\d+)|\[rank(\d+)\]|\bin device=\w+:(\d+)/iu;
/** `kubectl get pods`: the pods of a job are numbered. */
const podRow = /^\S*-(\d+)\s+\d+\/\d+\s+OOMKilled\b/u;
const labelRank = /^\s*\[rank\s?(\d+)\]|\[(?:PG [^\]]*)?Rank (\d+)\]/iu;

/** The rank, the host and the process that a line names. */
function namedIn(line: string, kind: SignKind): Omit<LineSign, "kind"> {
  const isOfOthers = kind === "connection" || kind === "timeout";
  const slow = kind === "slow-rank" ? slowIn(line) : [];
  const rank = numberIn((isOfOthers ? labelRank : anyRank).exec(line) ?? podRow.exec(line));
  const process = numberIn(processOfSystem.exec(line));
  return {
    ...(rank === undefined ? {} : { namedRank: rank }),
    ...hostIn(line),
    ...(process === undefined ? {} : { namedProcess: process }),
    ...(isOfOthers ? waitedForIn(line) : {}),
    ...(slow.length === 0 ? {} : { slowRanks: slow }),
  };
}

/** The ranks that a line lists as missing or as present. */
function waitedForIn(line: string): Omit<LineSign, "kind"> {
  const missing = missingIn(line);
  const groups = presentGroupsIn(line);
  const [present = []] = groups;
  return {
    ...(missing.length === 0 ? {} : { missingRanks: missing }),
    ...(present.length === 0 ? {} : { presentRanks: present }),
    ...(groups.length < 2 ? {} : { presentGroups: groups }),
  };
}

/** By the number that its host gives it, in the words of kernels and of daemons that guard the memory. */
const processOfSystem =
  /Killed process (\d+)|\bXid \(PCI.*\bpid=(\d+)|\btask \S+:(\d+) blocked for|oomd?\b.*\b(?:process|pid)\W{1,2}(\d+)/u;

/** The first group that took part in a match. */
function numberIn(match: RegExpExecArray | null): number | undefined {
  const found = match?.slice(1).find((each) => each !== undefined);
  return found === undefined ? undefined : Number(found);
}

function hostIn(line: string): Omit<LineSign, "kind"> {
  const match = /\bon node (\S+?)[,.:]?(?:\s|$)|slurmstepd: error: (\S+?):/u.exec(line);
  const host = match?.[1] ?? match?.[2];
  return host === undefined ? {} : { namedHost: host };
}

/** Where JAX, PyTorch, Horovod, HCCL and NVIDIA's launcher name whom they waited for in vain. */
const missingTasks = [
  /timed out task names: (?<list>.*)/iu,
  /Task (?<list>\S*task:\d+) heartbeat timeout/iu,
  /(?:unhealthy|stopped sending heartbeats)\W+(?<list>\/job\S*)/iu,
];
const missingNumbers = [
  /Ranks? (?<list>[\d, ]+) failed to pass monitoredBarrier/iu,
  /^Missing ranks:(?<list>.*)/iu,
  /\[missing ranks: (?<list>[\d, ]+)\]/iu,
  /Notify record from remote rank:? \[(?<list>\d+)\]/iu,
  /RankMonitor\w*:(?<list>\d+)\].*heartbeat/iu,
];

function missingIn(line: string): number[] {
  const tasks = listIn(line, missingTasks).matchAll(/task:(\d+)/gu);
  return [...[...tasks].map((each) => Number(each[1])), ...numbersOf(line, missingNumbers)];
}

/** Horovod lists the ranks that are ready, for each operation that waits. */
function presentGroupsIn(line: string): number[][] {
  return [...line.matchAll(/\[ready ranks: ([\d, ]+)\]/giu)].map(([, list]) => numbersIn(list));
}

/** `Affected ranks: [76, 13]`, or `{StragglerId(rank=5, node='n1')}`. */
function slowIn(line: string): number[] {
  const named = [...line.matchAll(/\brank=(\d+)/giu)].map((each) => Number(each[1]));
  return named.length > 0 ? named : numbersOf(line, [/\branks?\W+(?<list>\d+(?:,\s*\d+)*)/iu]);
}

function numbersOf(line: string, patterns: readonly RegExp[]): number[] {
  return numbersIn(listIn(line, patterns));
}

function numbersIn(list = ""): number[] {
  return [...list.matchAll(/\d+/gu)].map(([digits]) => Number(digits));
}

function listIn(line: string, patterns: readonly RegExp[]): string {
  for (const pattern of patterns) {
    const list = pattern.exec(line)?.groups?.["list"];
    if (list !== undefined) return list;
  }
  return "";
}

/** `[rank3]: `, `[default3]:`, `3: `: labels that launchers put before each line. */
function withoutLabel(line: string): string {
  return line.replace(/^(?:\[?(?:rank|default)?\s?\d+\]?:\s?)/u, "");
}
