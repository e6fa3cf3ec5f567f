import {
  borrowedEditions,
  type CompiledEdition,
  compileEdition,
} from "../../../rules/compile-edition.ts";
import type { RuleFile } from "../../../schema/logs/rule-edition.ts";
import { readRuleEdition } from "../../../store/catalogue/read-score-data.ts";
import { type RunRulesChoice, tablesOfScope } from "../../../rules/run-scope/choose-run-rules.ts";

/** The rules to check a run's log, and the rule files for its checklist. */
export interface RunRulesTables {
  files: readonly RuleFile[];
  rules: CompiledEdition;
}

/** The package's data does not change while a program runs. */
const loaded = new Map<string, Promise<RunRulesTables>>();

/** Reads the chosen rules from the package's data, once for all runs of a series. */
export function loadRunRules({ edition, scope }: RunRulesChoice): Promise<RunRulesTables> {
  const name = `${edition} ${scope}`;
  const rules = loaded.get(name) ?? readRules({ edition, scope });
  loaded.set(name, rules);
  return rules;
}

async function readRules({ edition, scope }: RunRulesChoice): Promise<RunRulesTables> {
  const tables = tablesOfScope(await readRuleEdition(edition), scope);
  const borrowed = await Promise.all(borrowedEditions(tables).map((id) => readRuleEdition(id)));
  return {
    files: [tables, ...borrowed].flatMap(({ files }) => files),
    rules: compileEdition(tables, { borrowed }),
  };
}
