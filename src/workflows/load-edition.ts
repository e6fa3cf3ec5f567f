import {
  borrowedEditions,
  type CompiledEdition,
  compileEdition,
} from "../rules/compile-edition.ts";
import type { RuleEdition } from "../schema/rule-edition.ts";
import type { MlperfEdition } from "../schema/mlperf-round.ts";
import { readRuleAmendments, readRuleEdition } from "../store/read-score-data.ts";

/** An edition's tables, and the rules made of them. */
export interface LoadedEdition {
  tables: RuleEdition;
  rules: CompiledEdition;
}

/**
 * Reads an edition's rules off the package's data and makes them ready to check logs.
 *
 * @param asPublished as they were applied at the round, where they are other ones today
 */
export async function loadEdition(
  edition: MlperfEdition,
  { asPublished }: { asPublished: boolean },
): Promise<LoadedEdition> {
  const tables = await readRuleEdition(edition);
  const borrowed = await Promise.all(borrowedEditions(tables).map((id) => readRuleEdition(id)));
  const amended = asPublished ? { asPublished: await readRuleAmendments() } : {};
  return { tables, rules: compileEdition(tables, { borrowed, ...amended }) };
}

/** Editions loaded once each; for one kind of rules. */
export class EditionShelf {
  private readonly asPublished: boolean;
  private readonly loaded = new Map<MlperfEdition, Promise<LoadedEdition>>();

  constructor(asPublished: boolean) {
    this.asPublished = asPublished;
  }

  get(edition: MlperfEdition): Promise<LoadedEdition> {
    const found =
      this.loaded.get(edition) ?? loadEdition(edition, { asPublished: this.asPublished });
    this.loaded.set(edition, found);
    return found;
  }
}
