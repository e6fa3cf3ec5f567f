import { parseLog } from "../../mllog/parse-log.ts";
import type { CompiledEdition } from "../../rules/compile-edition.ts";
import { editionNamed } from "../../schema/logs/edition-name.ts";
import type { LogVerdict } from "../../schema/logs/log-verdict.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import { loadEdition } from "../logs/load-edition.ts";
import { withFormCauses } from "../logs/read-form-causes.ts";
import { LogChecker } from "../logs/log-checker.ts";

/** The rules for checking a log. */
export interface CheckLogOptions {
  /** The round's rules: `training-5.1`, `5.1`, `hpc-3.0`. */
  edition: string;
  /** The expected division; a log of another one fails with `division-differs`. Default: the log's own. */
  division?: "closed" | "open";
  /** Uses the rules as applied at the round, if they have changed since. Default false. */
  asPublished?: boolean;
}

/**
 * Checks one MLPerf log against a round's rules, as the official compliance checker does. It reads only the package's
 * own rule tables. Times are in milliseconds; lines are numbered from 1.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { checkLog } from "pitwall";
 *
 * const log = await readFile("result_4.txt");
 * const { verdict, failingKeys, findings } = await checkLog(log, { edition: "training-5.0" });
 * console.log(verdict, failingKeys);
 * for (const finding of findings) console.log(finding.rule);
 * ```
 *
 * @param log the bytes of a log file, not packed, or its text
 * @throws UserError `edition-unknown`, `edition-without-rules`; a log that breaks the rules is a verdict, not an error
 */
export async function checkLog(
  log: Uint8Array | string,
  { edition, division, asPublished = false }: CheckLogOptions,
): Promise<LogVerdict> {
  const rules = await rulesOf(editionNamed(edition), asPublished);
  const checker = new LogChecker(rules);
  checker.push(parseLog(log).lines);
  const fileFindings = log.length === 0 ? [{ rule: "file-empty" as const }] : [];
  const { verdict } = checker.finish(fileFindings, division);
  return withFormCauses(verdict, () => [
    typeof log === "string" ? new TextEncoder().encode(log) : log,
  ]);
}

const compiled = new Map<string, Promise<CompiledEdition>>();

/** Reading and compiling an edition takes longer than checking most logs, so compiled editions are cached. */
function rulesOf(edition: MlperfEdition, asPublished: boolean): Promise<CompiledEdition> {
  const name = `${edition} ${asPublished ? "as published" : "today"}`;
  const found =
    compiled.get(name) ?? loadEdition(edition, { asPublished }).then(({ rules }) => rules);
  compiled.set(name, found);
  return found;
}
