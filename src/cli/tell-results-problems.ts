import type { ResultsProblem } from "../schema/atlas/results-problem.ts";
import type { Face, SharedOptions } from "./command-table.ts";

/** Warns of rounds that could not be read; the answer stands without them. */
export async function tellResultsProblems(
  problems: readonly ResultsProblem[],
  face: Face,
  shared: SharedOptions,
): Promise<void> {
  if (problems.length === 0 || shared.quiet) return;
  const { describeResultsProblem } = await import("../report/describe-results-problem.ts");
  const { paint } = face.err;
  for (const problem of problems) {
    const { code, message, hint } = describeResultsProblem(problem);
    face.err.tell(
      `${paint.warn(`warning[${code}]`)}: ${message}\n${paint.name("hint")}: ${hint}\n`,
    );
  }
}
