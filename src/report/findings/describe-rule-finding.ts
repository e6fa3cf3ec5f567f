import type { JsonValue } from "../../foundation/json.ts";
import { nearestWord } from "../../foundation/nearest-word.ts";
import { formatCount } from "../../foundation/units.ts";
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

/** A finding for people. */
export interface FindingWords {
  /** The log key, or what else it is about. */
  about: string;
  /** What was expected and what was seen, and on which line. */
  said: string;
  /** Why there is such a rule. */
  why: string | undefined;
}

/** Says in plain words what a finding means. */
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
/** Where the official checker gives up, without a verdict. */
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

/** The rules keep something of a line for later lines; of this one they could not. */
function sayUnusable({
  expected,
  seen,
}: Extract<RuleFinding, { rule: "line-not-usable" }>): string {
  const [, source = expected] = / := (.*)$/u.exec(expected) ?? [];
  const gaps = describeGaps(source, seen);
  if (gaps !== undefined) return gaps;
  const value = seen["value"];
  return value === undefined
    ? "can't be compared with the lines before it"
    : `is ${valueText(value)}, with which nothing can be calculated`;
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
  return `never meets the target, ${target}: ${which} is ${describeSeen(lastSeen)}`;
}

/** Findings about how often something occurs. */
function sayCount(finding: RuleOf<typeof countRules>): string {
  switch (finding.rule) {
    case "key-missing":
      return finding.count === 0
        ? "is never logged"
        : `is logged ${countOf(finding.count, "time")}, and ${finding.need} are needed`;
    case "values-differ":
      return `is logged ${countOf(finding.count, "time")} with different values, and one value is allowed: first ${valueText(finding.first)}, then ${valueText(finding.other)}${finding.otherLine === undefined ? "" : ` on line ${finding.otherLine}`}`;
    case "key-repeated":
      return `is logged ${countOf(finding.count, "time")} with the same value; once is asked for`;
    case "keys-missing":
      return finding.oneOf.length === 2
        ? "neither is logged, and one of them is needed"
        : "none is logged, and one of them is needed";
    case "no-lines":
      return "holds no line that MLPerf's rules read";
    case "unreadable-lines":
      return `${countOf(finding.count, "line")} can't be read: ${finding.lines
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
      return `its values call for rule files that call for each other without end: ${joinNames(finding.files, "and")}`;
    case "condition-not-computable":
      return `${atLine(finding.line)}${sayNotComputable(finding)}; the official checker stops there`;
    case "eval-line-not-usable":
      return `line ${finding.line}: the metadata of an evaluation must hold \`${finding.groupBy}\` and the name of its \`metric\`, and is ${valueText(finding.metadata)}`;
  }
}

function sayNotComputable({
  expected,
  seen,
}: Extract<RuleFinding, { rule: "condition-not-computable" }>): string {
  const gaps = describeGaps(expected, seen);
  if (gaps !== undefined) return `${gaps}, so it can't be compared with its target`;
  return `is ${describeSeen(seen)}, which can't be compared with its target, ${describeRequirement(expected, seen)}`;
}

function sayRulesMissing(
  { key, line, seen, file, problem }: Extract<RuleFinding, { rule: "rules-missing" }>,
  edition: string | undefined,
): string {
  const value = valueText(seen["value"] ?? null);
  const at = atLine(line);
  if (problem === "value-is-no-text") return `${at}is ${value}, and must be a text`;
  if (key === "submission_division") return `${at}is ${value}, and must be \`closed\` or \`open\``;
  if (key !== "submission_benchmark" || edition === undefined || !isMlperfEdition(edition)) {
    return `${at}is ${value}, for which ${edition ?? "this edition"} has no rules (\`${file}\`)`;
  }
  return `${at}${edition} has no rules for ${value} in this division ${otherBenchmarks(edition, seen["value"])}`;
}

function otherBenchmarks(edition: MlperfEdition, asked: JsonValue | undefined): string {
  const known = benchmarksOfEdition(edition);
  const nearest = nearestWord(typeof asked === "string" ? asked : "", known);
  const meant = nearest === undefined || nearest === asked ? "" : `; did you mean \`${nearest}\`?`;
  return `(its benchmarks are ${known.join(", ")})${meant}`;
}

const dialectRounds = {
  mlpv: "round v0.5 (`:::MLPv`)",
  mll: "round v0.6 (`:::MLL`)",
  mllog: "rounds from v0.7 on (`:::MLLOG`)",
} as const;

function sayOfFile(finding: LogFileFinding, edition: string | undefined): string {
  switch (finding.rule) {
    case "file-empty":
      return "is empty";
    case "file-not-text":
      return `is no text: there is a NUL byte at offset ${finding.byteOffset}`;
    case "file-unreadable":
      return `can't be read: the system answered ${finding.code}`;
    case "gzip-broken":
      return `begins like a gzip file and can't be unpacked to its end (${finding.code})`;
    case "other-dialect":
      return `holds ${countOf(finding.lineCount, "line")} of ${dialectRounds[finding.dialect]}, and none of ${edition ?? "this edition"}`;
    case "division-differs":
      return `is of the ${finding.seen ?? "unknown"} division, and was to be checked for the ${finding.expected} one`;
    case "edition-without-rules":
      return `no rules were written for ${finding.edition}, so nobody can judge it`;
  }
}

const reasonText: Readonly<
  Record<UnreadableReason | "no-time_ms" | "no-value" | "no-metadata", string>
> = {
  "no-time_ms": "has no `time_ms`",
  "no-value": "has no `value`",
  "no-metadata": "has no `metadata`",
  empty: "has nothing after its token",
  "not-json": "is not JSON",
  "json-null": "is `null`",
  "not-an-object": "is no JSON object",
  "time-missing": "has no `time_ms`",
  "time-not-a-number": "has a `time_ms` that is no number",
  "time-text-not-a-number": "has a `time_ms` that is no number",
  "key-missing": "has no `key`",
  "key-not-text": "has a `key` that is no text",
  "value-missing": "has no `value`",
  "metadata-missing": "has no `metadata`",
  "wrong-shape": "is not shaped like a log line",
  "nested-too-deep": "is nested too deep",
  "line-too-long": "is longer than 4 MB",
};

function atLine(line: number | undefined): string {
  return line === undefined ? "" : `line ${line}: `;
}
