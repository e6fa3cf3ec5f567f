import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Launcher } from "../../src/launch/launcher.ts";
import type { TargetWorld } from "../../src/workflows/launch/targets/run-world.ts";
import { filesToTouch, scratchCopy } from "./scratch-copy.ts";

const kind = `
  /** One process on this host, started through another command: \`["nice", "-n", "5"]\`. */
  z.strictObject({ kind: z.literal("wrapped"), wrapper: z.array(z.string()) }),`;

const target = `import type { LaunchTarget } from "../../schema/run/hosts/launch-target.ts";
import type { LaunchTargetRow } from "../launch-target-row.ts";
import { localTarget } from "../local/local-target.ts";

export const wrappedTarget: LaunchTargetRow<LaunchTarget & { kind: "wrapped" }> = {
  launcher({ wrapper }, means) {
    const local = localTarget.launcher({ kind: "local" }, means);
    return { launch: (command, options) => local.launch([...wrapper, ...command], options) };
  },
  endAbandoned: (_target, run, means) => localTarget.endAbandoned({ kind: "local" }, run, means),
};
`;

const contractRow = `  {
    ...here,
    name: "wrappedTarget",
    ranksPerHost: 1,
    missingProgram: "never",
    open: () => wrappedTarget.launcher({ kind: "wrapped", wrapper: ["env"] }, { ...agentMeans, ...countingClock() }),
  },
`;

test("a launch target is added with the files that ARCHITECTURE.md names", async () => {
  const copy = scratchCopy();
  const local = '  z.strictObject({ kind: z.literal("local"), ranks: rankPlan.optional() }),';
  copy.replace("src/schema/run/hosts/launch-target.ts", local, local + kind);
  copy.add("src/launch/wrapped/wrapped-target.ts", target);
  // Each table of launch targets refuses to compile without a row for the new kind.
  const checkTypes = (): Promise<void> => copy.runTool(["typescript/bin/tsc", "-p", "."]);
  const failure = await checkTypes().catch((error: unknown) => String(error));
  expect(failure).toMatch(/launch\/launch-targets\.ts.*'wrapped' is missing/u);
  expect(failure).toMatch(/workflows\/launch\/targets\/target-worlds\.ts.*'wrapped' is missing/u);

  const importRow = (from: string): string => `import { wrappedTarget } from "${from}";\n`;
  copy.replace(
    "src/launch/launch-targets.ts",
    "\n/**",
    `${importRow("./wrapped/wrapped-target.ts")}\n/**`,
  );
  copy.replace(
    "src/launch/launch-targets.ts",
    "    local: localTarget,",
    "    local: localTarget,\n    wrapped: wrappedTarget,",
  );
  copy.replace(
    "src/workflows/launch/targets/target-worlds.ts",
    "  local: observeThisHost,",
    "  local: observeThisHost,\n  wrapped: observeThisHost,",
  );
  copy.replace(
    "src/launch/launcher.test.ts",
    "\nconst agentMeans",
    `${importRow("./wrapped/wrapped-target.ts")}\nconst agentMeans`,
  );
  copy.replace("src/launch/launcher.test.ts", "[] = [\n", `[] = [\n${contractRow}`);
  expect(copy.changedFiles()).toEqual(filesToTouch("a launch target", { target: "wrapped" }));
  await checkTypes();
  // Only a program that does not exist is left out: `env` is what reports it.
  const contract = ["vitest/vitest.mjs", "run", "src/launch/launcher.test.ts"];
  await copy.runTool([...contract, "--testNamePattern", "the contract of wrappedTarget"]);

  const worlds: { openTarget: (target: object, host: object) => TargetWorld } = await import(
    join(copy.root, "src/workflows/launch/targets/target-worlds.ts")
  );
  const wrapper = ["env", "WRAPPED=yes"];
  const { launcher } = worlds.openTarget({ kind: "wrapped", wrapper }, { nowMs: () => 0, env: {} });
  expect(await outputOf(launcher, ["sh", "-c", "echo $WRAPPED"])).toBe("yes\n");
}, 600_000);

/** Runs a command on a launch target and returns what it printed. */
async function outputOf(launcher: Launcher, command: readonly string[]): Promise<string> {
  const runDirectory = mkdtempSync(join(tmpdir(), "pitwall-wrapped-"));
  onTestFinished(() => rmSync(runDirectory, { recursive: true, force: true }));
  const options = { cwd: "/", env: process.env, runDirectory, seed: 1 };
  const outcome = await launcher.launch(command, options);
  if (outcome.kind !== "launched") throw new Error(JSON.stringify(outcome));
  let output = "";
  for await (const event of outcome.job.events)
    if (event.kind === "output") output += String(event.bytes);
  return output;
}
