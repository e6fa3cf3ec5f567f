import { type CompiledEdition, compileEdition } from "../../rules/compile-edition.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { EditionTables } from "./load-edition.ts";
import type { LogRules } from "./log-checker.ts";

/** The compiled rule editions of a thread. Each edition is compiled when the first log needs it. */
export class RuleCache {
  readonly #tables: ReadonlyMap<MlperfEdition, EditionTables>;
  readonly #compiled = new Map<MlperfEdition, CompiledEdition>();

  constructor(editions: readonly EditionTables[]) {
    this.#tables = new Map(editions.map((each) => [each.edition, each]));
  }

  /** The rules to check a log of this edition against; rounds without rules have no tables. */
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
