import { layOutTable } from "../../../foundation/tables/text-table.ts";
import type { RuleFinding } from "../../../schema/logs/rule-finding.ts";
import type { ChecklistItem, RunChecklist } from "../../../schema/run/outcome/run-checklist.ts";
import { countChecks } from "../../../schema/run/outcome/run-checklist.ts";
import type { RunRules } from "../../../schema/run/outcome/run-rules.ts";
import { describeLogFinding } from "../../findings/describe-rule-finding.ts";
import type { Paint } from "../../paint.ts";
import { countOf } from "../../wording.ts";

/** The rule verdict of a run, in one row of a card. */
export function rulesText(rules: RunRules, paint: Paint): string {
  const edition = `edition ${rules.edition}`;
  if (hasNothingToCheck(rules)) return "nothing to check: the log contains no MLPerf lines";
  if (rules.verdict === "pass") {
    return `passed, ${countOf(rules.checkCount, "check")} ${scopeText(rules)}, ${edition}`;
  }
  const names = brokenNames(rules);
  return `${paint.bad(`${names.length} broken`)}: ${listNames(names)}; ${edition}`;
}

/** The rule verdict of several runs. */
export function seriesRulesText(all: readonly RunRules[], paint: Paint): string | undefined {
  const [first] = all;
  if (first === undefined) return undefined;
  if (all.length === 1) return rulesText(first, paint);
  const edition = `edition ${first.edition}`;
  const failing = all.filter(({ verdict }) => verdict !== "pass");
  if (failing.length === 0) {
    const checkCount = Math.max(...all.map((rules) => rules.checkCount));
    return `passed in all ${all.length} runs, ${countOf(checkCount, "check")} each, ${edition}`;
  }
  if (failing.every(hasNothingToCheck)) {
    return `${failing.length} of ${all.length} runs have no MLPerf lines to check; ${edition}`;
  }
  const names = [...new Set(failing.flatMap(brokenNames))];
  const where = `broken in ${failing.length} of ${all.length} runs`;
  return `${paint.bad(where)}: ${listNames(names)}; ${edition}`;
}

/** The rule status of a run in progress. */
export function checklistText(checklist: RunChecklist, paint: Paint): string {
  const { metCount, brokenCount, checkCount } = countChecks(checklist);
  const broken = brokenCount === 0 ? "" : `, ${paint.bad(`${brokenCount} broken`)}`;
  return `${metCount} of ${countOf(checkCount, "check")} met so far${broken}, edition ${checklist.edition}`;
}

/** Each checklist item with its state, and the finding if it is broken. */
export function checklistLines(checklist: RunChecklist, paint: Paint): string[] {
  const descriptions = new Map(
    checklist.findings.map((finding) => {
      const words = describeLogFinding(finding, checklist.edition);
      return [words.about, words.said];
    }),
  );
  const rows = checklist.items.map(({ name, state }) => [
    name,
    stateText(state, paint),
    descriptionOf(name, descriptions),
  ]);
  const columns = ["rule", "state", ""].map((head) => ({ head, align: "left" as const }));
  return layOutTable(columns, rows).map((line) => `  ${line}`);
}

/** A finding as a warning during the run. */
export function describeBroken(
  finding: RuleFinding,
  edition: string,
): { message: string; hint?: string } {
  const { about, said, why } = describeLogFinding(finding, edition);
  const message = `rule broken: \`${about}\` ${said}`;
  return why === undefined ? { message } : { message, hint: why };
}

/** Whether the log contains no lines that the rules read. */
export function hasNothingToCheck({ findings }: Pick<RunRules, "findings">): boolean {
  return findings.some(({ rule }) => rule === "no-lines");
}

function scopeText({ scope, benchmark }: RunRules): string {
  switch (scope) {
    case "benchmark":
      return `for ${benchmark ?? "the benchmark"}`;
    case "general":
      return "for any benchmark";
    case "clock":
      return "on the clock";
  }
}

function brokenNames({ findings, edition }: RunRules): string[] {
  const names = findings.map((finding: RuleFinding) => describeLogFinding(finding, edition).about);
  return [...new Set(names)];
}

/** The width available in a row of 80 columns. */
const listedWidth = 30;

function listNames(names: readonly string[]): string {
  let listed = "";
  for (const [index, name] of names.entries()) {
    const longer = listed === "" ? name : `${listed}, ${name}`;
    if (index > 0 && longer.length > listedWidth)
      return `${listed} and ${names.length - index} more`;
    listed = longer;
  }
  return listed;
}

function stateText(state: ChecklistItem["state"], paint: Paint): string {
  switch (state) {
    case "met":
      return paint.good("met");
    case "waiting":
      return paint.warn("waiting");
    case "broken":
      return paint.bad("broken");
  }
}

/** An item with several keys shows the findings for each of them. */
function descriptionOf(name: string, descriptions: ReadonlyMap<string, string>): string {
  const whole = descriptions.get(name);
  if (whole !== undefined) return whole;
  return name
    .split("|")
    .flatMap((key) => descriptions.get(key) ?? [])
    .join("; ");
}
