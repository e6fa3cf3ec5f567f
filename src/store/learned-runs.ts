import { join } from "node:path";
import { UserError } from "../foundation/errors/user-error.ts";
import type { LearnedRun, learnedRun } from "../schema/plan/learned-run.ts";
import { onDisk } from "./disk-error.ts";
import { fileKind, readText, unreadableFile } from "./open-file.ts";
import { prepareHome } from "./records/find/home-directory.ts";
import { writeAtomically } from "./write-atomically.ts";

const fileName = "plan-calibration.jsonl";

/** Where plans keep what they learned from runs, in a home. */
export function learnedRunsPath(home: string): string {
  return join(home, fileName);
}

/**
 * What plans learned from runs, in the order of learning.
 *
 * @throws UserError `file-unreadable`, `calibration-invalid`
 */
export async function readLearnedRuns(home: string): Promise<LearnedRun[]> {
  const path = learnedRunsPath(home);
  if ((await fileKind(path)) === "missing") return [];
  const read = await readText(path, { followsLinks: true });
  if (read.kind !== "read") throw unreadableFile(path, read);
  // Loaded only for a file that exists: loading the validator takes a tenth of a plan.
  const schema = (await import("../schema/plan/learned-run.ts")).learnedRun;
  return read.text
    .split("\n")
    .flatMap((line, at) =>
      line.trim() === "" ? [] : [parseLine(line, `${path}:${at + 1}`, schema)],
    );
}

/**
 * Adds runs; a run that was learned before is replaced. The file is written anew and renamed into place.
 *
 * @returns all runs
 * @throws UserError `calibration-invalid`; and what the disk reports
 */
export async function addLearnedRuns(
  home: string,
  runs: readonly LearnedRun[],
): Promise<LearnedRun[]> {
  const earlier = await readLearnedRuns(home);
  if (runs.length === 0) return earlier;
  const isNew = new Set(runs.map(({ runId }) => runId));
  const all = [...earlier.filter(({ runId }) => !isNew.has(runId)), ...runs];
  const path = learnedRunsPath(home);
  await prepareHome(home);
  await onDisk({ doing: "write the calibration", path, chosenBy: "home" }, () =>
    writeAtomically(path, all.map((run) => `${JSON.stringify(run)}\n`).join("")),
  );
  return all;
}

function parseLine(line: string, at: string, schema: typeof learnedRun): LearnedRun {
  const parsed = schema.safeParse(parsedJson(line));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError("calibration-invalid", "a line of the calibration is not valid", {
    at,
    saw: `${issue?.path.join(".") || "the line"}: ${issue?.message ?? ""}`,
    hint: "remove the line, or plan with `--no-calibration`; `pitwall schema plan-calibration` describes it",
  });
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
