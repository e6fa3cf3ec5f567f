import type { JsonValue } from "../foundation/json.ts";
import { nearestWord } from "../foundation/nearest-word.ts";
import { formatDuration, formatSignificant } from "../foundation/units.ts";
import type { UnreadableReason } from "../schema/log-event.ts";
import type { LogFileFinding, LogFinding } from "../schema/log-verdict.ts";
import { benchmarksOfEdition, isMlperfEdition } from "../schema/mlperf-round.ts";
import type { RuleFinding } from "../schema/rule-finding.ts";
import { reasonForKey } from "./rule-reasons.ts";
import { countOf } from "./wording.ts";

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
  return { about, said: say(finding, edition), why: reasonForKey(about) };
}

function aboutOf(finding: LogFinding): string {
  if ("key" in finding) return finding.key;
  if (finding.rule === "keys-missing") return finding.oneOf.join("|");
  if (finding.rule === "end-check-failed") return "END";
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
      return `${atLine(finding.line)}${sayCheck(finding)}`;
    case "line-not-usable":
      return `${atLine(finding.line)}can't be worked with: ${finding.expected}${seenText(finding.seen)}`;
    case "never-met":
      return `never meets \`${finding.expected}\` in ${countOf(finding.count, "line")}; the last${finding.lastLine === undefined ? "" : `, line ${finding.lastLine}`}${seenText(finding.lastSeen)}`;
    case "end-check-failed":
      return `at the end of the log \`${finding.expected}\` does not hold${seenText(finding.seen)}`;
  }
}

function sayCheck({ key, expected, seen }: Extract<RuleFinding, { rule: "check-failed" }>): string {
  const started = seen["state.first_init_start"];
  const ended = seen["time"];
  if (key === "init_stop" && typeof started === "number" && typeof ended === "number") {
    const limit = seen["state.compile_time_mins"];
    const most = typeof limit === "number" ? `, and ${limit} min are allowed` : "";
    return `initialisation took ${formatDuration(ended - started)}${most}`;
  }
  return `expected \`${expected}\`${seenText(seen)}`;
}

/** Findings about how often something occurs. */
function sayCount(finding: RuleOf<typeof countRules>): string {
  switch (finding.rule) {
    case "key-missing":
      return finding.count === 0
        ? "is never logged"
        : `is logged ${countOf(finding.count, "time")}, and ${finding.need} are needed`;
    case "values-differ":
      return `is logged ${countOf(finding.count, "time")} and should have one value: first ${valueText(finding.first)}, ${finding.otherLine === undefined ? "" : `on line ${finding.otherLine} `}${valueText(finding.other)}`;
    case "key-repeated":
      return `is logged ${countOf(finding.count, "time")} with the same value; once is asked for`;
    case "keys-missing":
      return "none of these is logged";
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
      return `its values call up rule files in a circle: ${finding.files.join(", ")}`;
    case "condition-not-computable":
      return `${atLine(finding.line)}\`${finding.expected}\` can't be worked out${seenText(finding.seen)}; the official checker stops there`;
    case "eval-line-not-usable":
      return `line ${finding.line}: an evaluation needs \`${finding.groupBy}\` and a name of its metric in its metadata, which is ${valueText(finding.metadata)}`;
  }
}

function sayRulesMissing(
  { key, line, seen, file, problem }: Extract<RuleFinding, { rule: "rules-missing" }>,
  edition: string | undefined,
): string {
  const value = seen["value"];
  const at = atLine(line);
  if (problem === "value-is-no-text") return `${at}${valueText(value ?? null)} is no text`;
  if (key !== "submission_benchmark" || edition === undefined || !isMlperfEdition(edition)) {
    return `${at}${valueText(value ?? null)} calls for rules \`${file}\`, which ${edition ?? "this edition"} does not have`;
  }
  const known = benchmarksOfEdition(edition);
  const nearest = nearestWord(typeof value === "string" ? value : "", known);
  const meant = nearest === undefined || nearest === value ? "" : `; did you mean \`${nearest}\`?`;
  return `${at}${edition} has no rules for ${valueText(value ?? null)} in this division (its benchmarks are ${known.join(", ")})${meant}`;
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

/** `: value 0.71, metadata.epoch_num 3`. */
function seenText(seen: Readonly<Record<string, JsonValue>>): string {
  const parts = Object.entries(seen).map(([place, value]) => `${place} ${valueText(value)}`);
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

function valueText(value: JsonValue): string {
  if (typeof value === "number") {
    return Number.isInteger(value) ? String(value) : formatSignificantly(value);
  }
  return typeof value === "string" ? `\`${value}\`` : JSON.stringify(value);
}

function formatSignificantly(value: number): string {
  const text = String(value);
  return text.length > 10 ? formatSignificant(value, 8) : text;
}
