import type { SignKind } from "../lines/sign-patterns.ts";
import { accelerators, type Topic, topics } from "./topics.ts";

/** Further apart, a thing and a trouble belong to different statements. */
const nearCharacters = 48;

/** What a line says by its words alone; undefined if no thing that fails is named with its trouble. */
export function kindOfWords(line: string): SignKind | undefined {
  const text = identifiersAsWords(line);
  let best: { kind: SignKind; gap: number } | undefined;
  for (const topic of topics) {
    const gap = gapOf(topic, text);
    if (gap !== undefined && (best === undefined || isBetter(gap, best.gap)))
      best = { kind: topic.kind, gap };
  }
  const isOfDevice = best?.kind === "host-memory" && accelerators.test(text);
  return isOfDevice ? "accelerator-memory" : best?.kind;
}

/** `MaxRuntimeExceeded` and `spot_interrupted` are words, too. */
function identifiersAsWords(text: string): string {
  return text
    .replaceAll("NaN", "nan")
    .replaceAll("RuntimeError", "error")
    .replaceAll(/(?<=[A-Za-z])_(?=[A-Za-z])/gu, " ")
    .replaceAll(/(?<=[a-z\d])(?=[A-Z][a-z])/gu, " ");
}

/** Topics come in the order of how specific they are; a later one has to fit much better. */
function isBetter(gap: number, known: number): boolean {
  return gap < 0 ? known >= 0 : known > 20 && gap < known / 4;
}

/** Characters between the nearest thing and trouble; -1 if words say both. */
function gapOf({ things, troubles, alone }: Topic, text: string): number | undefined {
  if (alone?.test(text) === true) return -1;
  const ends = [...text.matchAll(troubles)];
  if (ends.length === 0) return undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const thing of text.matchAll(things))
    for (const trouble of ends) least = Math.min(least, between(thing, trouble));
  return least <= nearCharacters ? least : undefined;
}

/** Zero for words that overlap, which say both. */
function between(a: RegExpExecArray, b: RegExpExecArray): number {
  const [first, second] = a.index <= b.index ? [a, b] : [b, a];
  return Math.max(0, second.index - first.index - first[0].length);
}
