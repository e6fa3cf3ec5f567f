import { mostRanks } from "../ranks-below.ts";

/** Words for one of the equal processes of a training. */
const member = String.raw`(?:global[ _]?rank|world[ _]?rank|rank(?:_?id)?|worker|trainer|replica|process[ _]?(?:index|id|rank)?|proc|task(?:[ _]?(?:index|id))?|learner|actor|participant|executor|child|member|peer)`;
const numbers = String.raw`\d{1,5}(?:\s*(?:,|-|–|to|and|\.\.)\s*\d{1,5})*`;
/** `rank 3`, `worker[3]`, `rank=3`, `"rank": 3`, `ranks 0-2,5`, `task:3`. */
const named = new RegExp(
  String.raw`(?<![A-Za-z]|local[_ -])${member}s?["']?\s*(?:[:=#_-]|is|are|id|no\.?)?\s*[[({"'<]*\s*(?<list>${numbers})(?![\w.]*[A-Za-z%]|[.:]\d)`,
  "giu",
);
/** `missing [3]`, `missing_ranks=[3]`, `not ready: 3, 5`, `waiting for: [3]`, `absent 3`. */
const missing = new RegExp(
  String.raw`\b(?:missing|absent|late|not[ _](?:ready|responding|arrived|reported|seen|joined|reached)|unresponsive|stuck|hung|silent|waiting (?:for|on)|lagging|stalled)(?:[ _](?:from|on|for|are|is|in|the|global|${member}s?))*["']?\s*[:=]?\s*[[({"']*\s*(?<list>${numbers})(?![\w.%]|\s*(?:s|ms|sec|min|h|seconds?|minutes?|hours?|of|more|x|times?|heartbeats?)\b)`,
  "iu",
);
/** Before these, a list names those that are well. */
const present =
  /(?:arrived|ready|present|waiting(?! (?:for|on))|joined|alive|healthy|completed?|ok|finished|reached|while|others?)[\w ]{0,16}["']?\s*[:=]?\s*[[({"']*\s*(?:(?:ranks?|workers?|tasks?)\s*)?[[({"']*\s*$/iu;

/** The ranks that a line is about, by the words before its numbers; empty if it names none, or only those that are well. */
export function subjectOfLine(text: string): readonly number[] {
  return subjectIn(text)?.ranks ?? missingIn(text);
}

/** From here on, the number of a process is that of the system: `process 44102`. */
const lowestProcess = 1000;
const ofSystem = /^\W*(?:proc|child|task|executor)/iu;
const systemProcess =
  /\b(?:process|pid|proc|child|task)(?:[ _]?id)?[\s:=#(]{1,3}(?<process>\d{3,7})(?![\w.]*[A-Za-z%]|\.\d)/iu;

/** The process that a line names by the number that its host gives it. */
export function processOfLine(text: string): number | undefined {
  const found = systemProcess.exec(text)?.groups?.["process"];
  return found === undefined || Number(found) < lowestProcess ? undefined : Number(found);
}

/** The ranks that the words before its numbers name, and where in the text; undefined if it names none. */
export function subjectIn(text: string): { ranks: readonly number[]; at: number } | undefined {
  const first = [...text.matchAll(named)].find(({ index, 0: all }) => {
    const start = index + (all.length - all.trimStart().length);
    return !present.test(text.slice(Math.max(0, start - 40), start));
  });
  if (first === undefined) return undefined;
  const ranks = expand(first.groups?.["list"] ?? "");
  const isOfSystem = ofSystem.test(first[0]) && ranks.some((rank) => rank >= lowestProcess);
  return { ranks: isOfSystem ? [] : ranks, at: first.index };
}

/** The ranks that a line lists as missing, or that it names at all. */
export function missingInLine(text: string): readonly number[] {
  const listed = missingIn(text);
  return listed.length > 0 ? listed : subjectOfLine(text);
}

/** `Ranks missing in this collective: {7}` */
const listBehind = new RegExp(
  String.raw`\b(?:missing|absent|not[ _]\w+|unresponsive|silent)(?: [a-z]+){1,4}\s*[:=]\s*[[({]\s*(?<list>${numbers})\s*[\])}]`,
  "iu",
);

function missingIn(text: string): readonly number[] {
  const found = missing.exec(text) ?? listBehind.exec(text);
  return expand(found?.groups?.["list"] ?? "");
}

/** `0-2,5` */
function expand(list: string): number[] {
  if (list === "") return [];
  const ranks = list.split(/\s*(?:,|and)\s*/u).flatMap((part) => {
    const [first = Number.NaN, last = first] = part.split(/\s*(?:-|–|to|\.\.)\s*/u).map(Number);
    const count = last - first + 1;
    return count > 0 && count <= 4096 ? Array.from({ length: count }, (_, at) => first + at) : [];
  });
  return [...new Set(ranks)].filter((rank) => rank < mostRanks);
}
