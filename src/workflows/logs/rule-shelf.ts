import { type CompiledEdition, compileEdition } from "../../rules/compile-edition.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { EditionTables } from "./load-edition.ts";
import type { LogRules } from "./log-checker.ts";

/** The rules that a thread has at hand, made ready when a log first asks for them. */
export class RuleShelf {
  readonly #tables: ReadonlyMap<MlperfEdition, EditionTables>;
  readonly #compiled = new Map<MlperfEdition, CompiledEdition>();

  constructor(editions: readonly EditionTables[]) {
    this.#tables = new Map(editions.map((each) => [each.edition, each]));
  }

  /** What a log of this edition is held to; the shelf has no tables for rounds without rules. */
  rulesOf(edition: MlperfEdition | undefined): LogRules | undefined {
    if (edition === undefined) return undefined;
    const found = this.#compiled.get(edition);
    if (found !== undefined) return found;
    const tables = this.#tables.get(edition);
    if (tables === undefined) return { withoutRules: edition };
    const rules = compileEdition(tables.tables, tables.options);
    this.#compiled.set(edition, rules);
    return rules;
  }
}
