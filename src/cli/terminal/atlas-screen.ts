import type { BenchmarkAlias } from "../../schema/atlas/rounds/benchmark-alias.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { Face, SharedOptions } from "../command-table.ts";

/** Maximum width of a table: that of the terminal; without a terminal, the width of a two-column page. */
export function tableWidth({ out }: Face): number {
  return out.isTerminal ? out.columns : 120;
}

/** Maximum width of a table without its own limit: that of the terminal; unlimited without a terminal. */
export function screenWidth({ out }: Pick<Face, "out">): number {
  return out.isTerminal ? out.columns : Number.POSITIVE_INFINITY;
}

/** Warns on standard error about results folders that could not be read. */
export async function printProblems(
  problems: readonly ResultsProblem[],
  face: Face,
  shared: SharedOptions,
): Promise<void> {
  if (shared.quiet || problems.length === 0) return;
  const { describeResultsProblem } =
    await import("../../report/findings/describe-results-problem.ts");
  for (const problem of problems) {
    const { message, hint } = describeResultsProblem(problem);
    face.err.print(`${face.err.paint.warn("warning:")} ${message}\nhint: ${hint}\n`);
  }
}

/** Reports on standard error which benchmark a name of the filter stands for. */
export async function printAliases(
  aliases: readonly BenchmarkAlias[],
  face: Face,
  shared: SharedOptions,
): Promise<void> {
  if (shared.quiet || aliases.length === 0) return;
  const { describeAlias } = await import("../../report/atlas/wording.ts");
  for (const alias of aliases) face.err.print(`note: ${describeAlias(alias)}\n`);
}

/** Prints the complete result as one JSON document. */
export function writeJson(face: Face, command: string, result: unknown): void {
  face.out.write(`${JSON.stringify({ schemaVersion: 1, command, ok: true, result })}\n`);
}

/** Resolves a path that the user typed against the working directory. */
export async function absolutePath(
  path: string | undefined,
  cwd: string,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const nodePath = await import("node:path");
  return nodePath.resolve(cwd, path);
}
