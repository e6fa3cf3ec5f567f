import { shellWord } from "../../foundation/text/shell-word.ts";
import { groupBy } from "../../foundation/collections/group-by.ts";
import { formatMinutes } from "../../foundation/numbers/units.ts";
import type { LogCause } from "../../schema/logs/log-cause.ts";
import type { CheckedLog, LogFinding } from "../../schema/logs/log-verdict.ts";
import type { RuleSource } from "../../schema/logs/rule-source.ts";
import type { CheckedPackage } from "../../schema/logs/package-finding.ts";
import { describePackageFinding } from "../findings/describe-package-finding.ts";
import { describeLogFinding } from "../findings/describe-rule-finding.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";
import { causeBlock, causeLines } from "./cause-lines.ts";
import { shownLogPath } from "./log-path.ts";
import { describeRuleSource, newerRulesNote } from "./rule-source-text.ts";
import { countOf, plural } from "../wording.ts";

export interface CheckReportInput {
  logs: readonly CheckedLog[];
  packages: readonly CheckedPackage[];
  /** The command-line arguments, for the next command. */
  arguments: readonly string[];
  edition: string | undefined;
  /** The rules that were used. */
  rules: readonly RuleSource[];
}

export interface CheckReportOptions {
  /** Prints every log and folder instead of grouping equal findings. */
  showsAll: boolean;
  /** Folder findings and logs without rules count as failures. */
  isStrict: boolean;
  /** Ends with a next command. */
  withNextStep: boolean;
  /** Columns of the screen. */
  width: number;
}

/** The result of a check: a summary, the failing logs, warnings, and a next command. */
export function checkReport(
  input: CheckReportInput,
  paint: Paint,
  options: CheckReportOptions,
): string {
  const { showsAll } = options;
  const failing = input.logs.filter(({ verdict }) => verdict === "fail");
  const blocks = [
    answerLine(input.logs, failing, paint),
    benchmarkTable(input.logs, options.width),
    ...failureBlocks(failing, paint, showsAll),
    notJudgedBlock(input.logs, paint, options),
    warningBlock(input.logs, showsAll),
    causeBlock(input.logs, paint, { showsAll }),
    packageBlock(input.packages, paint, options),
    rulesBlock(input.rules, paint),
    options.withNextStep ? nextStep(input, failing, paint) : "",
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function answerLine(
  logs: readonly CheckedLog[],
  failing: readonly CheckedLog[],
  paint: Paint,
): string {
  const editions = [...new Set(logs.map(({ edition }) => edition ?? "no edition"))];
  const by = `   rules ${editions.join(", ")}`;
  const passCount = logs.filter(({ verdict }) => verdict === "pass").length;
  if (passCount === logs.length) {
    const all = logs.length === 1 ? "1 log passes" : `all ${countOf(logs.length, "log")} pass`;
    return `${paint.good(all)}${by}`;
  }
  const counts = [`${passCount} ${passCount === 1 ? "passes" : "pass"}`];
  if (failing.length > 0)
    counts.push(paint.bad(`${failing.length} ${failing.length === 1 ? "fails" : "fail"}`));
  const notJudged = logs.length - passCount - failing.length;
  if (notJudged > 0) counts.push(paint.warn(`${notJudged} not judged`));
  return `${countOf(logs.length, "log")}: ${counts.join(", ")}${by}`;
}

function benchmarkTable(logs: readonly CheckedLog[], width: number): string {
  const groups = groupBy(logs, ({ benchmark }) => benchmark ?? "unknown");
  const columns: FittedColumn<[string, CheckedLog[]]>[] = [
    { head: "benchmark", align: "left", cell: ([benchmark]) => benchmark, shrinkTo: 9 },
    { head: "logs", align: "right", cell: ([, members]) => String(members.length), dropAt: 1 },
    {
      head: "pass",
      align: "right",
      cell: ([, members]) => String(withVerdict(members, "pass").length),
    },
    {
      head: "fail",
      align: "right",
      cell: ([, members]) => String(withVerdict(members, "fail").length),
    },
    {
      head: "time to train of passing logs",
      align: "left",
      cell: ([, members]) =>
        timeRange(withVerdict(members, "pass").flatMap(({ timeToTrainMs }) => timeToTrainMs ?? [])),
      shrinkTo: 18,
    },
  ];
  const lines = fitTable(columns, [...groups], width - 2);
  return lines.map((line) => (line === "" ? "" : `  ${line}`)).join("\n");
}

function withVerdict(members: readonly CheckedLog[], verdict: CheckedLog["verdict"]): CheckedLog[] {
  return members.filter((log) => log.verdict === verdict);
}

function timeRange(timesMs: readonly number[]): string {
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (const time of timesMs) {
    minimum = Math.min(minimum, time);
    maximum = Math.max(maximum, time);
  }
  if (timesMs.length === 0) return "";
  const from = formatMinutes(minimum);
  const to = formatMinutes(maximum);
  return from === to ? from : `${from} … ${to}`;
}

const shownLogs = 5;

/** Groups logs that fail for the same reasons. */
function failureBlocks(failing: readonly CheckedLog[], paint: Paint, showsAll: boolean): string[] {
  const groups = groupBy(failing, ({ edition, findings, causes }) =>
    [edition, ...causes.map(({ cause }) => cause), ...findings.map(signatureOf)].join("\n"),
  );
  const blocks = [...groups.values()].toSorted((a, b) => b.length - a.length);
  return blocks.map((logs) => {
    const [first] = logs;
    if (first === undefined) return "";
    const shown = showsAll ? logs : logs.slice(0, shownLogs);
    const names = shown.map((log) => `${paint.bad("fail")}  ${paint.name(shownLogPath(log))}`);
    const rest = logs.length - shown.length;
    if (rest > 0) names.push(`      and ${rest} more; list them with \`--verbose\``);
    const same =
      logs.length > 1
        ? [paint.faint(`      same reasons; line numbers refer to the first log:`)]
        : [];
    return [
      ...names,
      ...same,
      ...causeLines(first.causes, paint),
      ...findingLines(first, findingsToShow(first), paint),
    ].join("\n");
  });
}

/** A log of another kind lacks every key. */
/** `:::MLL` before lines of a newer round is not the token of an older one. */
function isToken({ cause }: LogCause): boolean {
  return cause === "token-misspelled";
}

function findingsToShow({ findings, causes }: CheckedLog): readonly LogFinding[] {
  if (causes.some(isToken)) return findings.filter(({ rule }) => rule !== "other-dialect");
  if (!causes.some(({ cause }) => cause === "inference-log")) return findings;
  return findings.filter(({ rule }) => rule !== "key-missing" && rule !== "keys-missing");
}

/** Identifies equal findings, regardless of line and value. */
function signatureOf(finding: LogFinding): string {
  const { rule } = finding;
  const about = "key" in finding ? finding.key : "oneOf" in finding ? finding.oneOf.join("|") : "";
  return [rule, about, "expected" in finding ? finding.expected : ""].join(" ");
}

/** One line per finding, followed by the reason for the rule the first time it applies. */
export function findingLines(
  { edition }: { edition?: string | undefined },
  findings: readonly LogFinding[],
  paint: Paint,
): string[] {
  const described = withoutRedundant(findings).map((finding) =>
    describeLogFinding(finding, edition),
  );
  const width = Math.min(32, Math.max(...described.map(({ about }) => about.length)));
  const reasons = new Set<string>();
  return described.flatMap(({ about, said, why }) => {
    const line = `  ${about.padEnd(width)}   ${said}`;
    if (why === undefined || reasons.has(why)) return [line];
    reasons.add(why);
    return [line, paint.faint(`  ${"".padEnd(width)}   why: ${why}`)];
  });
}

/** A log without MLPerf lines is missing every key; report only that it has no lines. */
function withoutRedundant(findings: readonly LogFinding[]): readonly LogFinding[] {
  if (!findings.some(({ rule }) => rule === "no-lines")) return findings;
  return findings.filter(({ rule }) => rule !== "key-missing" && rule !== "keys-missing");
}

function notJudgedBlock(
  logs: readonly CheckedLog[],
  paint: Paint,
  { isStrict }: CheckReportOptions,
): string {
  const groups = groupBy(
    logs.filter(({ verdict }) => verdict === "not-judged"),
    ({ edition }) => edition ?? "",
  );
  const weight = isStrict ? "; `--strict` counts this as a failure" : "";
  return [...groups]
    .map(([edition, members]) => {
      const [first] = members;
      const more = members.length > 1 ? ` and ${members.length - 1} more` : "";
      const name = first === undefined ? "" : paint.name(shownLogPath(first));
      return `${paint.warn("not judged")}  ${name}${more}: no rules exist for ${edition}${weight}`;
    })
    .join("\n");
}

function warningBlock(logs: readonly CheckedLog[], showsAll: boolean): string {
  const groups = groupBy(
    logs.flatMap((log) => log.warnings.map((finding) => ({ log, finding }))),
    ({ finding }) => signatureOf(finding),
  );
  if (groups.size === 0) return "";
  if (!showsAll) {
    const count = new Set([...groups.values()].flat().map(({ log }) => log)).size;
    return `${countOf(count, "log")} with warnings (${countOf(groups.size, "kind")}) that do not affect the verdict; show them with \`--verbose\``;
  }
  return [...groups.values()]
    .flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      const { about, said } = describeLogFinding(first.finding, first.log.edition);
      const others = members.length > 1 ? ` (${members.length} logs)` : "";
      return [`warning  ${shownLogPath(first.log)}${others}: ${about} ${said}`];
    })
    .join("\n");
}

function packageBlock(
  packages: readonly CheckedPackage[],
  paint: Paint,
  { showsAll, isStrict }: CheckReportOptions,
): string {
  const flagged = packages.filter(({ findings }) => findings.length > 0);
  if (flagged.length === 0) return "";
  const head = `findings in ${flagged.length} of ${countOf(packages.length, "folder")}; ${isStrict ? "`--strict` counts them as failures" : "they do not affect the verdict"}`;
  const groups = groupBy(
    flagged.flatMap((each) =>
      each.findings.map((finding) => ({ path: each.path, said: describePackageFinding(finding) })),
    ),
    ({ said }) => said,
  );
  const all = [...groups];
  const shown = showsAll ? all : all.slice(0, 20);
  const lines = shown.map(([said, members]) => {
    const [first] = members;
    const more = members.length > 1 ? ` and ${members.length - 1} more` : "";
    return `  ${paint.name(first?.path ?? "")}${more}: ${said}`;
  });
  const rest = all.length - shown.length;
  if (rest > 0)
    lines.push(`  and ${rest} more ${plural(rest, "finding")}; show them with \`--verbose\``);
  return [paint.warn(head), ...lines].join("\n");
}

function rulesBlock(rules: readonly RuleSource[], paint: Paint): string {
  const sources = [...new Set(rules.map(describeRuleSource))];
  if (sources.length === 0) return "";
  const old = rules.find(({ mayBeOutdated }) => mayBeOutdated);
  const lines = [paint.faint(`rules: ${sources.join("; ")}`)];
  if (old !== undefined) lines.push(`${paint.warn("note:")} ${newerRulesNote(old)}`);
  return lines.join("\n");
}

const archiveName = /\.(?:tar|tar\.gz|tgz|tar\.zst|zip)$/iu;

function nextStep(
  { logs, arguments: given, edition }: CheckReportInput,
  failing: readonly CheckedLog[],
  paint: Paint,
): string {
  const [first] = failing;
  const rules = edition === undefined ? "" : ` --edition ${edition}`;
  if (first !== undefined) return nextForFailing(first, rules, paint);
  const isFile = logs.every(({ argument, path }) => argument === path);
  return isFile
    ? `next: ${paint.name(`pitwall log ${shellWord(given[0] ?? "")}${rules}`)}   shows the timeline and evaluations`
    : `next: ${paint.name(`pitwall score ${given.map(shellWord).join(" ")}${rules}`)}   scores the results`;
}

function nextForFailing(first: CheckedLog, rules: string, paint: Paint): string {
  const other = first.findings.find((finding) => finding.rule === "other-dialect");
  if (other?.rule === "other-dialect" && !first.causes.some(isToken))
    return nextForDialect(first, other.edition, paint);
  const isPacked = first.argument !== first.path && archiveName.test(first.argument);
  const path = isPacked ? first.path : shownLogPath(first);
  const place = isPacked ? ", in the folder of the unpacked round" : "";
  if (isTextLog(first))
    return `next${place}: ${paint.name(`pitwall import ${shellWord(path)}`)}   reads the metrics that a training program printed`;
  return `next${place}: ${paint.name(`pitwall log ${shellWord(path)}${rules}`)}   shows the timeline, evaluations and findings`;
}

/** A text without any MLPerf line. */
function isTextLog({ findings, causes }: CheckedLog): boolean {
  const others = new Set(["file-empty", "file-not-text", "file-of-inference", "unreadable-lines"]);
  return (
    causes.length === 0 &&
    findings.some(({ rule }) => rule === "no-lines") &&
    !findings.some(({ rule }) => others.has(rule))
  );
}

/** The command for a log of another time than the edition's. */
function nextForDialect(log: CheckedLog, edition: string | undefined, paint: Paint): string {
  const path = shellWord(shownLogPath(log));
  return edition === undefined
    ? `next: ${paint.name(`pitwall log ${path}`)}   shows the log without rules`
    : `next: ${paint.name(`pitwall check ${path} --edition ${edition}`)}   checks it by the rules of its round`;
}
