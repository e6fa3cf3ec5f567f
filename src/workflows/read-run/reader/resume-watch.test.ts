import { expect, test } from "vitest";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import { RunReader } from "./run-reader.ts";

function requestOf(command: readonly string[]): RunRequest {
  return {
    schemaVersion: 1,
    runId: "test-1",
    series: { id: "test", index: 1, count: 1 },
    createdMs: 0,
    startable: { kind: "command", name: "train", command: [...command], cwd: "/", env: {} },
    reading: { metrics: [{ metric: "acc" }] },
    target: { metric: "acc", direction: "at-least", value: 0.9 },
    seed: 1,
    stopAtTarget: false,
    limits: {},
    launchTarget: { kind: "local" },
    system: { system_name: "test", number_of_nodes: 1, accelerators_per_node: 0 },
    environment: { pitwallVersion: "0.0.0", nodeVersion: "20.19.0", platform: "linux" },
    owner: { hostname: "here", pid: 1 },
  };
}

/** @param lines one each second */
function findingsOf(lines: readonly string[], command: readonly string[] = ["python", "train.py"]) {
  const reader = RunReader.live(requestOf(command), 0);
  reader.launched(0);
  for (const [index, line] of lines.entries()) {
    const timeMs = (index + 1) * 1000;
    reader.take({ stream: "stdout", bytes: Buffer.from(`${line}\n`), timeMs });
  }
  return reader.resumed();
}

test.each([
  {
    name: "a first epoch of 17",
    lines: ["epoch 17 acc=0.5", "epoch 18 acc=0.6"],
    counter: { name: "epoch", first: 17 },
  },
  {
    name: "a first step of 12,000 of a program that prints each 1,000",
    lines: ["step 12000 acc=0.5", "step 13000 acc=0.6"],
    counter: { name: "step", first: 12_000 },
  },
  {
    name: "JSON lines",
    lines: ['{"iteration": 900, "acc": 0.5}', '{"iteration": 910, "acc": 0.6}'],
    counter: { name: "iteration", first: 900 },
  },
])("$name is a doubt", ({ lines, counter }) => {
  expect(findingsOf(lines)).toEqual([{ rule: "may-be-resumed", counter }]);
});

test.each([
  { name: "from zero", lines: ["epoch 0 acc=0.1", "epoch 1 acc=0.2"] },
  { name: "each 1,000 steps", lines: ["step 1000 acc=0.1", "step 2000 acc=0.2"] },
  {
    name: "evaluations from epoch 10 on, after the time of ten epochs",
    lines: [...Array.from({ length: 10 }, () => "..."), "epoch 10 acc=0.1", "epoch 11 acc=0.2"],
  },
  {
    name: "a setting before",
    lines: ["lr decay at step 3000", "step 1 acc=0.1", "step 2 acc=0.2"],
  },
  { name: "one line", lines: ["epoch 90 acc=0.9"] },
  { name: "steps that grow from short ones", lines: ["step 5 acc=0.1", "step 6 acc=0.2"] },
])("$name is none", ({ lines }) => {
  expect(findingsOf(lines)).toEqual([]);
});

test("an option of the command is a doubt, and a printed statement is certain", () => {
  const command = ["python", "train.py", "--resume", "last.pt"];
  const lines = ["epoch 0 acc=0.1", "epoch 1 acc=0.2"];
  expect(findingsOf(lines, command)).toEqual([
    { rule: "may-be-resumed", flag: "--resume last.pt" },
  ]);
  expect(findingsOf(["Resuming training from epoch 3", ...lines], command)).toEqual([
    { rule: "resumed-from-checkpoint", line: "Resuming training from epoch 3" },
  ]);
});
