import type { MissingRank, RasCommunicator, RasRank, RasStatus } from "./ras-status.ts";
import { ranksBelow } from "../ranks-below.ts";

const header = /^NCCL version (\S+) compiled with CUDA/u;
/** A row of the table: `0  1  4  8  32  32  RUNNING  MISMATCH`. */
const groupRow = /^\s*(\d+)\s+\d+\s+\d+\s+\S+\s+(\d+)\s+\d+\s+[A-Z,]+\s+[A-Z,]+/u;
/** `#0-0 (fa93daea854b060b) MISMATCH`. */
const title = /^#(\d+)-\d+ \(([0-9a-f]+)\) ([A-Z,]+)/u;
const different = /Communicator ranks have different (\S+) operation counts/u;
const several =
  /^\s*\d+ ranks? ha(?:ve|s) (?:launched up to operation (\d+)|not launched any operations)/u;
const single =
  /^\s*Rank (\d+) has (?:launched up to operation (\d+)|not launched any operations)(.*)$/u;
const named = /^\s*Rank (\d+) -- (.*)$/u;

/**
 * Reads the text that NCCL's RAS answers before 2.28. It names ranks only where they are few; the others are those of the one count that is
 * stated without names.
 */
export function parseRasText(text: string, file: string): RasStatus | undefined {
  const lines = text.split(/\r?\n/u);
  const ncclVersion = header.exec(lines[0] ?? "")?.[1];
  if (ncclVersion === undefined) return undefined;
  const communicators = [...sectionsOf(lines)]
    .filter(([, { size }]) => size > 0)
    .map(([hash, section]) => communicatorOf(hash, section));
  return { file, ncclVersion, communicators };
}

interface Section {
  /** Ranks of the communicator; 0 where the table states none. */
  size: number;
  lines: string[];
}

/** What is said of each communicator, by its hash. */
function sectionsOf(lines: readonly string[]): Map<string, Section> {
  const sizes = new Map<string, number>();
  const sections = new Map<string, Section>();
  let open: Section | undefined;
  for (const line of lines) {
    const [, group = "", size] = groupRow.exec(line) ?? [];
    if (size !== undefined) sizes.set(group, Number(size));
    const [, of = "", hash] = title.exec(line) ?? [];
    if (hash === undefined) {
      open?.lines.push(line);
      continue;
    }
    open = sections.get(hash) ?? { size: sizes.get(of) ?? 0, lines: [] };
    sections.set(hash, open);
  }
  return sections;
}

function communicatorOf(hash: string, { size, lines }: Section): RasCommunicator {
  const counts = new Map<number, Map<string, number>>();
  const processes = new Map<number, string>();
  const missing: MissingRank[] = [];
  let at: Passage = { kind: "none" };
  const closed: Passage[] = [];
  for (const line of lines) {
    const next = passageAfter(line);
    if (next !== undefined) {
      closed.push(at);
      at = next;
      continue;
    }
    if (at.kind === "counts") addCount(line, at, processes);
    if (at.kind === "missing") {
      const rank = named.exec(line);
      if (rank !== null)
        missing.push({ rank: Number(rank[1]), process: placeIn(rank[2] ?? ""), isDead: at.isDead });
    }
  }
  const absent = new Set(missing.map(({ rank }) => rank));
  const present = ranksBelow(size).filter((each) => !absent.has(each));
  for (const passage of [...closed, at])
    if (passage.kind === "counts") spread(passage, present, counts);
  const ranks = present.map((rank): RasRank => ({
    rank,
    process: processes.get(rank),
    counts: counts.get(rank) ?? new Map(),
    hasError: false,
  }));
  return { hash, size, ranks, missing };
}

type Passage =
  | { kind: "none" }
  | { kind: "missing"; isDead: boolean }
  | {
      kind: "counts";
      operation: string;
      /** Of the line that named several ranks last. */
      current: number;
      byRank: Map<number, number>;
      /** Counts of several ranks, until these are named. */
      unnamed: Set<number>;
    };

function passageAfter(line: string): Passage | undefined {
  const operation = different.exec(line)?.[1];
  if (operation !== undefined)
    return { kind: "counts", operation, current: 0, byRank: new Map(), unnamed: new Set() };
  if (/Missing communicator data from/u.test(line)) return { kind: "missing", isDead: false };
  return /considered (?:as )?dead/iu.test(line) ? { kind: "missing", isDead: true } : undefined;
}

function addCount(
  line: string,
  at: Extract<Passage, { kind: "counts" }>,
  processes: Map<number, string>,
): void {
  const group = several.exec(line);
  if (group !== null) {
    at.current = Number(group[1] ?? 0);
    at.unnamed.add(at.current);
    return;
  }
  const own = single.exec(line);
  const rank = own ?? named.exec(line);
  if (rank === null) return;
  const number = Number(rank[1]);
  at.byRank.set(number, own === null ? at.current : Number(own[2] ?? 0));
  if (own === null) at.unnamed.delete(at.current);
  const process = placeIn((own === null ? rank[2] : own[3]) ?? "");
  if (process !== undefined) processes.set(number, process);
}

/** Ranks without a name have the only count whose ranks are not named; with several such counts, theirs is unknown. */
function spread(
  { operation, byRank, unnamed }: Extract<Passage, { kind: "counts" }>,
  present: readonly number[],
  counts: Map<number, Map<string, number>>,
): void {
  const [rest] = unnamed.size === 1 ? unnamed : [];
  for (const rank of present) {
    const count = byRank.get(rank) ?? rest;
    if (count === undefined) continue;
    const known = counts.get(rank) ?? new Map<string, number>();
    counts.set(rank, known.set(operation, count));
  }
}

/** `GPU 4 managed by process 323032 on node 10.137.190.124`. */
function placeIn(text: string): string | undefined {
  const found = /GPU (\d+).* managed by process (\d+) on node (\S+)/u.exec(text);
  return found === null ? undefined : `process ${found[2]} on ${found[3]}, GPU ${found[1]}`;
}
