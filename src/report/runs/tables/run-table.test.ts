import { describe, expect, test } from "vitest";
import { exampleRequest, exampleVerdict } from "../../../../tests/support/example-run.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import { plainPaint } from "../../paint.ts";
import { runTable, type RunRow } from "./run-table.ts";

function row(runId: string, name: string): Extract<RunRow, { kind: "readable" }> {
  const startable = { kind: "command" as const, name, command: ["true"], cwd: "/", env: {} };
  const request = exampleRequest({ runId, createdMs: 0, startable });
  return { kind: "readable", runId, state: { kind: "abandoned" }, request, result: undefined };
}

describe("the list of runs", () => {
  test("shows names that an id cannot spell, in any alphabet", () => {
    const rows = [row("toy-1", "toy"), row("run-2", "学習"), row("bert-3", "BERT große")];
    const lines = runTable(rows, {
      nowMs: 0,
      width: Number.POSITIVE_INFINITY,
      paint: plainPaint,
    }).split("\n");
    expect(lines.map((line) => line.replace(/ (seed|1) .*/u, " $1"))).toEqual([
      "run     name        seed",
      "toy-1                  1",
      "run-2   学習           1",
      "bert-3  BERT große     1",
    ]);
  });

  test("says of a run without its Pitwall process whether its job may continue", () => {
    const local = row("toy-1", "toy");
    const request: RunRequest = {
      ...local.request,
      launchTarget: { kind: "slurm", nodes: 2, ranks: { perHost: 1, starter: "torchrun" } },
    };
    const remote = { ...local, request };
    const look = { nowMs: 0, width: Number.POSITIVE_INFINITY, paint: plainPaint };
    const [, first = "", second = ""] = runTable([local, remote], look).split("\n");
    expect(first).toMatch(/abandoned$/u);
    expect(second).toMatch(/abandoned, its job may continue$/u);
  });

  test("has no column of names where ids say them all", () => {
    expect(
      runTable([row("toy-1", "toy")], {
        nowMs: 0,
        width: Number.POSITIVE_INFINITY,
        paint: plainPaint,
      }),
    ).not.toContain("name");
  });

  test.each([50, 80, 120])("fits %d columns, and names the columns it dropped", (width) => {
    const rows = [row("run-20261128-171528-abcd-1", "a name of some length"), row("run-2", "b")];
    const lines = runTable(rows, { nowMs: 1e9, width, paint: plainPaint }).split("\n");
    const [head = "", first = ""] = lines;
    expect(Math.max(head.length, first.length)).toBeLessThanOrEqual(width);
    expect(first).toContain("abandoned".slice(0, 8));
    const isDropped = ["seed", "quality", "cost", "started"].some((name) => !head.includes(name));
    expect(lines.at(-1)?.startsWith("not shown: ")).toBe(isDropped);
  });

  test("keeps one line per run, whatever its name or fault holds", () => {
    const broken = { kind: "broken" as const, runId: "bad-1", reason: "two\nlines" };
    const lines = runTable([row("toy-1", "a\nb\u2028c"), broken], {
      nowMs: 0,
      width: Number.POSITIVE_INFINITY,
      paint: plainPaint,
    }).split(/[\n\u2028]/u);
    expect(lines).toHaveLength(3);
    expect(lines[2]).toContain("broken: two lines");
  });

  test("gives a run that resumed from a checkpoint no time to train", () => {
    const resumed = exampleRequest({ runId: "toy-1" });
    const verdict = exampleVerdict("toy-1");
    const findings = [{ rule: "resumed-from-checkpoint" as const, line: "resuming" }];
    const result = { ...verdict, findings, files: {} };
    const look = { nowMs: 0, width: Number.POSITIVE_INFINITY, paint: plainPaint };
    const finished: RunRow = {
      kind: "readable",
      runId: "toy-1",
      state: { kind: "finished" },
      request: resumed,
      result,
    };
    const [, line = ""] = runTable([finished], look).split("\n");
    expect(line).toContain("reached, resumed from a checkpoint");
    expect(line).not.toContain("1.00 s ");
  });
});
