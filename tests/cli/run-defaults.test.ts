import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { writeTraining } from "../support/programs.ts";

function folderWith(defaults: string, name = "pitwall.yaml") {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, name), defaults);
  return { cwd, command: writeTraining(cwd, { everyMs: 1 }) };
}

async function newest(cwd: string) {
  const { stdout } = await pitwall(["runs", "--json"], { cwd });
  return JSON.parse(stdout).result.at(-1).request;
}

const defaults = `target: val_acc>=0.94
price: 12.29/h
tags: { team: vision, lr: 1 }
env: { A: "1", B: "1" }
`;

describe("defaults of pitwall run", () => {
  test("`pitwall.yaml` of the working folder completes a call, and says so", async () => {
    const { cwd, command } = folderWith(defaults);
    const words = ["run", "--tag", "lr=2", "--env", "B=2", "--", ...command];
    const { exitCode, stderr } = await pitwall(words, { cwd });
    expect(exitCode).toBe(0);
    expect(stderr).toContain("note: defaults from `pitwall.yaml`: tags, env, target, price");
    const request = await newest(cwd);
    expect(request.target).toMatchObject({ metric: "val_acc", value: 0.94 });
    expect(request.price).toMatchObject({ usdPerHour: 12.29 });
    expect(request.labels.tags).toEqual({ team: "vision", lr: "2" });
    expect(request.startable.env).toEqual({ A: "1", B: "2" });
  });

  test("options and workload files take precedence; a target of their own replaces the metric", async () => {
    const { cwd, command } = folderWith("metric: 'x=(\\S+)'\ntarget: x>=1\nruns: 2\nseed: 5\n");
    writeFileSync(
      join(cwd, "work.yaml"),
      `command: ${JSON.stringify(command)}\ntarget: val_acc>=0.94\nruns: 1\n`,
    );
    const { exitCode } = await pitwall(["run", "work.yaml", "--quiet"], { cwd });
    expect(exitCode).toBe(0);
    const request = await newest(cwd);
    expect(request.reading.metrics).toEqual([{ metric: "val_acc" }]);
    expect([request.series.count, request.seed]).toEqual([1, 5]);
  });

  test("a built-in workload keeps its own target", async () => {
    const { cwd } = folderWith(defaults);
    await pitwall(["run", "digits", "--max-samples", "1", "--quiet"], { cwd });
    const request = await newest(cwd);
    expect(request.target).toBeUndefined();
    expect(request.price).toMatchObject({ usdPerHour: 12.29 });
  });

  test("`--defaults` names another file, or none", async () => {
    const { cwd, command } = folderWith("target: val_acc>=2\n");
    mkdirSync(join(cwd, "conf"));
    writeFileSync(join(cwd, "conf", "own.yaml"), "target: val_acc>=0.94\n");
    const program = ["--quiet", "--", ...command];
    const own = await pitwall(["run", "--defaults", "conf/own.yaml", ...program], { cwd });
    expect(own.exitCode).toBe(0);
    const none = await pitwall(["run", "--defaults", "none", "--quiet", "--", ...command], { cwd });
    expect((await newest(cwd)).target).toBeUndefined();
    expect(none.exitCode).not.toBe(0);
  });

  test.for([
    ["command: python train.py\n", "defaults-invalid"],
    ["targt: a>=1\n", "defaults-invalid"],
    ["target: [\n", "yaml-broken"],
    ["runs: many\n", "defaults-invalid"],
  ])("refuses the defaults %j", async ([text = "", code]) => {
    const { cwd } = folderWith(text);
    const { exitCode, stdout } = await pitwall(["run", "--json", "--", "true"], { cwd });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error.code).toBe(code);
  });

  test("reads the example of docs/runs.md", async () => {
    const page = readFileSync(new URL("../../docs/runs.md", import.meta.url), "utf8");
    const [, example = ""] = /```yaml\n([\s\S]*?)```/u.exec(page) ?? [];
    const { cwd, command } = folderWith(example);
    const { exitCode } = await pitwall(["run", "--quiet", "--", ...command], { cwd });
    expect(exitCode).toBe(0);
    expect((await newest(cwd)).startable.env).toEqual({ WANDB_MODE: "offline" });
  });

  test("refuses a file of defaults that does not exist", async () => {
    const cwd = temporaryFolder();
    const words = ["run", "--defaults", "no.yaml", "--json", "--", "true"];
    const { stdout } = await pitwall(words, { cwd });
    expect(JSON.parse(stdout).error.code).toBe("defaults-unreadable");
  });
});
