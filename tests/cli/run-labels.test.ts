import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";

async function requestOf(words: readonly string[], cwd: string) {
  const answer = await pitwall(words, { cwd });
  const listed = await pitwall(["runs", "--json"], { cwd });
  return { answer, request: JSON.parse(listed.stdout).result.at(-1)?.request };
}

describe("names, tags and notes of runs", () => {
  test("a program's runs have its tags and note on record, and `show` prints them", async () => {
    const cwd = temporaryFolder();
    const command = writeTraining(cwd);
    const labels = ["--tag", "lr=0.1", "--tag", "baseline", "--note", "first attempt"];
    const { request } = await requestOf(
      ["run", ...readsAccuracy, ...labels, "--quiet", "--", ...command],
      cwd,
    );
    expect(request.labels).toEqual({ tags: { lr: "0.1", baseline: "" }, note: "first attempt" });
    const { stdout } = await pitwall(["show", "last"], { cwd });
    expect(stdout).toContain("lr=0.1, baseline");
    expect(stdout).toContain("first attempt");
  });

  test("`--name` names the runs of a built-in workload, and of a workload file", async () => {
    const cwd = temporaryFolder();
    const named = ["run", "digits", "--name", "digits-fast", "--max-samples", "1"];
    const { request } = await requestOf([...named, "--quiet"], cwd);
    expect(request.startable.name).toBe("digits");
    expect(request.labels).toEqual({ name: "digits-fast" });
    expect(request.runId).toMatch(/^digits-fast-/u);
    const command = JSON.stringify(writeTraining(cwd));
    writeFileSync(
      join(cwd, "work.yaml"),
      `command: ${command}\ntarget: accuracy>=0.94\ntags: { lr: 0.1 }\nnote: from the file\n`,
    );
    const overridden = ["run", "work.yaml", "--name", "other", "--tag", "lr=0.2", "--quiet"];
    const fromFile = await requestOf(overridden, cwd);
    expect(fromFile.request.startable.name).toBe("other");
    expect(fromFile.request.labels).toEqual({ tags: { lr: "0.2" }, note: "from the file" });
  });

  test("a repeated run keeps its tags", async () => {
    const cwd = temporaryFolder();
    const command = writeTraining(cwd);
    await pitwall(["run", ...readsAccuracy, "--tag", "a=1", "--quiet", "--", ...command], { cwd });
    const { request } = await requestOf(["rerun", "last", "--quiet"], cwd);
    expect(request.labels).toEqual({ tags: { a: "1" } });
  });

  test.for([
    ["--tag", "=1", "tag-invalid"],
    ["--tag", "two words", "tag-invalid"],
    ["--name", " ", "name-invalid"],
    ["--note", "x".repeat(4001), "note-too-long"],
  ])("refuses a wrong `%s`", async ([option = "", value = "", code = ""]) => {
    const cwd = temporaryFolder();
    const words = ["run", "--target", "a>=1", option, value, "--json", "--", "true"];
    const answer = await pitwall(words, { cwd });
    expect(answer.exitCode).toBe(2);
    expect(JSON.parse(answer.stdout).error.code).toBe(code);
  });
});
