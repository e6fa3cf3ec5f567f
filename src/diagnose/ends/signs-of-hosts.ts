import { jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import { unknownHost } from "../launchers/launched-job.ts";
import type { LastLine } from "../lines/last-lines.ts";
import { rankOfSign, type SeenSign } from "../lines/line-signs.ts";
import type { SignKind } from "../lines/sign-patterns.ts";
import type { RunFacts } from "../run-facts.ts";

/** What a kernel or a service says of a whole host. */
const ofHosts: ReadonlySet<SignKind> = new Set([
  "node-failed",
  "clock-moved",
  "weak-link",
  "thermal",
  "accelerator-error",
  "configuration",
]);
/** What they say of one process of a host. */
const ofProcesses: ReadonlySet<SignKind> = new Set(["host-memory", "disk-full", "process-killed"]);

/** The same facts, with the ranks of signs that the log of a host shows, or that name a host. */
export function withRanksOfHosts(facts: RunFacts): RunFacts {
  if (facts.placesOfEvents === undefined) return facts;
  const find = ranksOfPlaces(facts);
  const signs = facts.signs
    .map((sign) => ofOwner(sign, facts.signs))
    .flatMap((sign) => attributed(sign, find));
  return { ...facts, signs };
}

/** What the kernel says of a process that a rank names as one of its own, such as that of a loader. */
function ofOwner(sign: SeenSign, signs: readonly SeenSign[]): SeenSign {
  const { namedProcess } = sign;
  if (namedProcess === undefined || rankOfSign(sign) !== undefined) return sign;
  const names = new RegExp(String.raw`\bpid(?:\(s\))?\W{1,2}${namedProcess}\b`, "u");
  const owner = signs.find(({ rank, text }) => rank !== undefined && names.test(text));
  return owner?.rank === undefined ? sign : { ...sign, rank: owner.rank };
}

function attributed(sign: SeenSign, find: FindRanks): SeenSign[] {
  const isOfHost = ofHosts.has(sign.kind);
  if (rankOfSign(sign) !== undefined || !(isOfHost || ofProcesses.has(sign.kind))) return [sign];
  // Slurm names the first host of a step that it ends.
  const isOfStep = /\bON \S+ CANCELLED AT\b/u.test(sign.text);
  const ranks = isOfStep ? [] : find(sign.file, sign.text);
  if (ranks.length === 0 || (ranks.length > 1 && !isOfHost)) return [sign];
  return ranks.map((rank) => Object.assign({}, sign, { rank }));
}

type FindRanks = (file: string, text?: string) => readonly number[];

/** Finds the ranks of the host that a log belongs to, or that a text names; none for a place that belongs to all ranks. */
export function ranksOfPlaces({ lastLines = [], events }: RunFacts): FindRanks {
  const hosts = hostsOfLogs(lastLines);
  for (const { rank, host } of jobRanksOf(events).ranks)
    if (host !== unknownHost) hosts.set(host, [...(hosts.get(host) ?? []), rank]);
  const speakers = lastLines.map(({ rank }) => rank);
  const all = new Set([...speakers, ...jobRanksOf(events).ranks.map(({ rank }) => rank)]).size;
  const known = [...hosts]
    .map(([name, ranks]) => ({ name, ranks: [...new Set(ranks)] }))
    .filter(({ ranks }) => ranks.length < all);
  return (file, text = "") => {
    const inPath = known.filter(({ name }) => hasName(file, name));
    const named = inPath.length > 0 ? inPath : known.filter(({ name }) => hasName(text, name));
    const ranks = new Set(named.flatMap((each) => each.ranks));
    const isOne = named.every((each) => each.ranks.length === ranks.size);
    return isOne ? [...ranks].toSorted((a, b) => a - b) : [];
  };
}

/** Folders, and words with a number, in the paths of the logs of ranks, that are not those of the ranks themselves. */
function hostsOfLogs(lastLines: readonly LastLine[]): Map<string, number[]> {
  const hosts = new Map<string, number[]>();
  for (const { rank, file } of lastLines)
    for (const name of namesIn(file)) hosts.set(name, [...(hosts.get(name) ?? []), rank]);
  return hosts;
}

const ofRank =
  /^(?:rank|worker|task|process|proc|attempt|step|log|out|err|stdout|stderr|train)[-_.]?\d*$/iu;

function namesIn(file: string): string[] {
  const parts = file.split("/");
  const words = parts.flatMap(
    (part) => part.match(/[A-Za-z][A-Za-z]*(?:-[A-Za-z]+)*[-_]?\d+/gu) ?? [],
  );
  const names = [...parts.slice(0, -1).filter((part) => /\d/u.test(part)), ...words];
  return [...new Set(names)].filter((name) => name.length > 1 && !ofRank.test(name));
}

function hasName(text: string, name: string): boolean {
  const at = text.indexOf(name);
  if (at < 0) return false;
  const around = `${text[at - 1] ?? " "}${text[at + name.length] ?? " "}`;
  return !/[\w]/u.test(around);
}
