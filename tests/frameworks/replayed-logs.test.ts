import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pitwall } from "../support/pitwall.ts";
import { frameworkLogs } from "./framework-logs.ts";

function fileAt(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

describe("pitwall run, of a program that prints the log of", () => {
  test.each(frameworkLogs)("$framework", async ({ log, target, values, findings = [] }) => {
    const command = [process.execPath, fileAt("replay.mjs"), fileAt(`logs/${log}`)];
    const answer = await pitwall(["run", "--target", target, "--json", "--", ...command]);
    expect(answer.exitCode, answer.stderr).toBe(0);
    const [run] = JSON.parse(answer.stdout).result.runs;
    const read = run.evaluations.map(({ value }: { value: number }) => value);
    // Values after the target depend on how quickly the program is stopped.
    expect(read.slice(0, values.length)).toEqual(values);
    expect(run.outcome).toMatchObject({ kind: "reached", quality: values.at(-1) });
    const crossing = run.evaluations[values.length - 1];
    expect(run.outcome.timeToTrainMs).toBe(crossing.clockMs);
    const rules = run.findings.map(({ rule }: { rule: string }) => rule);
    expect(rules.toSorted()).toEqual([...findings].toSorted());
  });
});
