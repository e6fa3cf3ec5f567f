import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { expectWholeLedger, leftRunning } from "../support/after-faults.ts";
import { directoryOf, eventsOf, logOf, until } from "../support/recorded-run.ts";
import { missingPySpy, missingTorch, torchPath } from "./torch-programs.ts";

const helper = fileURLToPath(new URL("../../workloads/torch/pitwall.py", import.meta.url));

/** Eight equal all-reduces over gloo, then a barrier; `RANK` 1 does something else in step 5. */
const program = `
import sys, time
import torch, torch.distributed as dist
import pitwall
pitwall._Watch.LOOK_SECONDS, pitwall._Watch.MINIMUM_SECONDS = 0.2, 2.0
dist.init_process_group("gloo")
values = torch.ones(8)
def load_batch(step):
    if sys.argv[1] == "hang" and dist.get_rank() == 1 and step == 5:
        time.sleep(10_000)
for step in range(1, 9):
    with pitwall.step():
        load_batch(step)
        if sys.argv[1] == "skip" and dist.get_rank() == 1 and step == 5:
            continue
        dist.all_reduce(values)
dist.barrier()
print("acc=0.95")
`;

/** Without `pitwall.py`: `RANK` 1 waits for a lock in step 5 that nothing frees. */
const withoutHelper = `
import threading, time
import torch, torch.distributed as dist
dist.init_process_group("gloo")
values = torch.ones(8)
lock = threading.Lock()
def next_batch(step):
    with lock:
        if dist.get_rank() == 1 and step == 5:
            fetch_shard()
def fetch_shard():
    print("fetching a shard", flush=True)
    with lock:
        pass
for step in range(1, 9):
    next_batch(step)
    dist.all_reduce(values)
    time.sleep(0.1)
print("acc=0.95")
`;

/** Two collectives of different sizes in each step; \`RANK\` 2 skips the second one of step 7 in the first attempt, and gloo stops a rank that receives too much. */
const skipping = `
import os, time
import torch, torch.distributed as dist
import pitwall
dist.init_process_group("gloo")
skips = os.environ["PITWALL_ATTEMPT"] == "1"
gradients, loss = torch.ones(300), torch.ones(1)
for step in range(1, 30):
    with pitwall.step(samples=4):
        dist.all_reduce(gradients)
        if dist.get_rank() != 2 or step != 7 or not skips:
            dist.all_reduce(loss)
        time.sleep(0.05)
dist.barrier()
if dist.get_rank() == 0:
    print("acc=0.95")
`;

/** Equal gradients on all ranks, until a bit of one number flips on \`RANK\` 1 in step 23, after the exchange. */
const flipping = `
import time
import torch, torch.distributed as dist
import pitwall
pitwall._SAMPLE_SECONDS = 0.2
dist.init_process_group("gloo")
weights = torch.ones(1000)
for step in range(1, 51):
    with pitwall.step(samples=3):
        gradient = torch.full((1000,), 0.001 * step)
        with pitwall.communication():
            dist.all_reduce(gradient)
        if dist.get_rank() == 1 and step == 23:
            gradient.view(torch.int32)[17] ^= 1 << 20
        weights -= gradient
        pitwall.check_replicas([weights], every=10)
        time.sleep(0.02)
if dist.get_rank() == 0:
    print("acc=0.95")
`;

/** The record verifies, its ledger is whole, and no process is left. */
async function expectOrder(cwd: string): Promise<void> {
  expect(await pitwall(["verify", "last"], { cwd })).toMatchObject({ exitCode: 0 });
  expectWholeLedger(await pitwall(["show", "last", "--json"], { cwd }));
  await expect.poll(() => leftRunning(directoryOf(cwd) ?? ""), { timeout: 30_000 }).toEqual([]);
}

/** The number of the last collective in a dump; undefined while it is being written. */
function lastNumber(path: string): number | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")).entries.at(-1).collective_seq_id;
  } catch {
    // Removed or not complete: the caller looks again.
    return undefined;
  }
}

describe.skipIf(missingTorch !== "")(`a job of PyTorch that hangs${missingTorch}`, () => {
  test.each([
    {
      name: "a rank that stopped in its own code",
      fault: "hang",
      number: 5,
      answer:
        /rank 1 never entered all_reduce #5 of the default group; its Python stack is in load_batch \(.*train\.py:\d+\); 2 ranks wait for it/u,
    },
    {
      name: "a rank that skipped a collective",
      fault: "skip",
      number: 8,
      answer:
        /rank 1 entered barrier as #8 of the default group, where the others entered all_reduce, or skipped one before; 3 ranks wait for it/u,
    },
  ])(
    "leaves dumps in its record, from which doctor names $name",
    async ({ fault, number, answer }) => {
      const cwd = temporaryFolder();
      copyFileSync(helper, join(cwd, "pitwall.py"));
      writeFileSync(join(cwd, "train.py"), program);
      const env = { PATH: torchPath };
      const options = ["--quiet", "--nproc", "3", "--target", "acc>=0.9"];
      startPitwall(["run", ...options, "--", "python3", "train.py", fault], cwd, env);
      const written = [0, 1, 2].flatMap((rank) => [
        `flight-recorder-rank_${rank}.json`,
        `stack-rank_${rank}.txt`,
      ]);
      // A slow step may have been written down before, and is removed when it ends.
      const hasAll = () => {
        const directory = directoryOf(cwd) ?? "";
        const isThere = written.every((name) => existsSync(join(directory, name)));
        return (isThere && lastNumber(join(directory, written[0] ?? "")) === number) || undefined;
      };
      await until(hasAll, {
        withinMs: 200_000,
        describe: () => readdirSync(directoryOf(cwd) ?? cwd).join(", "),
      });
      await pitwall(["stop", "last"], { cwd });
      const { exitCode, stdout } = await pitwall(["doctor", "last"], { cwd });
      expect(stdout).toMatch(answer);
      expect(exitCode).toBe(1);
    },
    300_000,
  );
});

test.skipIf(missingPySpy !== "")(
  `doctor names a rank that hangs in its own code, without the helper, with its Python stack by py-spy${missingPySpy}`,
  async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "train.py"), withoutHelper);
    const options = ["--quiet", "--nproc", "3", "--target", "acc>=0.9"];
    startPitwall(["run", ...options, "--", "python3", "train.py"], cwd, { PATH: torchPath });
    await until(() => logOf(directoryOf(cwd)).includes("fetching a shard") || undefined, {
      withinMs: 100_000,
    });
    // The others may still be on their way into the collective.
    const answer = async () => (await pitwall(["doctor", "last", "--stacks"], { cwd })).stdout;
    await expect
      .poll(answer, { timeout: 100_000 })
      .toMatch(/rank 1 stopped making progress; .*; it is in fetch_shard \(.*train\.py:\d+\)/u);
    expect(await answer()).toContain("py-spy, rank 1");
    await pitwall(["stop", "last"], { cwd });
    await expect.poll(() => leftRunning(directoryOf(cwd) ?? ""), { timeout: 30_000 }).toEqual([]);
  },
  300_000,
);

test.skipIf(missingTorch !== "")(
  "a restart reaches the target after a rank skipped a collective, and names the rank and number, although gloo ends another one",
  async () => {
    const cwd = temporaryFolder();
    copyFileSync(helper, join(cwd, "pitwall.py"));
    writeFileSync(join(cwd, "train.py"), skipping);
    const options = ["--quiet", "--nproc", "4", "--target", "acc>=0.9", "--max-restarts", "1"];
    const ran = await pitwall(["run", ...options, "--", "python3", "train.py"], {
      cwd,
      env: { PATH: torchPath },
    });
    expect(ran.exitCode, ran.stderr).toBe(0);
    const restarts = eventsOf(directoryOf(cwd)).filter(({ kind }) => kind === "restarting");
    expect(restarts).toMatchObject([
      {
        fault: {
          kind: "collective-mismatch",
          ranks: [2],
          text: expect.stringContaining("rank 2 skipped all_reduce #14 of the default group"),
        },
        decision: { kind: "restart" },
      },
    ]);
    expect(await pitwall(["doctor", "last"], { cwd })).toMatchObject({ exitCode: 0 });
    await expectOrder(cwd);
  },
  120_000,
);

test.skipIf(missingTorch !== "")(
  "doctor names the rank whose parameters a flipped bit made differ, in a run that reaches its target",
  async () => {
    const cwd = temporaryFolder();
    copyFileSync(helper, join(cwd, "pitwall.py"));
    writeFileSync(join(cwd, "train.py"), flipping);
    const options = ["--quiet", "--nproc", "3", "--target", "acc>=0.9", "--max-restarts", "1"];
    const ran = await pitwall(["run", ...options, "--", "python3", "train.py"], {
      cwd,
      env: { PATH: torchPath },
    });
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await pitwall(["doctor", "last"], { cwd });
    expect(stdout).toContain(
      "the parameters of rank 1 differ from those of the others after step 30; they were equal after step 20",
    );
    expect(exitCode).toBe(1);
    await expectOrder(cwd);
  },
  120_000,
);
