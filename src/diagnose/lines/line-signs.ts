import type { Evidence } from "../../schema/diagnosis/evidence.ts";
import { type LineSign, signOfLine } from "./sign-of-line.ts";

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

/** Signs kept of one kind and rank: the first ones, because later ones repeat or follow from them. */
const keptOfEach = 3;

const lossLine = /loss\w*["']?\s*[:=|]?\s*[-+]?(?:\d|nan|inf)/iu;

/** Collects signs from the lines of one or several logs, in memory that does not grow with them. */
export class LineSigns {
  readonly #kept = new Map<string, SeenSign[]>();
  readonly #lossRanks = new Set<number>();
  #lineCount = 0;

  get lineCount(): number {
    return this.#lineCount;
  }

  /** The ranks that print a loss. */
  get lossRanks(): readonly number[] {
    return [...this.#lossRanks];
  }

  push(seen: { file: string; line: number; rank: number | undefined; text: string }): void {
    this.#lineCount += 1;
    if (seen.rank !== undefined && !this.#lossRanks.has(seen.rank) && lossLine.test(seen.text))
      this.#lossRanks.add(seen.rank);
    const sign = signOfLine(seen.text);
    if (sign === undefined) return;
    this.add({ ...seen, ...sign });
  }

  add(seen: SeenSign): void {
    const key = `${seen.kind} ${seen.namedRank ?? seen.rank ?? ""}`;
    const kept = this.#kept.get(key) ?? [];
    if (kept.length < keptOfEach) kept.push(seen);
    this.#kept.set(key, kept);
  }

  /** In the order of the lines. */
  list(): SeenSign[] {
    return [...this.#kept.values()].flat().toSorted((a, b) => a.line - b.line);
  }
}

/** The rank that a sign is about: the one that the line names, else the one that printed it. */
export function rankOfSign({ namedRank, rank }: SeenSign): number | undefined {
  return namedRank ?? rank;
}

export function lineEvidence(sign: SeenSign): Evidence {
  const { file, line, text } = sign;
  const rank = rankOfSign(sign);
  const shown = text.trim().slice(0, 300);
  return { kind: "line", file, line, ...(rank === undefined ? {} : { rank }), text: shown };
}
