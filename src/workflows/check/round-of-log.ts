import { UserError } from "../../foundation/errors/user-error.ts";
import type { PublishedRoundList } from "../../schema/atlas/rounds/published-round.ts";
import type { EditionAssumption } from "../../schema/logs/edition-assumption.ts";
import { checkableEditions } from "../../schema/logs/edition-name.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import { readShippedTable } from "../../store/catalogue/read-shipped-table.ts";
import { type EditionClue, findEditionClue } from "./find-edition-clue.ts";

/** The round of a log. */
export interface RoundOfLog {
  edition: MlperfEdition;
  /** Present if the log does not state the round. */
  assumption?: EditionAssumption;
}

/**
 * The round of a log, from its content; undefined if it has no MLPerf line. A benchmark of several rounds with a date is of
 * the first of them whose results were published after that date, otherwise of the newest; this is an assumption.
 *
 * @throws UserError `edition-unknown`, `log-of-inference`
 */
export async function roundInLog({
  absolutePath,
  path,
}: {
  absolutePath: string;
  /** As it is shown. */
  path: string;
}): Promise<RoundOfLog | undefined> {
  const clue = await findEditionClue(absolutePath);
  switch (clue.kind) {
    case "known":
      return { edition: clue.edition };
    case "no-lines":
      return undefined;
    case "round-0.5":
      return { edition: "training-0.5" };
    case "inference":
      throw new UserError("log-of-inference", `\`${path}\` is an inference (LoadGen) log`, {
        at: path,
        hint: "Pitwall checks logs of MLPerf Training and HPC; use the submission checker of MLPerf Inference",
      });
    case "benchmark":
    case "no-benchmark": {
      const assumed = clue.kind === "benchmark" ? await assumedRound(clue) : undefined;
      if (assumed !== undefined) return assumed;
      throw new UserError(
        "edition-unknown",
        `cannot determine the round of \`${path}\` from its path or content`,
        { at: path, ...whatIsKnown(clue) },
      );
    }
  }
}

/** The assumptions of several logs, one for each edition and benchmark. */
export function joinAssumptions(
  assumptions: readonly (EditionAssumption | undefined)[],
): EditionAssumption[] {
  const joined = new Map<string, EditionAssumption>();
  for (const each of assumptions) {
    if (each === undefined) continue;
    const key = `${each.edition} ${each.benchmark}`;
    const known = joined.get(key);
    const logCount = (known?.logCount ?? 0) + each.logCount;
    const isEarlier = known === undefined || each.loggedOn < known.loggedOn;
    joined.set(key, { ...(isEarlier ? each : known), logCount });
  }
  return [...joined.values()];
}

/** Undefined if no edition has the benchmark, or the log has no date. */
async function assumedRound({
  benchmark,
  editions,
  loggedMs,
}: Extract<EditionClue, { kind: "benchmark" }>): Promise<RoundOfLog | undefined> {
  if (editions.length === 0 || loggedMs === undefined) return undefined;
  const loggedOn = new Date(loggedMs).toISOString().slice(0, 10);
  const publishedOn = await publicationDates();
  const isOpen = (edition: string): boolean => loggedOn <= (publishedOn.get(edition) ?? "9999");
  const edition = editions.find(isOpen) ?? editions.at(-1);
  if (edition === undefined) return undefined;
  const published = publishedOn.get(edition);
  const assumption = { edition, benchmark, editions: [...editions], loggedOn, logCount: 1 };
  return {
    edition,
    assumption: {
      ...assumption,
      ...(published === undefined ? {} : { publishedOn: published }),
    },
  };
}

/** By edition, as ISO dates. */
async function publicationDates(): Promise<ReadonlyMap<string, string>> {
  const { entries } = await readShippedTable<PublishedRoundList>("rounds.json");
  return new Map(
    entries.map(({ suite, round, publishedOn }) => [
      suite.replace("mlperf-", "") + round.replace("v", "-"),
      publishedOn,
    ]),
  );
}

function whatIsKnown(clue: Extract<EditionClue, { kind: "benchmark" | "no-benchmark" }>) {
  if (clue.kind === "no-benchmark") {
    return {
      saw: "the log has no `submission_benchmark`",
      hint: `select the rules, for example \`--edition ${newestOf(checkableEditions)}\`; editions: ${checkableEditions.join(", ")}`,
    };
  }
  const { benchmark, editions } = clue;
  return {
    saw:
      editions.length === 0
        ? `benchmark \`${benchmark}\` is not in any edition`
        : `benchmark \`${benchmark}\` is in ${editions.join(", ")}, and the log has no date`,
    hint: `select the rules, for example \`--edition ${newestOf(editions.length === 0 ? checkableEditions : editions)}\``,
  };
}

function newestOf(editions: readonly MlperfEdition[]): string {
  return editions.findLast((each) => each.startsWith("training")) ?? editions.at(-1) ?? "";
}
