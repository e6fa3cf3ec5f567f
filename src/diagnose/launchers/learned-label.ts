import { mostRanks } from "../ranks-below.ts";

/** How the lines of one log name the process that printed them, learned from its first lines. */
export interface LearnedLabel {
  /** The rank that a line's label names, and the line without the label. */
  read(text: string): { rank: number; text: string; host?: string } | undefined;
}

/** A time before the label. */
const time = String.raw`(?:\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?\s+)?`;
/** In brackets, or a word that ends before a colon, a bar or an arrow. */
const labelled = new RegExp(
  String.raw`^${time}(?<label>\[[^\][]{1,40}\]|\([^()]{1,40}\)|<[^<>]{1,40}>|\{[^{}"]{1,40}\}|\s*(?:[Ff]rom )?[A-Za-z][\w./@-]*(?:[[(# ]\d+[\])]?)?(?=\s*[:|>]))(?<end>\s*(?:[:|>]+\s?|\s))`,
  "u",
);
/** Names of one of the equal processes. */
const ofMember =
  /^(?:from )?(?:global|world|mpi)?[ _-]?(?:r|w|p|rk|rank|worker|wrk|proc|process|task|replica|trainer|learner|actor|member|node\w*[:/.-]\w*|host\w*[:/.-]\w*)$/iu;
/** `[n1:` before the number. */
const ofHostAndNumber = /^[[(<{](?:\w+-)*[A-Za-z]+[-_]?#?[:/]$/u;
/** Numbers after these count something else. */
const ofOthers =
  /(?:epoch|step|iter\w*|batch|attempt|restart|line|version|job|pid|tid|thread|loss|layer|stage|phase|trial|fold|round|gen\w*|episode|shard|part|v|e)$/iu;
/** `Process 7200:` names the process by its number in the system. */
const ofSystem = /^(?:p|proc|process|task)\W*$/iu;
const lowestProcess = 1000;

interface Label {
  /** The label without its last number. */
  before: string;
  /** Numbers before the last one: of a host. */
  hosts: string;
  number: number;
}

/** Learns what numbers the labels of most lines name, if these may be ranks; undefined if lines have no such labels. */
export function learnLabel(lines: readonly string[]): LearnedLabel | undefined {
  const filled = lines.filter((line) => line.trim() !== "");
  const byStem = new Map<string, Label[]>();
  for (const line of filled) {
    const label = labelOf(line);
    if (label === undefined) continue;
    const stem = label.before.replaceAll(/\d+/gu, "#");
    byStem.set(stem, [...(byStem.get(stem) ?? []), label]);
  }
  const [best] = [...byStem.entries()]
    .filter(([stem, labels]) => mayBeRanks(stem, labels, filled.length))
    .toSorted(([, a], [, b]) => b.length - a.length);
  return best === undefined ? undefined : readerOf(best[0], best[1]);
}

/** glog and Python programs that log like it: the level, the day, and the hour. */
const ofLog = /^[IWEFD]\d{4} \d\d:/u;

function labelOf(line: string): (Label & { length: number }) | undefined {
  const match = ofLog.test(line) ? null : labelled.exec(line);
  const label = match?.groups?.["label"];
  if (match === null || label === undefined) return undefined;
  const found = /^(?<before>.*?)(?<number>\d{1,5})[^\w]*$/u.exec(label)?.groups;
  if (found === undefined) return undefined;
  const { before = "", number = "" } = found;
  const hosts = /[A-Za-z]/u.test(before) ? before.replaceAll(/[^\w]+/gu, " ").trim() : "";
  return { before, hosts, number: Number(number), length: match[0].length };
}

function mayBeRanks(stem: string, labels: readonly Label[], lineCount: number): boolean {
  const word = stem.replaceAll(/[[\](){}<>#]/gu, " ").trim();
  if (countsOthers(word, labels)) return false;
  const distinct = new Set(labels.map(({ number }) => number));
  const isNamed = ofMember.test(word.replaceAll(/[\s:=._-]+$/gu, "")) || ofHostAndNumber.test(stem);
  const isDense = Math.max(...distinct) < 4 * distinct.size + 4;
  if (distinct.size < 2 || !isDense) return isNamed && distinct.size > 0;
  if (isNamed) return true;
  // Other numbers count up, or are on few lines.
  const ups = labels.slice(1).filter(({ number }, at) => number >= (labels[at]?.number ?? 0));
  const isCounter = ups.length === labels.length - 1 && distinct.size > labels.length / 2;
  const isOfMost = labels.length >= 0.5 * lineCount;
  return isOfMost && !isCounter && distinct.size < labels.length;
}

function countsOthers(word: string, labels: readonly Label[]): boolean {
  if (ofOthers.test(word) || labels.some(({ number }) => number >= mostRanks)) return true;
  return ofSystem.test(word) && labels.every(({ number }) => number >= lowestProcess);
}

function readerOf(stem: string, labels: readonly Label[]): LearnedLabel {
  const ofHosts = localNumbers(labels);
  const isOfHosts = new Set(labels.map(({ hosts }) => hosts)).size > 1;
  return {
    read: (line) => {
      const label = labelOf(line);
      if (label === undefined || label.before.replaceAll(/\d+/gu, "#") !== stem) return undefined;
      const rank = ofHosts?.(label) ?? label.number;
      const host = isOfHosts ? { host: label.hosts.replaceAll(" ", "-") } : {};
      return { rank, text: line.slice(label.length), ...host };
    },
  };
}

/** If each host counts its processes from 0, the ranks of the first host come first. */
function localNumbers(labels: readonly Label[]): ((label: Label) => number) | undefined {
  const byHost = new Map<string, Set<number>>();
  for (const { hosts, number } of labels)
    byHost.set(hosts, (byHost.get(hosts) ?? new Set()).add(number));
  const hosts = [...byHost.keys()].toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const all = [...byHost.values()].flatMap((each) => Array.from(each));
  const areRepeated = new Set(all).size < all.length;
  if (hosts.length < 2 || !areRepeated) return undefined;
  const perHost = Math.max(...all) + 1;
  return ({ hosts: host, number }) => {
    const at = hosts.indexOf(host);
    return at < 0 ? number : at * perHost + number;
  };
}
