import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const helper = join(root, "workloads", "torch", "pitwall.py");

/** A folder with the helper and a program that uses it. */
function programFolder(program: string): string {
  const folder = temporaryFolder();
  copyFileSync(helper, join(folder, "pitwall.py"));
  writeFileSync(join(folder, "train.py"), program);
  return folder;
}

/** What a program prints; its clock advances only when it says so. */
function printed(program: string, env: Record<string, string> = { PITWALL_RANK: "0" }): string {
  const clock = `
import types, pitwall
now = [0.0]
def wait(seconds): now[0] += seconds
pitwall.time = types.SimpleNamespace(perf_counter=lambda: now[0], time=lambda: 1000.0 + now[0])
pitwall._State.clock = pitwall._HostClock()
pitwall._State.reported_at = 0.0
`;
  return execFileSync("python3", ["-B", "train.py"], {
    cwd: programFolder(clock + program),
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...env },
  });
}

function samplesIn(output: string) {
  return output
    .split("\n")
    .filter((line) => line.startsWith(":::PITWALL "))
    .map((line) => JSON.parse(line.slice(":::PITWALL ".length)));
}

describe("the helper file", () => {
  test("clocks the example of docs/helper.md by its own log", async () => {
    const document = readFileSync(join(root, "docs", "helper.md"), "utf8");
    const example = /```python\n(?<code>import random[^]*?)```/u.exec(document)?.groups?.["code"];
    const cwd = programFolder(example ?? "");
    const { stdout, stderr } = await pitwall(["run", "--json", "--", "python3", "train.py"], {
      cwd,
    });
    expect(stdout, stderr).not.toBe("");
    const [run] = JSON.parse(stdout).result.runs;
    expect(run.outcome).toMatchObject({ kind: "reached" });
    expect(run.outcome.quality).toBeLessThanOrEqual(0.01);
    const record = join(cwd, "home", "runs", run.runId);
    expect(readdirSync(join(record, "samples"))).toContain("rank-0.jsonl");
  });

  test("attributes each moment of a step to one phase, and to none between steps", () => {
    const output = printed(`
for index in range(2):
    wait(100)
    with pitwall.data(): wait(1)
    with pitwall.step(samples=8):
        wait(100)
        with pitwall.forward(): wait(2)
        with pitwall.backward():
            wait(3)
            with pitwall.communication(): wait(4)
            wait(5)
        with pitwall.optimizer(): wait(6)
        pitwall.loss(0.5)
`);
    expect(samplesIn(output).at(-1)).toEqual({
      kind: "step",
      timeMs: 1_442_000,
      rank: 0,
      step: 2,
      samplesCount: 16,
      stepCount: 1,
      computeMs: 16_000,
      communicationMs: 4000,
      dataWaitMs: 1000,
      loss: 0.5,
      forwardMs: 2000,
      backwardMs: 8000,
      optimizerMs: 6000,
    });
  });

  test("counts what follows the last gradient of a step as communication", () => {
    const output = printed(`
with pitwall.step():
    with pitwall.backward():
        wait(3)
        pitwall.sending()
        wait(2)
        pitwall.sending()
        wait(1)
    with pitwall.backward(): wait(1)
`);
    expect(samplesIn(output)).toMatchObject([{ backwardMs: 6000, communicationMs: 1000 }]);
  });

  test("prints a sample per second, and the rest at the end", () => {
    const output = printed(`
for index in range(25):
    with pitwall.step(samples=2), pitwall.forward(): wait(0.1)
`);
    const counts = samplesIn(output).map(({ step, stepCount }) => [step, stepCount]);
    expect(counts.map(([, covered]) => covered).reduce((sum, count) => sum + count, 0)).toBe(25);
    expect(counts.length).toBe(3);
    expect(counts.at(-1)?.[0]).toBe(25);
  });

  test("takes the times of a GPU from events that are over, and waits for none", () => {
    const output = printed(`
class Event:
    done_until = 0.0
    def record(self): self.at = now[0]
    def query(self): return self.at <= Event.done_until
    def elapsed_time(self, later): return (later.at - self.at) * 1000
pitwall.time_device(Event)
for index in range(3):
    with pitwall.step(samples=8):
        with pitwall.forward(): wait(2)
        Event.done_until = 4.0 if index < 2 else 6.0
        with pitwall.backward(): wait(0)
`);
    expect(samplesIn(output)).toMatchObject([
      { step: 1, stepCount: 1, forwardMs: 2000 },
      { step: 2, stepCount: 1, forwardMs: 2000 },
      { step: 3, stepCount: 1, forwardMs: 2000 },
    ]);
  });

  test("prints no samples without Pitwall, and no log lines on other ranks", () => {
    const program = `
pitwall.init_start("toy")
with pitwall.step(): wait(5)
pitwall.run_stop("success")
`;
    const alone = printed(program, {});
    expect(samplesIn(alone)).toEqual([]);
    expect(alone).toContain('"key": "run_stop"');
    const second = printed(program, { RANK: "1", WORLD_SIZE: "2", PITWALL_RANK: "0" });
    expect(second).not.toContain(":::MLLOG");
    expect(samplesIn(second)).toMatchObject([{ rank: 1 }]);
  });

  test("leaves a loss that is not finite out of its sample, which remains valid JSON", () => {
    const output = printed(`
with pitwall.step():
    wait(5)
    pitwall.loss(float("nan"))
`);
    expect(samplesIn(output)[0]).not.toHaveProperty("loss");
  });

  test("does not end a training whose output is no longer read", async () => {
    const cwd = programFolder(`
import pitwall, time, pathlib
pitwall.init_start("toy")
for index in range(30):
    pitwall.log("tracked_stats", index)
    time.sleep(0.01)
pathlib.Path("done").write_text("")
`);
    const child = spawn("python3", ["-B", "train.py"], { cwd, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.once("data", () => child.stdout.destroy());
    await new Promise((resolve) => child.once("exit", resolve));
    expect(readdirSync(cwd)).toContain("done");
  });

  test("passes an error of a phase on, and counts only complete steps", () => {
    const output = printed(`
with pitwall.step(samples=8), pitwall.forward(): wait(2)
try:
    with pitwall.step(samples=8), pitwall.forward():
        wait(3)
        raise KeyError
except KeyError:
    print("raised")
with pitwall.step(samples=8), pitwall.forward(): wait(4)
`);
    expect(output).toContain("raised");
    expect(samplesIn(output).map(({ samplesCount }) => samplesCount)).toEqual([8, 16]);
  });
});

describe("the helper's watch", () => {
  /** Four ranks that are looked at every 10 ms; `program` runs after the first step. */
  function watched(program: string, env: Record<string, string> = {}) {
    const folder = programFolder(`
import os, sys, time, pitwall
pitwall._Watch.LOOK_SECONDS, pitwall._Watch.MINIMUM_SECONDS = 0.01, 0.05
folder = os.path.dirname(os.environ.get("TORCH_FR_DUMP_TEMP_FILE", "x/"))
stack = os.path.join(folder, "stack-rank_2.txt")
def until(is_met):
    while not is_met(): time.sleep(0.01)
def is_written():
    return os.path.exists(stack) and "in load_batch" in open(stack).read()
def load_batch(is_met): until(is_met)
with pitwall.step(): pass
${program}
`);
    execFileSync("python3", ["-B", "train.py"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
      env: {
        PATH: process.env["PATH"],
        RANK: "2",
        WORLD_SIZE: "4",
        TORCH_FR_DUMP_TEMP_FILE: join(folder, "flight-recorder-rank_"),
        ...env,
      },
    });
    return readdirSync(folder).filter((name) => name.startsWith("stack"));
  }

  test("writes the stack of a rank whose step does not end", () => {
    expect(watched("load_batch(is_written)")).toEqual(["stack-rank_2.txt"]);
  });

  test("removes it when the training goes on", () => {
    const program = `
load_batch(is_written)
with pitwall.step(): pass
until(lambda: not os.path.exists(stack))`;
    expect(watched(program)).toEqual([]);
  });

  test("writes nothing in a job of one rank, or without a place to write to", () => {
    const ends = "import threading; assert threading.active_count() == 1";
    expect(watched(ends, { WORLD_SIZE: "1" })).toEqual([]);
    expect(watched(ends, { TORCH_FR_DUMP_TEMP_FILE: "" })).toEqual([]);
  });
});
