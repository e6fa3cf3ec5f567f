import {
  borrowedEditions,
  type CompiledEdition,
  compileEdition,
} from "../../rules/compile-edition.ts";
import type { RuleFile } from "../../schema/logs/rule-edition.ts";
import { readRuleEdition } from "../../store/catalogue/read-score-data.ts";
import { type RunRulesChoice, tablesOfScope } from "../../rules/run-scope/choose-run-rules.ts";

/** Rules for a run, ready to check its log, and the files that a checklist is made of. */
export interface RunRulesTables {
  files: readonly RuleFile[];
  rules: CompiledEdition;
}

/** The package's data stays as it is while a program runs. */
const loaded = new Map<string, Promise<RunRulesTables>>();

/** Reads the rules that were chosen off the package's data, once each for all runs of a series. */
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
