import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

/** Prints a step sample as the helper of programs does, unless it is asked not to, and reaches its target. */
const program = `
if (process.env.PITWALL_OBSERVE !== "none") console.log("observed");
setTimeout(() => console.log("val_acc=0.95"), 1500);
`;

test("--observe none reads the output, samples nothing, and says so in card and record", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "train.mjs"), program);
  const words = ["run", "--target", "val_acc>=0.9", "--observe", "none"];
  const command = ["--", process.execPath, "train.mjs"];
  const { exitCode, stdout } = await pitwall([...words, ...command], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toContain("observed        only the output, by `--observe none`");
  expect(stdout).not.toMatch(/^ +energy/mu);
  const shown = await pitwall(["show", "last", "--json"], { cwd });
  const { runs } = JSON.parse(shown.stdout).result;
  const [{ request, result }] = runs;
  expect(request).toMatchObject({ observe: "none" });
  expect(result).toMatchObject({
    outcome: { kind: "reached" },
    energy: [],
    notMeasured: ["the run was not observed: `--observe none`"],
  });
  expect(existsSync(join(cwd, ".pitwall/runs", request.runId, "samples"))).toBe(false);
  const repeated = await pitwall(["rerun", "last", "--json"], { cwd });
  expect(JSON.parse(repeated.stdout).result.runs[0]).toMatchObject({ energy: [] });
});
