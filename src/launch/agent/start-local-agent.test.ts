import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { LaunchedJob } from "../launcher.ts";
import { localAgentLauncher } from "./start-local-agent.ts";

const agentFile = resolve("agent/pitwall_agent.py");

async function launch(command: readonly string[], perHost: number): Promise<LaunchedJob> {
  const launcher = localAgentLauncher(
    { perHost, starter: "direct" },
    { agentFile, nowMs: Date.now },
  );
  const runDirectory = `/tmp/pitwall-agent-test-${process.pid}`;
  const options = { cwd: "/", env: process.env, runDirectory, seed: 1 };
  const outcome = await launcher.launch(command, options);
  if (outcome.kind !== "launched") throw new Error(JSON.stringify(outcome));
  return outcome.job;
}

test("CPU time of a child that has ended is still counted, once", async () => {
  const burn = "import time\nwhile time.process_time() < 0.6: pass";
  const job = await launch(["sh", "-c", `python3 -c '${burn}'; sleep 2.2`], 1);
  const seconds: number[] = [];
  const following = (async () => {
    for await (const sample of job.hostSamples ?? []) seconds.push(sample.cpuSeconds);
  })();
  for await (const event of job.events) expect(event.kind).not.toBe("host-lost");
  await following;
  expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  expect(seconds.at(-1)).toBeGreaterThan(0.55);
  // The child had ended before the last samples; the end of its parent adds nothing.
  expect((seconds.at(-1) ?? 0) - (seconds.at(-2) ?? 0)).toBeLessThan(0.3);
}, 30_000);

test("the command of a rank states only the variables of the run, and the program sees all", async () => {
  const launcher = localAgentLauncher(
    { perHost: 1, starter: "direct" },
    { agentFile, nowMs: Date.now },
  );
  const env = { ...process.env, SECRET: "of the user", GIVEN: "to the run" };
  const outcome = await launcher.launch(["sh", "-c", 'echo "$SECRET, $GIVEN"'], {
    cwd: "/",
    env,
    programEnv: { GIVEN: "to the run" },
    runDirectory: `/tmp/pitwall-agent-test-${process.pid}`,
    seed: 1,
  });
  if (outcome.kind !== "launched") throw new Error(JSON.stringify(outcome));
  const { ranks, events } = outcome.job;
  expect(ranks[0]?.command).toContain("GIVEN='to the run'");
  expect(ranks[0]?.command).not.toContain("of the user");
  let output = "";
  for await (const event of events) if (event.kind === "output") output += String(event.bytes);
  expect(output).toBe("of the user, to the run\n");
}, 30_000);

test("several ranks get their numbers, and each one's output is its own", async () => {
  const job = await launch(["sh", "-c", 'echo "$RANK of $WORLD_SIZE"; exit $RANK'], 3);
  const output = ["", "", ""];
  const exits: unknown[] = [];
  for await (const event of job.events) {
    if (event.kind === "output")
      output[event.rank] = `${output[event.rank] ?? ""}${String(event.bytes)}`;
    if (event.kind === "rank-exited") exits[event.rank] = event.exit;
  }
  expect(output).toEqual(["0 of 3\n", "1 of 3\n", "2 of 3\n"]);
  expect(exits).toEqual([0, 1, 2].map((rank) => ({ kind: "exited", exitCode: rank })));
}, 30_000);
