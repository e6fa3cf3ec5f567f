import type { LineSign } from "../lines/sign-of-line.ts";
import type { SignKind } from "../lines/sign-patterns.ts";
import { kindOfWords } from "./kind-of-words.ts";
import { isDenied, withoutSettings } from "./mood-of-line.ts";
import { missingInLine, processOfLine, subjectOfLine } from "./subject-of-line.ts";

/** Text beyond this is not looked at. */
const maximumCharacters = 600;

/** What a line that no pattern knows is a sign of, by words that any program uses. */
export function signOfWords(line: string): LineSign | undefined {
  // The messages in records are looked at by themselves; lines of MLLOG and of source code are no messages.
  if (line.startsWith("{") || line.includes(":::MLLOG") || /^\s+raise\b/u.test(line))
    return undefined;
  const text = withoutSettings(line.slice(0, maximumCharacters));
  const kind = isDenied(text) ? kindInSentences(text) : (kindOfWords(text) ?? severity(text));
  return kind === undefined ? undefined : signOf(kind, text);
}

const severe =
  /\b(?:FATAL|CRITICAL|PANIC|panic(?:ked)?|(?:unhandled|uncaught) (?:exception|error)|SIG(?:SEGV|ABRT|BUS|ILL|FPE)|core dumped|hardware exception|assert(?:ion)? (?:failed|error)|[Aa]bort(?:ed|ing)(?: with|:|$))|^\W*(?:error|fatal)(?:\[\w+\])?:|\b(?:level|lvl|severity)=["']?(?:error|fatal|critical)\b|\bERROR\b/u;

function severity(text: string): SignKind | undefined {
  return severe.test(text) ? "severe" : undefined;
}

/** Advice may follow, or what else would have been possible. */
function kindInSentences(text: string): SignKind | undefined {
  const sentences = text.split(/[.;] (?=\S)/u);
  const first = sentences.find((sentence) => !isDenied(sentence));
  return first === undefined || sentences.length === 1 ? undefined : kindOfWords(first);
}

function signOf(kind: SignKind, text: string): LineSign {
  const isGeneral = true;
  if (kind === "connection") return { kind, isGeneral };
  if (kind === "no-progress") {
    const missing = missingInLine(text);
    if (missing.length === 0) return { kind, isGeneral };
    return { kind: "timeout", isGeneral, missingRanks: [...missing] };
  }
  const ranks = subjectOfLine(text);
  if (kind === "slow-rank")
    return { kind, isGeneral, ...(ranks.length === 0 ? {} : { slowRanks: [...ranks] }) };
  const [rank, ...more] = ranks;
  if (rank !== undefined && more.length === 0) return { kind, isGeneral, namedRank: rank };
  const namedProcess = processOfLine(text);
  return { kind, isGeneral, ...(namedProcess === undefined ? {} : { namedProcess }) };
}

/** Kinds that say more about an exception than that there was one. */
const refining: ReadonlySet<SignKind> = new Set([
  "accelerator-memory",
  "host-memory",
  "disk-full",
  "bad-checkpoint",
  "accelerator-error",
  "not-a-number",
  "mismatch",
  "replicas-differ",
  "no-progress",
]);

/** What an exception is about, by its message; undefined if that says no more than that there was one. */
export function kindOfException(line: string): SignKind | undefined {
  const kind = kindOfWords(line.slice(0, maximumCharacters));
  return kind !== undefined && refining.has(kind) ? kind : undefined;
}
