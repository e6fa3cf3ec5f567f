import { describe, expect, test } from "vitest";
import { ranksOfHosts } from "../ranks-of-hosts.ts";
import { agentJobSpec, agentJobTemplate, placedJobs, withCommands } from "./job-spec.ts";

const request = {
  name: "run.host",
  command: ["python", "train.py"],
  cwd: "/code",
  env: { LR: "0.1" },
  runDirectory: "/home/me/.pitwall/runs/run",
  seed: 3,
  ranksOfHosts: [2, 1],
  rendezvous: { address: "10.0.0.1", port: 29500 },
  tether: false,
};

test("the command of a rank is a line for a shell, without the agent", () => {
  const shared = { ...request, command: ["python", "train it.py"], ranksOfHosts: [1] };
  const ranks = ranksOfHosts([{ host: "a", rankCount: 1 }]);
  const [direct] = withCommands(ranks, [agentJobSpec({ ...shared, starter: "direct" }, 0)]);
  expect(direct?.command).toMatch(/^cd \/code && env .*LR=0\.1 .*RANK=0 .*python 'train it\.py'$/u);
  const [torchrun] = withCommands(ranks, [agentJobSpec({ ...shared, starter: "torchrun" }, 0)]);
  expect(torchrun?.command).toMatch(
    /python -m torch\.distributed\.run .*--no-python python 'train it\.py'$/u,
  );
});

describe("agentJobSpec", () => {
  test("numbers the ranks host after host, with the variables of torchrun", () => {
    const specs = [0, 1].map((host) => agentJobSpec({ ...request, starter: "direct" }, host));
    const ranks = specs.flatMap(({ starters }) => starters.map(({ env }) => env));
    expect(ranks.map(({ RANK, LOCAL_RANK, GROUP_RANK }) => [RANK, LOCAL_RANK, GROUP_RANK])).toEqual(
      [
        ["0", "0", "0"],
        ["1", "1", "0"],
        ["2", "0", "1"],
      ],
    );
    expect(specs[1]?.env).toMatchObject({
      LR: "0.1",
      PITWALL_RUN_DIR: "/home/me/.pitwall/runs/run",
      PITWALL_SEED: "3",
      MASTER_ADDR: "10.0.0.1",
      MASTER_PORT: "29500",
      WORLD_SIZE: "3",
      LOCAL_WORLD_SIZE: "1",
    });
  });

  test("limits the threads of ranks that share a host, unless the user set them", () => {
    const threads = (env: Record<string, string>, host: number): string | undefined =>
      agentJobSpec({ ...request, env, starter: "direct" }, host).env["OMP_NUM_THREADS"];
    expect(threads({}, 0)).toBe("1");
    expect(threads({}, 1)).toBeUndefined();
    expect(threads({ OMP_NUM_THREADS: "8" }, 0)).toBe("8");
  });

  test("gives PyTorch a place for the dumps of its Flight Recorder, unless the user did or wants none", () => {
    const place = (env: Record<string, string>): string | undefined =>
      agentJobSpec({ ...request, env, starter: "direct" }, 0).env["TORCH_FR_DUMP_TEMP_FILE"];
    expect(place({})).toBe("/home/me/.pitwall/runs/run/flight-recorder-rank_");
    expect(place({ TORCH_FR_DUMP_TEMP_FILE: "/tmp/mine_" })).toBe("/tmp/mine_");
    expect(place({ PITWALL_FLIGHT_RECORDER: "off" })).toBeUndefined();
  });

  test("starts torchrun of the program's own Python once per host", () => {
    const { starters } = agentJobSpec({ ...request, starter: "torchrun" }, 1);
    expect(starters).toHaveLength(1);
    expect(starters[0]?.ranks).toEqual([2]);
    expect(starters[0]?.command.join(" ")).toBe(
      "python -m torch.distributed.run --nnodes=2 --nproc-per-node=1 --node-rank=1 " +
        "--master-addr=10.0.0.1 --master-port=29500 --no-python {agentPython} -S {agent} rank -- python train.py",
    );
  });

  test("keeps the order of the hosts under c10d, where torchrun sorts them by a text", () => {
    const ranksOfHosts = Array.from({ length: 1200 }, () => 1);
    const rendezvous = { ...request.rendezvous, c10d: { id: "run" } };
    const texts = ranksOfHosts.map((_, host) => {
      const spec = agentJobSpec(
        { ...request, rendezvous, ranksOfHosts, starter: "torchrun" },
        host,
      );
      const words = spec.starters[0]?.command ?? [];
      expect(words.join(" ")).toContain(
        `--rdzv-backend=c10d --rdzv-id=run --rdzv-endpoint=10.0.0.1:29500 --rdzv-conf=is_host=${host === 0 ? 1 : 0}`,
      );
      return words.find((word) => word.startsWith("--local-addr=")) ?? "";
    });
    // Only the first one is an address that others connect to.
    expect(texts[0]).toBe("--local-addr=10.0.0.1");
    expect(texts).toEqual(texts.toSorted());
    expect(new Set(texts).size).toBe(1200);
  });

  test("starts later hosts later, if few start per second", () => {
    const specs = [0, 1].map((host) =>
      agentJobSpec({ ...request, launchRate: 4, starter: "direct" }, host),
    );
    expect(specs.map(({ startAfterMs }) => startAfterMs)).toEqual([undefined, 250]);
  });
});

test("the filled templates of a Slurm job are those of the hosts of another job", () => {
  const { ranksOfHosts: _, rendezvous: fixed, tether, runDirectory, ...shared } = request;
  for (const [starter, isC10d] of [
    ["direct", false],
    ["torchrun", false],
    ["torchrun", true],
  ] as const) {
    const places = { nodeCount: 2, ranksPerNode: 2, run: "run", isC10d };
    const rendezvous = isC10d ? { ...fixed, c10d: { id: "run" } } : fixed;
    const template = agentJobTemplate({ ...shared, starter }, places);
    const filled = {
      nodeCount: 2,
      masterAddress: "10.0.0.1",
      masterPort: "29500",
      home: "/home/me",
    };
    const placed = placedJobs(template, filled).map(({ starters, env }) => ({ starters, env }));
    const whole = { ...shared, ranksOfHosts: [2, 2], rendezvous, tether, runDirectory, starter };
    const specs = [0, 1].map((host) => agentJobSpec(whole, host));
    for (const [host, spec] of specs.entries()) {
      expect(placed[host]?.starters).toEqual(spec.starters);
      expect(placed[host]?.env).toMatchObject({ MASTER_PORT: "29500", WORLD_SIZE: "4" });
    }
  }
});
