import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pitwall } from "../support/pitwall.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";

const cwd = mkdtempSync(join(tmpdir(), "pitwall-runs-"));
afterAll(() => rmSync(cwd, { recursive: true }));

async function train(words: readonly string[], values: readonly number[], name: string) {
  const command = writeTraining(cwd, { values, everyMs: 1 });
  await pitwall(["run", ...readsAccuracy, "--name", name, ...words, "--quiet", "--", ...command], {
    cwd,
  });
}

interface Row {
  name: string;
  runId: string;
  runIds: string[];
  summary: unknown;
  request: { startable: { name: string } };
}

async function listed(...words: string[]): Promise<Row[]> {
  const { stdout } = await pitwall(["runs", ...words, "--json"], { cwd });
  return JSON.parse(stdout).result;
}

async function namesOf(...words: string[]) {
  const rows = await listed(...words);
  return rows.map(({ request }) => request.startable.name);
}

describe("pitwall runs", () => {
  beforeAll(async () => {
    await train(["--tag", "lr=0.1", "--tag", "baseline"], [0.95], "first");
    await train(["--tag", "lr=0.2"], [0.97], "second");
    await train([], [0.5], "third");
    await train(["--runs", "3", "--tag", "lr=0.1"], [0.99], "series");
  });

  test.for([
    [
      ["--tag", "lr=0.1"],
      ["first", "series", "series", "series"],
    ],
    [["--tag", "lr=0.1", "--tag", "baseline"], ["first"]],
    [
      ["--tag", "lr", "--last", "4"],
      ["second", "series", "series", "series"],
    ],
    [["--status", "missed"], ["third"]],
    [["--workload", "second"], ["second"]],
    [["--since", "1d", "--status", "missed"], ["third"]],
    [["--since", "2099-01-01"], []],
    [
      ["--sort", "name", "--last", "5", "--reverse"],
      ["third", "series", "series", "series", "second"],
    ],
    [
      ["--sort", "quality", "--reverse", "--last", "5"],
      ["series", "series", "series", "second", "third"],
    ],
  ])("%j selects and sorts", async ([words = [], names]) => {
    expect(await namesOf(...words)).toEqual(names);
  });

  test("`--group` prints one row per series, led by its MLPerf mean", async () => {
    const rows = await listed("--group", "--tag", "lr=0.1");
    expect(rows.map(({ name, runIds }) => [name, runIds.length])).toEqual([
      ["first", 1],
      ["series", 3],
    ]);
    expect(rows[1]?.summary).toMatchObject({ score: { kind: "scored" }, reachedCount: 3 });
    const { stdout } = await pitwall(["runs", "--group"], { cwd });
    const [head = "", ...lines] = stdout.split("\n");
    expect(head).toMatch(/^series +MLPerf mean +median/u);
    expect(lines.find((line) => line.startsWith("series-"))).toMatch(/3 of 3/u);
  });

  test("says that no run matches, and suggests the nearest name", async () => {
    const answer = await pitwall(["runs", "--workload", "secnd"], { cwd });
    expect(answer).toMatchObject({ exitCode: 0, stdout: "" });
    expect(answer.stderr).toContain("no run matches, of 6 on record");
    expect(answer.stderr).toContain("did you mean `--workload second`?");
  });

  test.for([
    [["--tag", "=x"], "tag-invalid"],
    [["--since", "yesterday"], "since-invalid"],
    [["--since", "2026-13-45"], "since-invalid"],
    [["--status", "reachd"], "option-invalid"],
  ] as const)("refuses %j", async ([words, code]) => {
    const { exitCode, stdout } = await pitwall(["runs", ...words, "--json"], { cwd });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error.code).toBe(code);
  });

  test("`runs label` changes tags and notes afterwards, and archives runs", async () => {
    const third = ["runs", "label", (await listed("--workload", "third"))[0]?.runId ?? ""];
    const added = await pitwall([...third, "--tag", "lr=0.3", "--note", "too slow"], { cwd });
    expect(added).toMatchObject({ exitCode: 0 });
    expect(added.stdout).toMatch(/lr=0\.3 {2}too slow/u);
    expect(await namesOf("--tag", "lr=0.3")).toEqual(["third"]);
    await pitwall([...third, "--archive"], { cwd });
    expect(await namesOf("--tag", "lr=0.3")).toEqual([]);
    expect(await namesOf("--tag", "lr=0.3", "--archived")).toEqual(["third"]);
    const { stderr } = await pitwall(["runs", "--tag", "lr=0.3"], { cwd });
    expect(stderr).toContain("1 archived: `--archived` shows them");
    await pitwall([...third, "--unarchive", "--remove-tag", "lr", "--note", ""], { cwd });
    expect(await namesOf("--workload", "third")).toEqual(["third"]);
    const verified = await pitwall(["verify", third[2] ?? ""], { cwd });
    expect(verified.exitCode).toBe(0);
  });

  test.for([
    [["last"], "nothing-to-change"],
    [["last", "--tag", "=x"], "tag-invalid"],
    [["last", "--archive", "--unarchive"], "options-conflict"],
    [["nothing", "--archive"], "unknown-run"],
  ] as const)("`runs label` refuses %j", async ([words, code]) => {
    const { exitCode, stdout } = await pitwall(["runs", "label", ...words, "--json"], { cwd });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error.code).toBe(code);
  });
});
