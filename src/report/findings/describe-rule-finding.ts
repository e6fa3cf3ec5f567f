import type { JsonValue } from "../../foundation/json.ts";
import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { formatCount } from "../../foundation/numbers/units.ts";
import type { UnreadableReason } from "../../schema/logs/log-event.ts";
import type { LogFileFinding, LogFinding } from "../../schema/logs/log-verdict.ts";
import {
  benchmarksOfEdition,
  isMlperfEdition,
  type MlperfEdition,
} from "../../schema/logs/mlperf-round.ts";
import type { RuleFinding } from "../../schema/logs/rule-finding.ts";
import { describeEndCheck } from "./describe-end-check.ts";
import { describeExpectation, describeGaps } from "./describe-expectation.ts";
import { describeRequirement, describeSeen } from "./describe-requirement.ts";
import { joinNames, valueText } from "./describe-value.ts";
import { reasonForKey } from "./rule-reasons.ts";
import { countOf } from "../wording.ts";

/** A finding as printed. */
export interface FindingWords {
  /** The log key, `log` or `file`. */
  about: string;
  /** The expected value, the value seen, and its line. */
  said: string;
  /** The reason for the rule. */
  why: string | undefined;
}

/** Describes a finding in plain words. */
export function describeLogFinding(finding: LogFinding, edition: string | undefined): FindingWords {
  const about = aboutOf(finding);
  const key = finding.rule === "keys-missing" ? finding.oneOf.join("|") : about;
  return { about, said: say(finding, edition), why: reasonForKey(key) };
}

function aboutOf(finding: LogFinding): string {
  if ("key" in finding) return finding.key;
  if (finding.rule === "keys-missing") return finding.oneOf.join(" or ");
  if (finding.rule === "end-check-failed") return "log";
  return finding.rule.startsWith("file-") || finding.rule === "gzip-broken" ? "file" : "log";
}

type RuleOf<Rules extends readonly string[]> = Extract<LogFinding, { rule: Rules[number] }>;

const countRules = [
  "key-missing",
  "values-differ",
  "key-repeated",
  "keys-missing",
  "no-lines",
  "unreadable-lines",
] as const;
/** Findings at which the official checker aborts without a verdict. */
const crashRules = [
  "line-incomplete",
  "rules-missing",
  "rules-never-end",
  "condition-not-computable",
  "eval-line-not-usable",
] as const;
const fileRules = [
  "file-empty",
  "file-not-text",
  "file-of-inference",
  "file-unreadable",
  "gzip-broken",
  "other-dialect",
  "division-differs",
  "edition-without-rules",
] as const;

function isOneOf<const Rules extends readonly string[]>(
  finding: LogFinding,
  rules: Rules,
): finding is RuleOf<Rules> {
  return rules.includes(finding.rule);
}

function say(finding: LogFinding, edition: string | undefined): string {
  if (isOneOf(finding, fileRules)) return sayOfFile(finding, edition);
  if (isOneOf(finding, countRules)) return sayCount(finding);
  if (isOneOf(finding, crashRules)) return sayCrash(finding, edition);
  switch (finding.rule) {
    case "check-failed":
      return `${atLine(finding.line)}${describeExpectation(finding)}`;
    case "line-not-usable":
      return `${atLine(finding.line)}${sayUnusable(finding)}`;
    case "never-met":
      return sayNeverMet(finding);
    case "end-check-failed":
      return describeEndCheck(finding.expected, finding.seen);
  }
}

/** Describes a line whose value the rules could not store for later lines. */
function sayUnusable({
  expected,
  seen,
}: Extract<RuleFinding, { rule: "line-not-usable" }>): string {
  const [, source = expected] = / := (.*)$/u.exec(expected) ?? [];
  const gaps = describeGaps(source, seen);
  if (gaps !== undefined) return gaps;
  const value = seen["value"];
  return value === undefined
    ? "cannot be compared with the preceding lines"
    : `is ${valueText(value)}, which is not a number`;
}

function sayNeverMet({
  expected,
  count,
  lastLine,
  lastSeen,
}: Extract<RuleFinding, { rule: "never-met" }>): string {
  const target = describeRequirement(expected, lastSeen);
  const where = lastLine === undefined ? "" : `, on line ${lastLine},`;
  const which =
    count === 1 ? `the only value${where}` : `the last of ${formatCount(count)} values${where}`;
  return `never meets the target (${target}): ${which} is ${describeSeen(lastSeen)}`;
}

/** Describes findings about the number of occurrences. */
function sayCount(finding: RuleOf<typeof countRules>): string {
  switch (finding.rule) {
    case "key-missing":
      return finding.count === 0
        ? "is never logged"
        : `is logged ${countOf(finding.count, "time")}; required: ${finding.need}`;
    case "values-differ":
      return `is logged ${countOf(finding.count, "time")} with different values; only one value is allowed: first ${valueText(finding.first)}, then ${valueText(finding.other)}${finding.otherLine === undefined ? "" : ` on line ${finding.otherLine}`}`;
    case "key-repeated":
      return `is logged ${countOf(finding.count, "time")} with the same value; it must be logged once`;
    case "keys-missing":
      return finding.oneOf.length === 2
        ? "neither is logged; one of them is required"
        : "none is logged; one of them is required";
    case "no-lines":
      return "contains no lines that the MLPerf rules read";
    case "unreadable-lines":
      return `${countOf(finding.count, "line")} cannot be read: ${finding.lines
        .slice(0, 3)
        .map(({ line, reason }) => `line ${line} ${reasonText[reason]}`)
        .join(", ")}${finding.count > 3 ? ", …" : ""}`;
  }
}

function sayCrash(finding: RuleOf<typeof crashRules>, edition: string | undefined): string {
  switch (finding.rule) {
    case "line-incomplete":
      return `line ${finding.line} ${reasonText[finding.reason]}; the official checker stops there`;
    case "rules-missing":
      return sayRulesMissing(finding, edition);
    case "rules-never-end":
      return `its values select rule files that include each other in a loop: ${joinNames(finding.files, "and")}`;
    case "condition-not-computable":
      return `${atLine(finding.line)}${sayNotComputable(finding)}; the official checker stops there`;
    case "eval-line-not-usable":
      return `line ${finding.line}: the metadata of an evaluation must contain \`${finding.groupBy}\` and \`metric\`; it is ${valueText(finding.metadata)}`;
  }
}

function sayNotComputable({
  expected,
  seen,
}: Extract<RuleFinding, { rule: "condition-not-computable" }>): string {
  const gaps = describeGaps(expected, seen);
  if (gaps !== undefined) return `${gaps}, so it cannot be compared with its target`;
  return `is ${describeSeen(seen)}, which cannot be compared with the target (${describeRequirement(expected, seen)})`;
}

function sayRulesMissing(
  { key, line, seen, file, problem }: Extract<RuleFinding, { rule: "rules-missing" }>,
  edition: string | undefined,
): string {
  const value = valueText(seen["value"] ?? null);
  const at = atLine(line);
  if (problem === "value-is-no-text") return `${at}is ${value}; must be a string`;
  if (key === "submission_division") return `${at}is ${value}; must be \`closed\` or \`open\``;
  if (key !== "submission_benchmark" || edition === undefined || !isMlperfEdition(edition)) {
    return `${at}is ${value}; ${edition ?? "this edition"} has no rules for it (\`${file}\`)`;
  }
  return `${at}is ${value}; ${edition} has no rules for it in this division ${otherBenchmarks(edition, seen["value"])}`;
}

function otherBenchmarks(edition: MlperfEdition, requested: JsonValue | undefined): string {
  const known = benchmarksOfEdition(edition);
  const nearest = nearestWord(typeof requested === "string" ? requested : "", known);
  const meant =
    nearest === undefined || nearest === requested ? "" : `; did you mean \`${nearest}\`?`;
  return `(benchmarks: ${known.join(", ")})${meant}`;
}

const dialectRounds = {
  mlpv: "round v0.5 (`:::MLPv`)",
  mll: "round v0.6 (`:::MLL`)",
  mllog: "rounds v0.7 and later (`:::MLLOG`)",
} as const;

function sayOfFile(finding: LogFileFinding, edition: string | undefined): string {
  switch (finding.rule) {
    case "file-empty":
      return "is empty";
    case "file-not-text":
      return `is not a text file: NUL byte at offset ${finding.byteOffset}`;
    case "file-of-inference":
      return "is an inference (LoadGen) summary, not a training log; the submission checker of MLPerf Inference reads it";
    case "file-unreadable":
      return `cannot be read: ${unreadableReason(finding.code)}`;
    case "gzip-broken":
      return `starts like a gzip file but cannot be decompressed completely (${finding.code})`;
    case "other-dialect":
      return `contains ${countOf(finding.lineCount, "line")} of ${dialectRounds[finding.dialect]} but none of ${edition ?? "this edition"}${otherEdition(finding.edition)}`;
    case "division-differs":
      return `is for the ${finding.seen ?? "unknown"} division, but \`--division\` requested ${finding.expected}`;
    case "edition-without-rules":
      return `no rules exist for ${finding.edition}, so the log cannot be judged`;
  }
}

function otherEdition(edition: string | undefined): string {
  return edition === undefined
    ? "; no rules exist for that round, and `pitwall log` shows the log without them"
    : `; check it with \`--edition ${edition}\``;
}

const reasonText: Readonly<
  Record<UnreadableReason | "no-time_ms" | "no-value" | "no-metadata", string>
> = {
  "no-time_ms": "has no `time_ms`",
  "no-value": "has no `value`",
  "no-metadata": "has no `metadata`",
  empty: "has nothing after its token",
  "not-json": "is not JSON",
  "python-metadata": "is not JSON: its metadata is a Python dictionary",
  "python-line": "is a Python dictionary, not JSON",
  "json-null": "is `null`",
  "not-an-object": "is not a JSON object",
  "time-missing": "has no `time_ms`",
  "time-not-a-number": "has a `time_ms` that is not a number",
  "time-text-not-a-number": "has a `time_ms` that is not a number",
  "key-missing": "has no `key`",
  "key-not-text": "has a `key` that is not a string",
  "value-missing": "has no `value`",
  "metadata-missing": "has no `metadata`",
  "wrong-shape": "does not have the form of a log line",
  "nested-too-deep": "is nested too deeply",
  "line-too-long": "is longer than 4 MB",
};

function atLine(line: number | undefined): string {
  return line === undefined ? "" : `line ${line}: `;
}

const irregularFiles: Readonly<Record<string, string>> = {
  EISDIR: "a directory",
  pipe: "a named pipe",
  socket: "a socket",
  device: "a device",
  link: "a symbolic link",
};

const systemErrors: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist, or its symbolic link has no target",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ELOOP: "its symbolic links form a loop",
  ENAMETOOLONG: "its name is too long",
};

function unreadableReason(code: string): string {
  const found = irregularFiles[code];
  if (found !== undefined) return `it is ${found}, not a regular file`;
  const problem = systemErrors[code];
  return problem === undefined ? code : `${problem} (${code})`;
}
