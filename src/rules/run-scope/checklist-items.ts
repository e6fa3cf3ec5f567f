import type { LiveChecklist } from "../log-check.ts";
import type { KeyRule, RuleFile } from "../../schema/logs/rule-edition.ts";
import type { RuleFinding } from "../../schema/logs/rule-finding.ts";
import type { ChecklistItem } from "../../schema/run/outcome/run-checklist.ts";

/**
 * Creates a checklist from the state of a log, with an item for each key that the applied rule files require and for
 * each optional key that was logged. Alternative keys share one item. Items for findings without a key come last:
 * `END`, `log`.
 *
 * @param seenKeys the keys logged so far
 */
export function checklistItems({
  files,
  seenKeys,
  live,
}: {
  files: readonly RuleFile[];
  seenKeys: ReadonlySet<string>;
  live: LiveChecklist;
}): ChecklistItem[] {
  const broken = new Set(live.findings.map(aboutOf));
  const waiting = new Set([...live.waitingFor, ...live.notMetYet]);
  const states = new Map<string, ChecklistItem["state"]>();
  for (const rule of rulesInForce(files, live.files)) {
    const name = itemName(rule);
    const isRequired = rule.require !== "optional" && rule.require !== "none";
    const isBroken = broken.has(rule.key) || broken.has(name);
    broken.delete(rule.key);
    if (!isRequired && !isBroken && !seenKeys.has(rule.key)) continue;
    const isWaiting = waiting.has(rule.key) || waiting.has(name);
    const state = isBroken ? "broken" : isWaiting ? "waiting" : "met";
    const before = states.get(name);
    states.set(name, before === undefined ? state : worse(before, state));
  }
  const rest = [...broken].filter((name) => !states.has(name));
  return [
    ...[...states].map(([name, state]) => ({ name, state })),
    ...rest.map((name) => ({ name, state: "broken" as const })),
  ];
}

/** Returns one rule per key. If several files have a rule for a key, the file added last takes precedence. */
function rulesInForce(files: readonly RuleFile[], names: readonly string[]): Iterable<KeyRule> {
  const byKey = new Map<string, KeyRule>();
  for (const name of names) {
    const file = files.find((each) => each.name === name);
    for (const rule of file?.keys ?? []) byKey.set(rule.key, rule);
  }
  return byKey.values();
}

/** The name that the rule engine uses for a set of alternative keys. */
function itemName({ key, require }: KeyRule): string {
  if (typeof require !== "object" || !("atLeastOneOr" in require)) return key;
  return [...new Set([key, ...require.atLeastOneOr])].toSorted().join("|");
}

function aboutOf(finding: RuleFinding): string {
  if ("key" in finding) return finding.key;
  if (finding.rule === "keys-missing") return finding.oneOf.join("|");
  return finding.rule === "end-check-failed" ? "END" : "log";
}

const order = ["met", "waiting", "broken"] as const;

function worse(a: ChecklistItem["state"], b: ChecklistItem["state"]): ChecklistItem["state"] {
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}
