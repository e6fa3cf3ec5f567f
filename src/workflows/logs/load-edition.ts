import {
  borrowedEditions,
  type CompiledEdition,
  compileEdition,
  type CompileOptions,
} from "../../rules/compile-edition.ts";
import type { RuleEdition } from "../../schema/logs/rule-edition.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import { readRuleAmendments, readRuleEdition } from "../../store/catalogue/read-score-data.ts";

/** An edition's tables and the other inputs of its rules. Plain data that can be posted to threads. */
export interface EditionTables {
  edition: MlperfEdition;
  tables: RuleEdition;
  options: CompileOptions;
}

/** An edition's tables and the rules compiled from them. */
export interface LoadedEdition {
  tables: RuleEdition;
  rules: CompiledEdition;
}

/**
 * Reads an edition's tables from the package's data.
 *
 * @param asPublished the rules as applied at the round, if they have changed since
 */
export async function readEditionTables(
  edition: MlperfEdition,
  { asPublished }: { asPublished: boolean },
): Promise<EditionTables> {
  const tables = await readRuleEdition(edition);
  const borrowed = await Promise.all(borrowedEditions(tables).map((id) => readRuleEdition(id)));
  const amended = asPublished ? { asPublished: await readRuleAmendments() } : {};
  return { edition, tables, options: { borrowed, ...amended } };
}

/** Reads an edition's tables and compiles its rules. */
export async function loadEdition(
  edition: MlperfEdition,
  { asPublished }: { asPublished: boolean },
): Promise<LoadedEdition> {
  const { tables, options } = await readEditionTables(edition, { asPublished });
  return { tables, rules: compileEdition(tables, options) };
}
