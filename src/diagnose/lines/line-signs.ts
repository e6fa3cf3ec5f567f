import type { Evidence } from "../../schema/diagnosis/evidence.ts";
import { type PrintedLoss, PrintedLosses, type PrintedSpike } from "./printed-losses.ts";
import { type LineSign, signOfLine } from "./sign-of-line.ts";
import { type LineContext, TracebackWatch } from "./traceback-watch.ts";

/** A line that is a sign of something. */
export interface SeenSign extends LineSign {
  file: string;
  /** From 1. */
  line: number;
  /** The rank that printed it, if known. */
  rank: number | undefined;
  text: string;
  /** Milliseconds since the epoch, if the line or its file states it. */
  timeMs?: number | undefined;
}

/** What the lines of a run show. */
export interface SeenLines {
  lineCount: number;
  /** The ranks that print a loss. */
  lossRanks: readonly number[];
  /** Of each rank whose printed losses end as no finite numbers, the first of these. */
  badLosses: readonly PrintedLoss[];
  /** The largest jump of a printed loss that came back. */
  printedSpike: PrintedSpike | undefined;
  /** In the order of the lines. */
  signs: readonly SeenSign[];
}

/** Signs kept of one kind and rank: the first ones, because later ones repeat or follow from them. */
const keptOfEach = 3;

/** Collects signs from the lines of one or several logs, in memory that does not grow with them. */
export class LineSigns {
  readonly #kept = new Map<string, SeenSign[]>();
  readonly #losses = new PrintedLosses();
  readonly #watches = new Map<number | undefined, TracebackWatch>();
  #lineCount = 0;

  push(seen: { file: string; line: number; rank: number | undefined; text: string }): void {
    this.#lineCount += 1;
    // A progress bar draws itself again and again on one line.
    if (!seen.text.includes("\r")) return this.#look(seen);
    for (const text of seen.text.split("\r")) this.#look({ ...seen, text });
  }

  #look(seen: { file: string; line: number; rank: number | undefined; text: string }): void {
    this.#losses.push(seen);
    const context = this.#watchOf(seen.rank).push(seen.text);
    const sign = inContext(signOfLine(seen.text), context);
    if (sign !== undefined) this.add({ ...seen, ...sign });
  }

  add(seen: SeenSign): void {
    const key = `${seen.kind} ${seen.namedRank ?? seen.rank ?? ""}`;
    const kept = this.#kept.get(key) ?? [];
    if (kept.length < keptOfEach) kept.push(seen);
    this.#kept.set(key, kept);
  }

  #watchOf(rank: number | undefined): TracebackWatch {
    const known = this.#watches.get(rank);
    if (known !== undefined) return known;
    const watch = new TracebackWatch();
    this.#watches.set(rank, watch);
    return watch;
  }

  /** What was seen so far. */
  get seen(): SeenLines {
    return {
      lineCount: this.#lineCount,
      lossRanks: this.#losses.ranks,
      badLosses: this.#losses.bad,
      printedSpike: this.#losses.spike,
      signs: [...this.#kept.values()].flat().toSorted((a, b) => a.line - b.line),
    };
  }
}

/** A sign that only the lines before it show, and the process that they name. */
function inContext(
  sign: LineSign | undefined,
  { isException, process, endedBy }: LineContext,
): LineSign | undefined {
  const named = process === undefined ? {} : { namedRank: process };
  if (endedBy === "SIGKILL") return { kind: "process-killed", ...named };
  if (sign !== undefined) return sign.namedRank === undefined ? { ...sign, ...named } : sign;
  return isException ? { kind: "other-exception", ...named } : undefined;
}

/** The rank that a sign is about: the one that the line names, else the one that printed it. */
export function rankOfSign({ namedRank, rank }: SeenSign): number | undefined {
  return namedRank ?? rank;
}

export function lineEvidence(sign: SeenSign | PrintedLoss): Evidence {
  const { file, line, text } = sign;
  const rank = "kind" in sign ? rankOfSign(sign) : sign.rank;
  const shown = text.trim().slice(0, 300);
  return { kind: "line", file, line, ...(rank === undefined ? {} : { rank }), text: shown };
}
