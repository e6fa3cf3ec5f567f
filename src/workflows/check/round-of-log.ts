import { UserError } from "../../foundation/user-error.ts";
import { checkableEditions } from "../../schema/logs/edition-name.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import { type EditionClue, findEditionClue } from "./find-edition-clue.ts";

/**
 * The round of a log, from its content; undefined if it has no MLPerf line.
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
}): Promise<MlperfEdition | undefined> {
  const clue = await findEditionClue(absolutePath);
  switch (clue.kind) {
    case "known":
      return clue.edition;
    case "no-lines":
      return undefined;
    case "round-0.5":
      return "training-0.5";
    case "inference":
      throw new UserError("log-of-inference", `\`${path}\` is an inference (LoadGen) log`, {
        at: path,
        hint: "Pitwall checks logs of MLPerf Training and HPC; use the submission checker of MLPerf Inference",
      });
    case "benchmark":
    case "no-benchmark":
      throw new UserError(
        "edition-unknown",
        `cannot determine the round of \`${path}\` from its path or content`,
        { at: path, ...whatIsKnown(clue) },
      );
  }
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
        : `benchmark \`${benchmark}\` is in ${editions.join(", ")}`,
    hint: `select the rules, for example \`--edition ${newestOf(editions.length === 0 ? checkableEditions : editions)}\``,
  };
}

function newestOf(editions: readonly MlperfEdition[]): string {
  return editions.findLast((each) => each.startsWith("training")) ?? editions.at(-1) ?? "";
}
