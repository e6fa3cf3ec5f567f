import { mayBeSign, type SignKind, signRows } from "./sign-patterns.ts";

export interface LineSign {
  kind: SignKind;
  /** The rank that the line names, if not the one that printed it. */
  namedRank?: number;
  /** The host that the line names. */
  namedHost?: string;
  /** The process that the line names, by the number that its host gives it. */
  namedProcess?: number;
  /** Ranks that others waited for in vain, or that no longer answer, by this line. */
  missingRanks?: number[];
}

/** A program that reports such a line as information or warning goes on. */
const mildKinds: ReadonlySet<SignKind> = new Set([
  "connection",
  "timeout",
  "configuration",
  "exception",
]);
const mild =
  /^\W*(?:\S+ ){0,3}(?:INFO|DEBUG|WARN|WARNING)\b|warning:|\bretry(?:ing)?\b|^\W*[WI]\d{4} \d\d:|^[\d-]+ [\d:.]+: [WI] |\bNCCL INFO\b/iu;

/** Text beyond this is not looked at. */
const maximumCharacters = 2000;

/** Whether a line with other digits may be a sign although this one is none: by the numbers of errors, signals and ends. */
export function dependsOnDigits(text: string): boolean {
  return /errno|signal|return code/iu.test(text);
}

/** What a line printed by a program, a launcher or a scheduler is a sign of; undefined for most. */
export function signOfLine(text: string): LineSign | undefined {
  if (!mayBeSign(text)) return undefined;
  const line = text.length > maximumCharacters ? text.slice(0, maximumCharacters) : text;
  const bare = withoutLabel(line);
  const row = signRows.find(({ pattern }) => pattern.test(bare));
  if (row === undefined || (mildKinds.has(row.kind) && mild.test(bare))) return undefined;
  return { kind: row.kind, ...namedIn(line, row.kind) };
}

/** Lines about a connection name the rank at its other end, which did not print them; only a label before the line names the speaker. */
const anyRank = /\brank\s*[:= ]\s*(\d+)|\[rank(\d+)\]/iu;
/** `kubectl get pods`: the pods of a job are numbered. */
const podRow = /^\S*-(\d+)\s+\d+\/\d+\s+OOMKilled\b/u;
const labelRank = /^\s*\[rank\s?(\d+)\]/iu;

/** The rank, the host and the process that a line names. */
function namedIn(line: string, kind: SignKind): Omit<LineSign, "kind"> {
  const isOfOthers = kind === "connection" || kind === "timeout";
  const missing = isOfOthers ? missingIn(line) : [];
  const rank = numberIn((isOfOthers ? labelRank : anyRank).exec(line) ?? podRow.exec(line));
  const process = numberIn(/Killed process (\d+)/u.exec(line));
  return {
    ...(rank === undefined ? {} : { namedRank: rank }),
    ...hostIn(line),
    ...(process === undefined ? {} : { namedProcess: process }),
    ...(missing.length === 0 ? {} : { missingRanks: missing }),
  };
}

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

/** After these words, JAX, PyTorch and Horovod list whom they waited for in vain. */
const missingList =
  /timed out task names: (?<tasks>.*)|Task (?<task>\S*task:\d+) heartbeat timeout|(?:unhealthy|stopped sending heartbeats)\W+(?<silent>\/job\S*)|Ranks? (?<barrier>[\d, ]+) failed to pass monitoredBarrier|^Missing ranks:(?<ranks>.*)/iu;

function missingIn(line: string): number[] {
  const groups = missingList.exec(line)?.groups;
  if (groups === undefined) return [];
  const { tasks, task, silent, barrier, ranks } = groups;
  const named = (tasks ?? task ?? silent)?.matchAll(/task:(\d+)/gu) ?? [];
  const listed = (barrier ?? ranks)?.matchAll(/\d+/gu) ?? [];
  return [
    ...[...named].map((each) => Number(each[1])),
    ...[...listed].map((each) => Number(each[0])),
  ];
}

/** `[rank3]: `, `[default3]:`, `3: `: labels that launchers put before each line. */
function withoutLabel(line: string): string {
  return line.replace(/^(?:\[?(?:rank|default)?\s?\d+\]?:\s?)/u, "");
}
