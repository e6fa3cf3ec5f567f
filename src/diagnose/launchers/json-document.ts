import { isJsonObject, type JsonObject } from "../../foundation/json.ts";

const nameKeys = ["name", "Name", "podName", "pod", "hostname", "task", "replica", "instance"];
const stateKey = /exit|signal|reason|status|state|phase|error|code|message|OOMKilled/iu;
const numbered = /^(?<stem>.*[A-Za-z].*[-_.])(?<number>\d{1,5})$/u;
const firstOfJob = /(?:^|[-_])(?:master|chief|head)[-_]?0?$/iu;
const keptRecords = 10_000;

/**
 * What a document of JSON says about each thing that it names, as fields of one line: `sft-2 exitCode=137 reason=OOMKilled`. Things that are counted
 * from 0 are the ranks of the job, unless a log has their name.
 *
 * @param isKnown whether a log has this name
 */
export function recordsOfDocument(text: string, isKnown: (name: string) => boolean): string[] {
  const value = parse(text);
  if (value === undefined) return [];
  const records: Record[] = [];
  collect(value, undefined, records);
  const names = [...new Set(records.map(({ name }) => name))];
  const rankOf = ranksOfNames(names.filter((name) => !isKnown(name)));
  return records.map(({ name, fields }) => {
    const rank = rankOf.get(name);
    return `${rank === undefined ? name : `rank ${rank}`} ${fields}`;
  });
}

interface Record {
  name: string;
  fields: string;
}

function collect(value: unknown, outer: string | undefined, records: Record[]): void {
  if (records.length >= keptRecords) return;
  if (Array.isArray(value)) {
    for (const each of value) collect(each, outer, records);
    return;
  }
  if (!isJsonObject(value)) return;
  const name = nameIn(value) ?? outer;
  const fields = fieldsOf(value);
  if (name !== undefined && fields !== "") records.push({ name, fields });
  for (const each of Object.values(value)) collect(each, name, records);
}

/** Of a pod, its containers have names, too, which are no numbers. */
function nameIn(value: JsonObject): string | undefined {
  const metadata = value["metadata"];
  const stated = isJsonObject(metadata) ? metadata["name"] : undefined;
  if (typeof stated === "string") return stated;
  const named = nameKeys.map((key) => value[key]).find((each) => typeof each === "string");
  const bare = typeof named === "string" ? named.replace(/^\//u, "") : "";
  return numbered.test(bare) ? bare : undefined;
}

function fieldsOf(value: JsonObject): string {
  return Object.entries(value)
    .flatMap(([key, each]) => {
      const isField = typeof each === "string" || typeof each === "number" || each === true;
      return isField && stateKey.test(key) ? [`${key}=${String(each).split("\n", 1)[0]}`] : [];
    })
    .join(" ");
}

/** By the only count from 0 on; the workers of a master come after it. */
function ranksOfNames(names: readonly string[]): Map<string, number> {
  const byStem = new Map<string, Map<string, number>>();
  for (const name of names) {
    const { stem, number } = numbered.exec(name)?.groups ?? {};
    if (stem === undefined || number === undefined || firstOfJob.test(name)) continue;
    const counted = byStem.get(stem) ?? new Map<string, number>();
    byStem.set(stem, counted.set(name, Number(number)));
  }
  const dense = [...byStem.values()].filter((counted) => {
    const numbers = [...counted.values()];
    return numbers.length > 1 && numbers.includes(0) && Math.max(...numbers) < 2 * numbers.length;
  });
  const [only, ...more] = dense;
  if (only === undefined || more.length > 0) return new Map();
  const first = names.filter((name) => firstOfJob.test(name));
  const shift = first.length > 0 ? 1 : 0;
  return new Map([
    ...first.map((name) => [name, 0] as const),
    ...[...only].map(([name, number]) => [name, number + shift] as const),
  ]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Lines of JSON, or another language.
    return undefined;
  }
}
