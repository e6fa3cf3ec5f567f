import { UserError } from "../foundation/errors/user-error.ts";
import type { RuleAmendment, RuleEdition, RuleFile } from "../schema/logs/rule-edition.ts";
import type { Term } from "../schema/logs/rule-formula.ts";
import { type CompiledFile, compileRuleFile } from "./compile-rule-file.ts";
import type { EditionRules } from "./edition-rules.ts";
import { type LogCheck, startLogCheck } from "./log-check.ts";

/** A compiled rule edition that can check logs. */
export interface CompiledEdition {
  edition: string;
  asPublished: boolean;
  /** Every key that a rule of the edition reads. */
  knownKeys: ReadonlySet<string>;
  /** Starts a check of one log. */
  start(): LogCheck;
}

export interface CompileOptions {
  /** The editions that this edition borrows files from: see `borrowedEditions`. Default: none. */
  borrowed?: readonly RuleEdition[];
  /** Uses the rules as applied in the round. Default: the rules of the current official checker. */
  asPublished?: readonly RuleAmendment[];
}

/**
 * Compiles an edition's tables into functions that can check any number of logs.
 *
 * @throws UserError `rules-edition-missing` if the edition borrows files from an edition that was not passed
 */
export function compileEdition(
  edition: RuleEdition,
  options: CompileOptions = {},
): CompiledEdition {
  const amendments = (options.asPublished ?? []).filter((each) => each.edition === edition.edition);
  const editions = [amend(edition, amendments), ...(options.borrowed ?? [])];
  const missing = borrowedEditions(edition).find(
    (id) => !editions.some((each) => each.edition === id),
  );
  if (missing !== undefined) {
    throw new UserError(
      "rules-edition-missing",
      `edition \`${edition.edition}\` uses rules of \`${missing}\`, which was not provided`,
      {
        hint: `pass \`${missing}\` as one of the base editions`,
      },
    );
  }
  const files = editions.flatMap((each) => each.files);
  const rules: EditionRules = {
    edition: edition.edition,
    asPublished: options.asPublished !== undefined,
    files: new Map(editions.map((each) => [each.edition, compileFiles(each)])),
    keys: new Set([...files.flatMap((file) => file.keys.map(({ key }) => key)), "eval_accuracy"]),
    metadataNames: new Set(["metric", ...files.flatMap(metadataNamesOf)]),
    warnsIfMissing: new Set(
      amendments.flatMap((each) => (each.kind === "warn-if-missing" ? [each.key] : [])),
    ),
    warnsAtEnd: amendments.some((each) => each.kind === "warn-at-end"),
  };
  const { asPublished } = rules;
  return {
    edition: edition.edition,
    asPublished,
    knownKeys: rules.keys,
    start: () => startLogCheck(rules),
  };
}

/** Returns the other editions whose files an edition uses. */
export function borrowedEditions(edition: RuleEdition): string[] {
  const actions = edition.files.flatMap((file) =>
    file.keys.flatMap((rule) => [...rule.remember, ...rule.then]),
  );
  const named = actions.flatMap((action) =>
    "useRules" in action && action.edition !== undefined ? [action.edition] : [],
  );
  return [...new Set(named)].filter((id) => id !== edition.edition);
}

function compileFiles(edition: RuleEdition): Map<string, CompiledFile> {
  return new Map(edition.files.map((file) => [file.name, compileRuleFile(edition.edition, file)]));
}

function amend(edition: RuleEdition, amendments: readonly RuleAmendment[]): RuleEdition {
  const isDropped = (file: RuleFile, key: string) =>
    amendments.some(
      (each) => each.kind === "drop-key" && each.file === file.name && each.key === key,
    );
  return {
    ...edition,
    files: edition.files.map((file) =>
      Object.assign({}, file, { keys: file.keys.filter(({ key }) => !isDropped(file, key)) }),
    ),
  };
}

/** Finds every `{"meta": name}` in a file, at any depth. */
function metadataNamesOf(file: RuleFile): string[] {
  const names = file.special === undefined ? [] : [file.special.groupBy];
  const visit = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    if (isMeta(part)) names.push(part.meta);
    for (const inner of Object.values(part)) visit(inner);
  };
  visit(file.keys);
  visit(file.end);
  return names;
}

function isMeta(part: object): part is Extract<Term, { meta: string }> {
  return "meta" in part && typeof part.meta === "string";
}
