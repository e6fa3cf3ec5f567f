import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Startable } from "../../../schema/run/request/run-request.ts";
import type { LaunchTexts } from "../running/launch-texts.ts";
import { planLaunchTarget } from "./plan-launch-target.ts";

const command = (...words: string[]): Startable => ({
  kind: "command",
  name: "train",
  command: words,
  cwd: "/",
  env: {},
});
const plan = async (given: LaunchTexts, startable = command("python3", "train.py")) =>
  (await planLaunchTarget({ given }, startable, "/")).target;

describe("a launch target is", () => {
  test("this machine with one process by default", async () => {
    expect(await plan({})).toEqual({ kind: "local" });
    expect(await plan({ on: "local" })).toEqual({ kind: "local" });
  });

  test("torchrun for Python, and the agent for other programs", async () => {
    expect(await plan({ nproc: "2" })).toEqual({
      kind: "local",
      ranks: { perHost: 2, starter: "torchrun" },
    });
    expect(await plan({ nproc: "gpu" }, command("./train.sh"))).toEqual({
      kind: "local",
      ranks: { perHost: "gpu", starter: "direct" },
    });
  });

  test("ssh if hosts are given, limited to the first nodes", async () => {
    expect(await plan({ hosts: "a,b,c", nodes: 2, hostTimeout: "30s" })).toEqual({
      kind: "ssh",
      hosts: [
        { name: "a", destination: "a" },
        { name: "b", destination: "b" },
      ],
      ranks: { perHost: 1, starter: "torchrun" },
      hostTimeoutMs: 30_000,
      leaseMs: 300_000,
    });
  });

  test("torchrun with the given rendezvous, also for one rank", async () => {
    expect(await plan({ rendezvous: "c10d" })).toEqual({
      kind: "local",
      ranks: { perHost: 1, starter: "torchrun", rendezvous: "c10d" },
    });
  });

  test("hosts in the order of their switches, and at a rate", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "pitwall-hosts-"));
    onTestFinished(() => rmSync(cwd, { recursive: true }));
    const entries = [
      "{ host: a, switch: spine1/leaf1 }",
      "{ host: b, switch: spine2/leaf3 }",
      "{ host: c, switch: spine1/leaf2 }",
      "{ host: d, switch: spine1/leaf1 }",
    ];
    writeFileSync(
      join(cwd, "hosts.yaml"),
      `hosts:\n${entries.map((each) => `  - ${each}\n`).join("")}`,
    );
    const texts = { hosts: "hosts.yaml", rankOrder: "topology", launchRate: "0.5" };
    const { target } = await planLaunchTarget(
      { given: texts },
      command("python3", "train.py"),
      cwd,
    );
    expect(target).toMatchObject({ kind: "ssh", rankOrder: "topology", launchRate: 0.5 });
    const names = target.kind === "ssh" ? target.hosts.map(({ name }) => name) : [];
    expect(names).toEqual(["a", "d", "c", "b"]);
  });
});

describe("a workload file with settings of every launch target", () => {
  const fromFile: LaunchTexts = {
    nproc: "2",
    hosts: "a,b,c",
    nodes: 2,
    sync: ["data"],
    setUp: "pip install .",
    partition: "main",
    gres: "gpu:2",
  };
  const ranks = { perHost: 2, starter: "torchrun" };
  const host = (name: string) => ({ name, destination: name });
  const code = { sync: ["data"], setUp: "pip install .", leaseMs: 600_000 };

  test.each([
    {
      given: {},
      target: { kind: "ssh", hosts: [host("a"), host("b")], ranks, ...code },
      unused: ["partition", "gres"],
    },
    {
      given: { on: "local" },
      target: { kind: "local", ranks },
      unused: ["hosts", "setUp", "sync", "nodes", "partition", "gres"],
    },
    {
      given: { hosts: "x" },
      target: { kind: "ssh", hosts: [host("x")], ranks, ...code },
      unused: ["partition", "gres", "nodes"],
    },
    {
      given: { hosts: "x,y", nodes: 1 },
      target: { kind: "ssh", hosts: [host("x")], ranks, ...code },
      unused: ["partition", "gres"],
    },
    {
      given: { on: "slurm", nodes: 4, partition: "tiny" },
      target: { kind: "slurm", nodes: 4, ranks, partition: "tiny", gres: "gpu:2" },
      unused: ["hosts", "setUp", "sync"],
    },
    {
      given: { on: "slurm", nodes: 4, sendCode: true },
      target: {
        kind: "slurm",
        nodes: 4,
        ranks,
        partition: "main",
        gres: "gpu:2",
        sendsCode: true,
        sync: code.sync,
        setUp: code.setUp,
      },
      unused: ["hosts"],
    },
    {
      given: { on: "mpi" },
      target: {
        kind: "mpi",
        hosts: [host("a"), host("b")],
        ranks: { ...ranks, starter: "direct" },
        ...code,
      },
      unused: ["partition", "gres"],
    },
    {
      given: { on: "simulated" },
      target: { kind: "simulated", nodes: 2, ranks: { perHost: 2, starter: "direct" } },
      unused: ["hosts", "setUp", "sync", "partition", "gres"],
    },
  ])("is used with $given", async ({ given, target, unused }) => {
    const planned = await planLaunchTarget({ given, fromFile }, command("python3", "t.py"), "/");
    expect(planned).toEqual({ target, unused });
  });

  test.each<{ given: LaunchTexts; fromFile: LaunchTexts; kind: string }>([
    { given: {}, fromFile: { on: "slurm", hosts: "a" }, kind: "slurm" },
    { given: { hosts: "a" }, fromFile: { on: "slurm" }, kind: "ssh" },
    { given: { on: "local" }, fromFile: { on: "slurm" }, kind: "local" },
    { given: { on: "mpi" }, fromFile: { sync: ["."], nodes: 2 }, kind: "mpi" },
  ])("is started with $given and $fromFile on $kind", async ({ given, fromFile: file, kind }) => {
    const planned = await planLaunchTarget({ given, fromFile: file }, command("./a"), "/");
    expect(planned.target.kind).toBe(kind);
  });

  test("does not excuse an option without effect", async () => {
    const given = { on: "local", nodes: 2 };
    const planned = planLaunchTarget({ given, fromFile }, command("./a"), "/");
    await expect(planned).rejects.toMatchObject({ code: "option-unused" });
  });
});

test.each<[string, LaunchTexts, Startable | undefined]>([
  ["option-unused", { nproc: "2", setUp: "true" }, undefined],
  ["option-unused", { on: "local", hosts: "a" }, undefined],
  ["option-unused", { nproc: "2" }, { kind: "embedded", name: "digits", workers: 1 }],
  ["nproc-invalid", { nproc: "0" }, undefined],
  ["nproc-invalid", { nproc: "many" }, undefined],
  ["launcher-nested", { nproc: "2" }, command("torchrun", "train.py")],
  ["launcher-nested", { nproc: "2" }, command("python", "-m", "torch.distributed.run", "x.py")],
  ["too-few-hosts", { hosts: "a", nodes: 2 }, undefined],
  ["hosts-missing", { on: "ssh" }, undefined],
  ["host-timeout-invalid", { hosts: "a", hostTimeout: "0s" }, undefined],
  ["launch-rate-invalid", { hosts: "a", launchRate: "0" }, undefined],
  ["launch-rate-invalid", { hosts: "a", launchRate: "fast" }, undefined],
  ["option-unused", { nproc: "2", launchRate: "5" }, undefined],
  ["option-unused", { nproc: "2", rankOrder: "topology" }, undefined],
  ["option-unused", { hosts: "a", rendezvous: "c10d" }, command("./train.sh")],
  ["option-unused", { on: "slurm", rendezvous: "c10d" }, command("./train.sh")],
  ["option-unused", { on: "slurm", sync: ["lib"] }, undefined],
  ["option-unused", { hosts: "a", sendCode: true }, undefined],
  ["topology-unknown", { hosts: "a", rankOrder: "topology" }, undefined],
])("%s: %j", async (code, texts, startable) => {
  await expect(plan(texts, startable)).rejects.toMatchObject({ code });
});
