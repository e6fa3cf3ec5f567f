import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

test("the settings of a workload file reach the program as JSON and are in the record", async () => {
  const cwd = temporaryFolder();
  const script =
    "console.log(`val_acc=${JSON.parse(process.env.PITWALL_SETTINGS).phases[1].rate}`)";
  const command = JSON.stringify([process.execPath, "-e", script]);
  const settings = "settings:\n  data: café\n  phases:\n    1: { rate: 0.95 }\n";
  const path = join(cwd, "work.yaml");
  writeFileSync(path, `command: ${command}\ntarget: val_acc >= 0.94\n${settings}`);
  const { exitCode, stdout } = await pitwall(["run", "work.yaml", "--json"], { cwd });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).result.runs[0].outcome).toMatchObject({ quality: 0.95 });
  const runs = await pitwall(["runs", "--json"], { cwd });
  const { env } = JSON.parse(runs.stdout).result.at(-1).request.startable;
  expect(JSON.parse(env.PITWALL_SETTINGS)).toEqual({ data: "café", phases: { 1: { rate: 0.95 } } });
});

test("settings of a built-in workload are refused", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "work.yaml"), "workload: digits\nsettings: { rate: 1 }\n");
  const { exitCode, stderr } = await pitwall(["run", "work.yaml"], { cwd });
  expect(exitCode).toBe(2);
  expect(stderr).toContain("`settings` requires `command`: built-in workloads have no settings");
});
