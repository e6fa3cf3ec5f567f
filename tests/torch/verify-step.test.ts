import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { directoryOf } from "../support/recorded-run.ts";
import { missingTorch, torchPath } from "./torch-programs.ts";

const helper = fileURLToPath(new URL("../../workloads/torch/pitwall.py", import.meta.url));

/**
 * A network with dropout and batch norm on three ranks with DDP. \`once\`: a bit of a gradient flips on rank 1 in step 40, in its first
 * execution only; \`always\`: another bit in each execution from step 40 on; \`noise\`: all ranks compute something else each time.
 */
const program = `
import sys, time
import torch, torch.distributed as dist
from torch import nn
from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import allreduce_hook
import pitwall
pitwall._SAMPLE_SECONDS = 0.2
fault = sys.argv[1]
dist.init_process_group("gloo")
torch.manual_seed(1)
network = nn.Sequential(nn.Linear(16, 64), nn.BatchNorm1d(64), nn.Dropout(0.5), nn.Linear(64, 4))
parallel = nn.parallel.DistributedDataParallel(network, gradient_as_bucket_view=True, broadcast_buffers=False)
step = executions = 0

def send(group, bucket):
    number = bucket.buffer().view(torch.int32)
    if dist.get_rank() == 1 and (fault == "once" and step == 40 and executions == 1 or fault == "always" and step >= 40):
        number[7] ^= 1 << (3 + executions)
    if fault == "noise":
        bucket.buffer().add_(1e-9 * (time.perf_counter_ns() % 1000))
    pitwall.sending(bucket.buffer())
    return allreduce_hook(group, bucket)

parallel.register_comm_hook(dist.group.WORLD, send)
optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
torch.manual_seed(100 + dist.get_rank())
for step in range(1, 61):
    executions = 0
    with pitwall.step(samples=24):
        inputs = torch.randn(8, 16)

        def compute():
            global executions
            executions += 1
            with pitwall.forward():
                loss = parallel(inputs).square().mean()
            with pitwall.backward():
                loss.backward()
            return loss.detach()

        loss = pitwall.verify_step(compute, network)
        with pitwall.optimizer():
            optimizer.step()
            optimizer.zero_grad()
        pitwall.check_replicas(network.parameters(), every=10)
    if dist.get_rank() == 0:
        print(f"step {step} loss {loss.item():.9f} executions {executions}")
if dist.get_rank() == 0:
    print("acc=0.95")
`;

/** A loop without PyTorch: a momentum and a generator change in each step. */
const arrays = `
import numpy as np
import pitwall
pitwall._SAMPLE_SECONDS = 0.05
np.random.seed(1)
generator, momentum = np.random.default_rng(1), np.zeros(64)
last, executions = 0, 0
for step in range(1, 31):
    executions = 0
    with pitwall.step(samples=1):

        def compute():
            global executions
            executions += 1
            momentum[:] = 0.9 * momentum + generator.standard_normal(64) + np.random.rand(64)
            gradient = momentum * 2
            if step == 25 and executions == 2:
                gradient.view(np.int64)[3] ^= 1 << 30
            return gradient

        last = pitwall.verify_step(compute, state=[momentum, generator])
print(f"sum={last.sum():.12f}")
print("acc=0.95")
`;

async function train(
  source: string,
  given: { options: readonly string[]; arguments?: readonly string[] },
): Promise<{ cwd: string; log: string }> {
  const cwd = temporaryFolder();
  copyFileSync(helper, join(cwd, "pitwall.py"));
  writeFileSync(join(cwd, "train.py"), source);
  const words = ["--", "python3", "train.py", ...(given.arguments ?? [])];
  const ran = await pitwall(
    ["run", "--quiet", "--target", "acc>=0.9", ...given.options, ...words],
    {
      cwd,
      env: { PATH: torchPath },
    },
  );
  expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
  expect(await pitwall(["verify", "last"], { cwd })).toMatchObject({ exitCode: 0 });
  return { cwd, log: readFileSync(join(directoryOf(cwd) ?? "", "log.txt"), "utf8") };
}

async function differingSteps(cwd: string): Promise<object[]> {
  const events = readFileSync(join(directoryOf(cwd) ?? "", "events.jsonl"), "utf8");
  return events
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).event)
    .filter(({ kind }) => kind === "step-differs")
    .map(({ rank, step, outcome, where }) => ({ rank, step, outcome, where }))
    .toSorted((a, b) => a.step - b.step || a.rank - b.rank);
}

const steps = (log: string): string[] => log.match(/^step \d+ loss \S+/gmu) ?? [];
const onThree = ["--nproc", "3", "--verify-step", "10"];
const options = { timeout: 200_000 };

let healthy: Promise<{ log: string }> | undefined;

/** The log of a job without faults and without verification; two tests compare with it. */
async function healthyLog(): Promise<string> {
  healthy ??= train(program, { options: ["--nproc", "3"], arguments: ["none"] });
  return (await healthy).log;
}

describe.skipIf(missingTorch !== "")(`pitwall run --verify-step${missingTorch}`, () => {
  test(
    "finds nothing in a healthy job, and changes nothing in what it computes",
    options,
    async () => {
      const verified = await train(program, { options: onThree, arguments: ["none"] });
      const plain = await healthyLog();
      expect(steps(verified.log)).toHaveLength(60);
      expect(steps(verified.log)).toEqual(steps(plain));
      expect(verified.log.match(/executions 3/gu)).toHaveLength(6);
      expect(plain).not.toContain("executions 3");
      const { exitCode, stdout } = await pitwall(["doctor", "last", "--json"], {
        cwd: verified.cwd,
      });
      expect(exitCode).toBe(0);
      const [{ diagnosis }] = JSON.parse(stdout).result.diagnoses;
      expect(diagnosis).toMatchObject({ verdict: { kind: "no-fault" }, isDeterministic: true });
      expect(diagnosis.lookedAt).toContainEqual({ what: "verified-steps", count: 6 });
      expect(await differingSteps(verified.cwd)).toEqual([]);
    },
  );

  test(
    "names the rank whose gradient had a flipped bit once, and goes on with the right one",
    options,
    async () => {
      const { cwd, log } = await train(program, { options: onThree, arguments: ["once"] });
      expect(steps(log)).toEqual(steps(await healthyLog()));
      const { exitCode, stdout } = await pitwall(["doctor", "last"], { cwd });
      expect(stdout).toContain(
        "rank 1 computed different results in one of three executions of step 40; 3 verified steps before it gave equal results",
      );
      expect(stdout).not.toContain("parameters of rank");
      expect(exitCode).toBe(1);
      expect(await differingSteps(cwd)).toEqual([
        { rank: 0, step: 40, outcome: "transient", where: "after-exchange" },
        { rank: 1, step: 40, outcome: "transient", where: "computation" },
        { rank: 2, step: 40, outcome: "transient", where: "after-exchange" },
      ]);
    },
  );

  test("names the rank whose results differ each time", options, async () => {
    const { cwd, log } = await train(program, { options: onThree, arguments: ["always"] });
    expect(log).toContain("warning: rank 1 computed step 40 3 times, with 3 different results");
    const { stdout } = await pitwall(["doctor", "last"], { cwd });
    expect(stdout).toContain("rank 1 computed different results in all executions of step 40");
  });

  test(
    "calls a program not deterministic, and no hardware broken, if all ranks differ",
    options,
    async () => {
      const { cwd } = await train(program, { options: onThree, arguments: ["noise"] });
      const { exitCode, stdout } = await pitwall(["doctor", "last"], { cwd });
      expect(stdout).toContain("no fault found");
      expect(stdout).toContain("any program that is not deterministic");
      expect(exitCode).toBe(0);
    },
  );

  test(
    "restores the arrays and generators of a program that uses only NumPy",
    options,
    async () => {
      const verified = await train(arrays, { options: ["--verify-step", "5"] });
      const plain = await train(arrays, { options: [] });
      const sum = (log: string): string | undefined => /^sum=\S+/mu.exec(log)?.[0];
      expect(sum(verified.log)).toBeDefined();
      expect(sum(verified.log)).toBe(sum(plain.log));
      const { stdout } = await pitwall(["doctor", "last"], { cwd: verified.cwd });
      expect(stdout).toContain(
        "rank 0 computed different results in one of three executions of step 25",
      );
    },
  );

  // Targets that the first evaluation meets: what is tested are the steps before it.
  test.each([
    { name: "gpt", settings: "{ steps: 60, batch: 8, target: 99 }" },
    {
      name: "image",
      settings:
        "{ width: 8, target: 0.01, schedules: { 1: [{ epochs: 1, size: 16, batch: 64, rate: [0.1, 0.8], crop: 0.5 }] } }",
    },
  ])("verifies steps of the workload $name", options, async ({ name, settings }) => {
    const cwd = temporaryFolder();
    const program = join(dirname(helper), `${name}.py`);
    writeFileSync(
      join(cwd, "small.yaml"),
      `name: ${name}\ncommand: [python3, ${JSON.stringify(program)}]\nsettings: ${settings}\n`,
    );
    const words = ["run", "small.yaml", "--nproc", "2", "--verify-step", "4", "--quiet"];
    const { exitCode, stderr } = await pitwall(words, { cwd, env: { PATH: torchPath } });
    expect(exitCode, stderr).toBe(0);
    const { stdout } = await pitwall(["doctor", "last", "--json"], { cwd });
    const [{ diagnosis }] = JSON.parse(stdout).result.diagnoses;
    expect(diagnosis).toMatchObject({ isDeterministic: true });
    expect(diagnosis.lookedAt).toContainEqual({
      what: "verified-steps",
      count: expect.any(Number),
    });
    expect(await differingSteps(cwd)).toEqual([]);
  });
});

test("refuses --verify-step where no samples are taken", async () => {
  const cwd = temporaryFolder();
  const words = ["run", "--verify-step", "10", "--observe", "none", "--", "true"];
  const { exitCode, stderr } = await pitwall(words, { cwd });
  expect(stderr).toContain("`--verify-step` is not supported with `--observe none`");
  expect(exitCode).toBe(2);
});
