import { median } from "../../foundation/numbers/statistics.ts";
import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import type { Evidence } from "../../schema/diagnosis/evidence.ts";

/** What the name of a value says that it measures: parts of a step of one rank. */
const measures = [
  { part: "data", name: /(?:^|_)(?:data|load|loader|dataload|input|fetch|batch_wait|io)/iu },
  {
    part: "wait",
    name: /(?:^|_)(?:comm|grad_?sync|all_?reduce|all_?gather|reduce_?scatter|nccl|collective|sync|barrier|wait|idle)/iu,
  },
  {
    part: "compute",
    name: /(?:^|_)(?:comp|fwd|forward|bwd|backward|kernel|gemm|matmul|gpu_?time|optim|opt_)/iu,
  },
] as const;
type Part = (typeof measures)[number]["part"];
/** Counts, and values that are no durations. */
const noDuration =
  /bytes|count|loss|grad(?!_?(?:sync|reduce))|mem|util|temp|size|num|step$|iter$|epoch|lr\b|token|sample/iu;

/** A rank is slow from so much above the median of all on, and so much of a step. */
const leastFactor = 1.2;
const leastShare = 0.1;
const minimumRanks = 3;

interface Values {
  sum: number;
  count: number;
}

/** Durations that tables and lines state for each rank: who computes longer, or waits for data, while the others wait. */
export class UnevenValues {
  readonly #byRank = new Map<number, Map<Part, Values>>();
  readonly #seen = new Map<number, { lines: number; found: number }>();
  #first: Evidence | undefined;

  /** @param text `rank=3 compute_ms=41 comm_ms=3` */
  push({ file, line, text }: { file: string; line: number; text: string }): void {
    const rank = Number(/^rank=(\d{1,5})\b/u.exec(text)?.[1] ?? Number.NaN);
    if (!Number.isSafeInteger(rank)) return;
    const parts = partsIn(text);
    if (parts.size === 0) return;
    this.#first ??= { kind: "line", file, line, text: text.slice(0, 300) };
    this.#add(rank, parts);
  }

  /** @param step a line about a step, in the log of one rank: `step 4 | data 0.01 s | forward 0.40 s` */
  pushStep({ file, line, rank, text }: StepLine): void {
    if (rank === undefined) return;
    const seen = this.#seen.get(rank) ?? { lines: 0, found: 0 };
    this.#seen.set(rank, seen);
    seen.lines += 1;
    if (!isLookedAt(seen)) return;
    const parts = partsOfStep(text);
    if (parts.size < 2) return;
    seen.found += 1;
    this.#first ??= { kind: "line", file, line, text: text.slice(0, 300) };
    this.#add(rank, parts);
  }

  #add(rank: number, parts: ReadonlyMap<Part, number>): void {
    const known = this.#byRank.get(rank) ?? new Map<Part, Values>();
    for (const [part, value] of parts) {
      const { sum, count } = known.get(part) ?? { sum: 0, count: 0 };
      known.set(part, { sum: sum + value, count: count + 1 });
    }
    this.#byRank.set(rank, known);
  }

  /** The few ranks whose part of the step is longer than that of the others. */
  get cause(): Cause | undefined {
    const evidence = this.#first;
    if (evidence === undefined || this.#byRank.size < minimumRanks) return undefined;
    const data = this.#above("data");
    if (data.length > 0)
      return {
        kind: "data-starvation",
        ranks: data,
        hosts: [],
        likelihood: 0.7,
        evidence: [evidence],
      };
    const slow = this.#above("compute");
    if (slow.length === 0) return undefined;
    return {
      kind: "compute-straggler",
      ranks: slow,
      hosts: [],
      likelihood: 0.7,
      evidence: [evidence],
    };
  }

  #above(part: Part): number[] {
    const means = [...this.#byRank].flatMap(([rank, parts]) => {
      const mean = meanOf(parts.get(part));
      const step = measures.map((each) => meanOf(parts.get(each.part)) ?? 0);
      return mean === undefined ? [] : [{ rank, mean, step: step.reduce((a, b) => a + b, 0) }];
    });
    if (means.length < minimumRanks) return [];
    const usual = median(means.map(({ mean }) => mean));
    const step = median(means.map((each) => each.step));
    const above = means.filter(
      ({ mean }) => mean > leastFactor * usual && mean - usual > leastShare * step,
    );
    return above.length <= means.length / 3
      ? above.map(({ rank }) => rank).toSorted((a, b) => a - b)
      : [];
  }
}

interface StepLine {
  file: string;
  line: number;
  rank: number | undefined;
  text: string;
}

/** The first lines of each rank, then one of some; none if the first ones state no durations. */
function isLookedAt({ lines, found }: { lines: number; found: number }): boolean {
  if (found === 0) return lines <= 16;
  return lines <= 32 || lines % 8 === 0;
}

const unitMs: Record<string, number> = { s: 1000, sec: 1000, ms: 1, us: 0.001, µs: 0.001 };
const named =
  /(?<name>[A-Za-z][A-Za-z_-]*(?: (?:wait|time|sync))?)[\s:=(]{1,3}(?<value>\d+(?:\.\d+)?)\s?(?<unit>sec|s|ms|us|µs)?(?![\w%/])/gu;

/** `forward_ms=410` */
function unitOfName(name: string): string {
  return /_(ms|us|sec|s)$/u.exec(name)?.[1] ?? "";
}

/** Durations by their names; without a unit, only if they have decimals. */
function partsOfStep(text: string): Map<Part, number> {
  const parts = new Map<Part, number>();
  for (const { groups = {} } of text.matchAll(named)) {
    const { name = "", value = "" } = groups;
    const unit = groups["unit"] ?? unitOfName(name);
    const isDuration = unit !== "" || value.includes(".");
    const part = isDuration ? partOf(name) : undefined;
    const ms = Number(value) * (unitMs[unit] ?? 1);
    if (part !== undefined) parts.set(part, (parts.get(part) ?? 0) + ms);
  }
  return parts;
}

function partOf(words: string): Part | undefined {
  const name = words.replaceAll(/[\s-]+/gu, "_");
  if (noDuration.test(name)) return undefined;
  return measures.find((each) => each.name.test(name))?.part;
}

function meanOf(values: Values | undefined): number | undefined {
  return values === undefined ? undefined : values.sum / values.count;
}

function partsIn(text: string): Map<Part, number> {
  const parts = new Map<Part, number>();
  for (const [, name = "", digits] of text.matchAll(
    /([A-Za-z_]\w*)=(\d+(?:\.\d+)?)(?=ms\b|s\b|\s|$)/gu,
  )) {
    const part = noDuration.test(name) ? undefined : measures.find((each) => each.name.test(name));
    if (part !== undefined) parts.set(part.part, (parts.get(part.part) ?? 0) + Number(digits));
  }
  return parts;
}
