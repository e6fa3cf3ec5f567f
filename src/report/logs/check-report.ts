import { layOutTable } from "../../foundation/text-table.ts";
import { formatMinutes } from "../../foundation/units.ts";
import type { CheckedLog, LogFinding } from "../../schema/logs/log-verdict.ts";
import type { CheckedPackage } from "../../schema/logs/package-finding.ts";
import { describePackageFinding } from "../findings/describe-package-finding.ts";
import { describeLogFinding } from "../findings/describe-rule-finding.ts";
import type { Paint } from "../paint.ts";
import { countOf, plural } from "../wording.ts";

export interface CheckReportInput {
  logs: readonly CheckedLog[];
  packages: readonly CheckedPackage[];
  /** As they were typed, for the next step. */
  arguments: readonly string[];
  edition: string | undefined;
}

export interface CheckReportOptions {
  /** Every log and every folder, also where many say the same. */
  showsAll: boolean;
  /** What is odd about folders, and logs that nobody can judge, count as "no". */
  isStrict: boolean;
  /** Ends with a command to go on with. */
  withNextStep: boolean;
}

/** What a check found, for people: the answer, the failing logs, the rest in one table, what to do next. */
export function checkReport(
  input: CheckReportInput,
  paint: Paint,
  options: CheckReportOptions,
): string {
  const { showsAll } = options;
  const failing = input.logs.filter(({ verdict }) => verdict === "fail");
  const blocks = [
    answerLine(input.logs, failing, paint),
    benchmarkTable(input.logs),
    ...failureBlocks(failing, paint, showsAll),
    notJudgedBlock(input.logs, paint, options),
    warningBlock(input.logs, showsAll),
    packageBlock(input.packages, paint, options),
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

function benchmarkTable(logs: readonly CheckedLog[]): string {
  const groups = groupBy(logs, ({ benchmark }) => benchmark ?? "unknown");
  const rows = [...groups].map(([benchmark, members]) => {
    const passing = members.filter(({ verdict }) => verdict === "pass");
    const times = passing.flatMap(({ timeToTrainMs }) => timeToTrainMs ?? []);
    return [
      benchmark,
      String(members.length),
      String(passing.length),
      String(members.filter(({ verdict }) => verdict === "fail").length),
      timeRange(times),
    ];
  });
  const lines = layOutTable(
    [
      { head: "benchmark", align: "left" },
      { head: "logs", align: "right" },
      { head: "pass", align: "right" },
      { head: "fail", align: "right" },
      { head: "time to train of those that pass", align: "left" },
    ],
    rows,
  );
  return lines.map((line) => `  ${line}`).join("\n");
}

function timeRange(timesMs: readonly number[]): string {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const time of timesMs) {
    least = Math.min(least, time);
    most = Math.max(most, time);
  }
  if (timesMs.length === 0) return "";
  const from = formatMinutes(least);
  const to = formatMinutes(most);
  return from === to ? from : `${from} … ${to}`;
}

const shownLogs = 5;

/** Logs that fail for the same reasons share a block. */
function failureBlocks(failing: readonly CheckedLog[], paint: Paint, showsAll: boolean): string[] {
  const groups = groupBy(failing, ({ edition, findings }) =>
    [edition, ...findings.map(signatureOf)].join("\n"),
  );
  const blocks = [...groups.values()].toSorted((a, b) => b.length - a.length);
  return blocks.map((logs) => {
    const [first] = logs;
    if (first === undefined) return "";
    const shown = showsAll ? logs : logs.slice(0, shownLogs);
    const names = shown.map((log) => `${paint.bad("fail")}  ${paint.name(shownPath(log))}`);
    const rest = logs.length - shown.length;
    if (rest > 0) names.push(`      and ${rest} more; \`--verbose\` names them`);
    const same =
      logs.length > 1 ? [paint.faint(`      for the same reasons; lines of the first:`)] : [];
    return [...names, ...same, ...findingLines(first, first.findings, paint)].join("\n");
  });
}

/** What makes two findings the same, whatever the line and the value seen. */
function signatureOf(finding: LogFinding): string {
  const { rule } = finding;
  const about = "key" in finding ? finding.key : "oneOf" in finding ? finding.oneOf.join("|") : "";
  return [rule, about, "expected" in finding ? finding.expected : ""].join(" ");
}

/** One line for each finding, and why there is such a rule under the first that asks for it. */
export function findingLines(
  { edition }: { edition?: string | undefined },
  findings: readonly LogFinding[],
  paint: Paint,
): string[] {
  const described = worthSaying(findings).map((finding) => describeLogFinding(finding, edition));
  const width = Math.min(32, Math.max(...described.map(({ about }) => about.length)));
  const reasons = new Set<string>();
  return described.flatMap(({ about, said, why }) => {
    const line = `  ${about.padEnd(width)}   ${said}`;
    if (why === undefined || reasons.has(why)) return [line];
    reasons.add(why);
    return [line, paint.faint(`  ${"".padEnd(width)}   why: ${why}`)];
  });
}

/** Of a log without a line that counts, every key is missing; that is said once. */
function worthSaying(findings: readonly LogFinding[]): readonly LogFinding[] {
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
  const weight = isStrict ? "; with `--strict` that is a no" : "";
  return [...groups]
    .map(([edition, members]) => {
      const [first] = members;
      const more = members.length > 1 ? ` and ${members.length - 1} more` : "";
      const name = first === undefined ? "" : paint.name(shownPath(first));
      return `${paint.warn("not judged")}  ${name}${more}: no rules were written for ${edition}${weight}`;
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
    return `${countOf(count, "log")} with warnings that do not count, of ${countOf(groups.size, "kind")}; \`--verbose\` shows them`;
  }
  return [...groups.values()]
    .flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      const { about, said } = describeLogFinding(first.finding, first.log.edition);
      const others = members.length > 1 ? ` (${members.length} logs)` : "";
      return [`warning  ${shownPath(first.log)}${others}: ${about} ${said}`];
    })
    .join("\n");
}

function packageBlock(
  packages: readonly CheckedPackage[],
  paint: Paint,
  { showsAll, isStrict }: CheckReportOptions,
): string {
  const odd = packages.filter(({ findings }) => findings.length > 0);
  if (odd.length === 0) return "";
  const head = `${countOf(odd.length, "folder")} of ${packages.length} with something to look at; ${isStrict ? "with `--strict` that is a no" : "no verdict depends on it"}`;
  const groups = groupBy(
    odd.flatMap((each) =>
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
  if (rest > 0) lines.push(`  and ${rest} more ${plural(rest, "thing")}; \`--verbose\` shows them`);
  return [paint.warn(head), ...lines].join("\n");
}

function nextStep(
  { logs, arguments: given, edition }: CheckReportInput,
  failing: readonly CheckedLog[],
  paint: Paint,
): string {
  const [first] = failing;
  const rules = edition === undefined ? "" : ` --edition ${edition}`;
  if (first !== undefined) {
    return `next: ${paint.name(`pitwall log ${quoted(shownPath(first))}${rules}`)}   shows the run, its evaluations and the findings`;
  }
  const isFile = logs.every(({ argument, path }) => argument === path);
  return isFile
    ? `next: ${paint.name(`pitwall log ${quoted(given[0] ?? "")}${rules}`)}   shows the run and its evaluations`
    : `next: ${paint.name(`pitwall score ${given.map(quoted).join(" ")}${rules}`)}   scores the results`;
}

function shownPath({ argument, path }: CheckedLog): string {
  if (argument === path || argument === ".") return path;
  return `${argument.replace(/\/+$/, "")}/${path}`;
}

/** As a shell reads it back. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [item]);
    else members.push(item);
  }
  return groups;
}
