import type { ResultsProblem } from "../schema/atlas/results-problem.ts";
import type { Face, SharedOptions } from "./command-table.ts";

/** Columns a table may take: the terminal's; where there is none, as many as two halves of a page have. */
export function tableWidth({ out }: Face): number {
  return out.isTerminal ? out.columns : 120;
}

/** Columns of a table that has no limit of its own: the terminal's; without a terminal, any number. */
export function screenWidth({ out }: Pick<Face, "out">): number {
  return out.isTerminal ? out.columns : Number.POSITIVE_INFINITY;
}

/** Folders of results that could not be read, on standard error. */
export async function printProblems(
  problems: readonly ResultsProblem[],
  face: Face,
  shared: SharedOptions,
): Promise<void> {
  if (shared.quiet || problems.length === 0) return;
  const { describeResultsProblem } = await import("../report/findings/describe-results-problem.ts");
  for (const problem of problems) {
    const { message, hint } = describeResultsProblem(problem);
    face.err.print(`${face.err.paint.warn("warning:")} ${message}\nhint: ${hint}\n`);
  }
}

/** One JSON document with everything, as every command prints it. */
export function writeJson(face: Face, command: string, result: unknown): void {
  face.out.write(`${JSON.stringify({ schemaVersion: 1, command, ok: true, result })}\n`);
}

/** A path as the user typed it, seen from where they stand. */
export async function absolutePath(
  path: string | undefined,
  cwd: string,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const nodePath = await import("node:path");
  return nodePath.resolve(cwd, path);
}
