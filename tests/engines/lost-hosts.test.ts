import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { documentOf } from "../../src/cli/reference/json-documents.ts";
import { type SshLab, sshLabObstacle, startSshLab } from "../lab/ssh-hosts.ts";
import { pitwall, startPitwall } from "../support/pitwall.ts";
import {
  countingProgram,
  eventsOf,
  logOf,
  rankLines,
  recordFolder,
  sshProject,
  until,
  wholeLines,
} from "../support/ssh-project.ts";
import { missingTorch } from "../torch/torch-programs.ts";

const torchPython = process.env["PITWALL_TORCH_PYTHON"] ?? "python3";

/** Each rank sends 64 kB to the next one in each step, and waits for what the one before it sends. */
const ringProgram = `
import os, socket, sys, threading, time
rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
def stop_here():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
server = socket.create_server(("", 5001))
until = time.monotonic() + 30
while True:
    try:
        following = socket.create_connection(("host%d" % ((rank + 1) % world + 1), 5001), timeout=5)
        break
    except OSError:
        if time.monotonic() > until:
            raise
        time.sleep(0.1)
following.settimeout(None)
previous, _ = server.accept()
steps = 60
for step in range(steps):
    if "--hang" in sys.argv and rank == 1 and step == 20:
        stop_here()
    following.sendall(bytes(1 << 16))
    left = 1 << 16
    while left > 0:
        left -= len(previous.recv(left))
    time.sleep(0.2 if "--hang" in sys.argv else 0.03)
    if rank == 0:
        print("step=%d val_acc=%.3f" % (step, (step + 1) / steps), flush=True)
time.sleep(1)
`;

/**
 * Trains with gloo for half a minute, without `pitwall.py`; most of the computation is a sleep, as other work may run on this machine. With
 * `--sleep`, rank 1 also sleeps for 30 % of each step, however long other work makes the steps.
 */
const glooProgram = `
import sys, time
import torch, torch.distributed as dist
torch.set_num_threads(1)
dist.init_process_group("gloo")
rank = dist.get_rank()
weights, gradient, over = torch.randn(256, 256), torch.zeros(256, 256), torch.zeros(1)
began = time.monotonic()
step = 0
asleep = 0.03
while over.item() == 0:
    start = time.monotonic()
    time.sleep(0.07)
    gradient = (weights @ weights).tanh()
    if "--sleep" in sys.argv and rank == 1:
        time.sleep(asleep)
    dist.all_reduce(gradient)
    over[0] = float(time.monotonic() - began > 30)
    dist.all_reduce(over)
    asleep = 3 / 7 * (time.monotonic() - start - asleep)
    step += 1
    if rank == 0:
        print("step=%d val_acc=%.3f" % (step, over.item() > 0), flush=True)
`;

const obstacle = sshLabObstacle();
if (obstacle !== undefined) console.warn(`skipped: ssh hosts on this machine (${obstacle})`);

describe.skipIf(obstacle !== undefined)("a run on several hosts", () => {
  let lab: SshLab;
  beforeAll(() => {
    lab = startSshLab(3);
  }, 60_000);
  afterAll(() => lab.down());

  function words(steps: number, more: readonly string[]): string[] {
    const where = ["--hosts", "host1,host2", "--ssh-config", lab.config];
    const how = ["--launcher", "direct", "--target", "val_acc>=0.94", ...more];
    return ["run", ...where, ...how, "--", "python3", "train it.py", String(steps)];
  }

  /** Starts a run and waits until both ranks have printed something. */
  async function start(steps: number, more: readonly string[] = []) {
    const code = sshProject(countingProgram);
    const child = startPitwall(words(steps, more), code);
    await until(() => /rank=0 line=9/u.test(logOf(code)) && /rank=1 line=9/u.test(logOf(code)));
    return { code, child, exited: once(child, "exit") };
  }

  async function startAndKill(steps: number, more: readonly string[] = []): Promise<string> {
    const { code, child, exited } = await start(steps, more);
    // What has arrived is written twice a second.
    await delay(1000);
    child.kill("SIGKILL");
    await exited;
    return code;
  }

  function cutOff(host: string): void {
    lab.setLink(host, "down");
    onTestFinished(() => lab.setLink(host, "up"));
  }

  async function endAll(code: string): Promise<void> {
    await pitwall(["stop", "last"], { cwd: code });
    for (const host of lab.hosts) await expect.poll(() => lab.processes(host)).toEqual([]);
  }

  test("is attached to from where the record ends", async () => {
    const code = await startAndKill(300);
    const attaching = startPitwall(["attach", "last"], code);
    const exited = once(attaching, "exit");
    const offsets = (): number[] =>
      lab.hosts.flatMap((host) =>
        lab.processes(host).flatMap((line) => Number(/follow \S+ (\d+)/u.exec(line)?.[1] ?? [])),
      );
    await until(() => offsets().length === 2);
    for (const offset of offsets()) expect(offset).toBeGreaterThan(300);
    expect((await exited)[0]).toBe(0);
    expect(rankLines(logOf(code))).toEqual(wholeLines(300, 2));
    // The frames are removed with the closing of the record.
    expect(existsSync(join(recordFolder(code), "frames"))).toBe(false);
    expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
  }, 90_000);

  test("is attached to while a host is missing, which may come back", async () => {
    const code = await startAndKill(400, ["--host-timeout", "40s"]);
    cutOff("host2");
    const attaching = pitwall(["attach", "last"], { cwd: code });
    await delay(12_000);
    lab.setLink("host2", "up");
    const ran = await attaching;
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    expect(ran.stderr).toContain("waiting for host2");
    expect(rankLines(logOf(code))).toEqual(wholeLines(400, 2));
  }, 180_000);

  test("loses a host that stays missing, and keeps what it had printed", async () => {
    const code = await startAndKill(5000, ["--host-timeout", "3s"]);
    const before = rankLines(logOf(code))["1"] ?? [];
    cutOff("host2");
    const ran = await pitwall(["attach", "last"], { cwd: code });
    expect(ran.exitCode, ran.stderr).toBe(1);
    expect(eventsOf(code)).toContainEqual(
      expect.objectContaining({ kind: "host-lost", host: "host2" }),
    );
    const after = rankLines(logOf(code));
    expect(after["1"]?.length).toBeGreaterThanOrEqual(before.length);
    expect(after["1"]).toEqual(after["1"]?.map((_, index) => index));
    expect(after["0"]?.length).toBeGreaterThan(before.length);
    expect(lab.processes("host1")).toEqual([]);
    lab.setLink("host2", "up");
    await endAll(code);
  }, 180_000);

  test("of a series is finished by attach, which names the command for the others", async () => {
    const code = await startAndKill(200, ["--runs", "3"]);
    const ran = await pitwall(["attach", "last", "--json"], { cwd: code });
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    const document = JSON.parse(ran.stdout);
    expect(documentOf("attach")?.safeParse(document).error?.issues ?? []).toEqual([]);
    expect(document.result.remainingSeeds).toEqual([2, 3]);
    const series = /pitwall run --resume (\S+)`/u.exec(ran.stderr)?.[1] ?? "";
    const resumed = await pitwall(["run", "--resume", series], { cwd: code });
    expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 });
    expect(resumed.stdout).toContain("3 runs");
  }, 180_000);

  test("ends its ranks by itself on a host that it ended without", async () => {
    const { code, exited } = await start(5000, ["--host-timeout", "4s"]);
    // A lease counts only once the agents have answered each other.
    await delay(3000);
    cutOff("host2");
    expect((await exited)[0]).not.toBe(0);
    await expect.poll(() => lab.processes("host1"), { timeout: 30_000 }).toEqual([]);
    expect(lab.processes("host2")).not.toEqual([]);
    lab.setLink("host2", "up");
    await expect.poll(() => lab.processes("host2"), { timeout: 90_000 }).toEqual([]);
    const { launchTarget } = JSON.parse(readFileSync(join(recordFolder(code), "run.json"), "utf8"));
    expect(launchTarget).toMatchObject({ hostTimeoutMs: 4000, leaseMs: 40_000 });
    expect(frames("host2")).toContain("no contact to Pitwall and to the other hosts for 40 s");
  }, 180_000);

  test("outlives its Pitwall for longer than the lease", async () => {
    const code = await startAndKill(5000, ["--host-timeout", "3s"]);
    await delay(35_000);
    for (const host of ["host1", "host2"]) expect(lab.processes(host)).not.toEqual([]);
    await endAll(code);
  }, 180_000);

  test.each([
    { name: "the next run", next: () => words(3, []) },
    { name: "`hosts check`", next: () => ["hosts", "check", ...words(1, []).slice(1, 5)] },
  ])(
    "is ended on a host that came back by $name, which says so",
    async ({ next }) => {
      const { code, exited } = await start(5000, ["--host-timeout", "10s"]);
      const runId = recordFolder(code).replace(/^.*\//u, "");
      cutOff("host2");
      await exited;
      expect(lab.processes("host2")).not.toEqual([]);
      expect(existsSync(join(recordFolder(code), "result.json"))).toBe(true);
      lab.setLink("host2", "up");
      const ran = await pitwall(next(), { cwd: code });
      const said = `processe?s? of \`${runId}\`, which had ended without this host`;
      expect(`${ran.stdout}${ran.stderr}`).toMatch(new RegExp(`host2: ended \\d+ ${said}`, "u"));
      expect(lab.processes("host2")).toEqual([]);
      const left = readdirSync(join(lab.home("host2"), ".pitwall", "jobs"));
      expect(left).not.toContain(`${runId}.host2`);
    },
    180_000,
  );

  test("trains through a network with delay and loss, which doctor names with its host", async () => {
    const where = ["--hosts", "host1,host2,host3", "--ssh-config", lab.config];
    const how = ["--launcher", "direct", "--target", "val_acc>=1", "--max-restarts", "1"];
    const run = async (): Promise<string> => {
      const code = sshProject(ringProgram);
      const words = ["run", ...where, ...how, "--", "python3", "train it.py"];
      const ran = await pitwall(words, { cwd: code });
      expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
      return code;
    };
    const sound = await pitwall(["doctor", "last"], { cwd: await run() });
    expect(sound).toMatchObject({ exitCode: 0 });
    const restoreLink = lab.worsenLink("host2", { delayMs: 20, lostFraction: 0.02 });
    onTestFinished(restoreLink);
    const code = await run();
    const said = await pitwall(["doctor", "last", "--json"], { cwd: code });
    expect(JSON.parse(said.stdout).result.diagnoses[0].diagnosis.verdict).toMatchObject({
      kind: "fault",
      causes: [{ kind: "slow-link", hosts: ["host2"] }],
    });
    const { stdout } = await pitwall(["doctor", "last"], { cwd: code });
    expect(stdout).toMatch(/the network of host host2 is lossy: [\d.]+ % of the segments/u);
    expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
    const shown = await pitwall(["show", "last", "--json"], { cwd: code });
    const { ledger, result } = JSON.parse(shown.stdout).result.runs[0];
    const partsMs: number[] = Object.values(ledger.partsMs);
    const sumMs = partsMs.reduce((sum, each) => sum + each, 0);
    expect(Math.abs(sumMs / result.clock.billedMs - 1)).toBeLessThan(0.01);
    for (const host of lab.hosts) expect(lab.processes(host)).toEqual([]);
  }, 180_000);

  test.skipIf(missingTorch !== "").each([
    { who: "no rank, if none is slow", sleeping: [], causes: [] },
    {
      who: "the rank that sleeps for 30 % of each step",
      sleeping: ["--sleep"],
      causes: [{ kind: "compute-straggler", ranks: [1] }],
    },
  ])(
    `trains with gloo and without the helper, and doctor names $who${missingTorch}`,
    async ({ sleeping, causes }) => {
      const code = sshProject(glooProgram);
      const where = ["--hosts", "host1,host2,host3", "--ssh-config", lab.config];
      const how = ["--launcher", "direct", "--target", "val_acc>=1"];
      const program = ["--", torchPython, "train it.py", ...sleeping];
      const ran = await pitwall(["run", "--quiet", ...where, ...how, ...program], { cwd: code });
      expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
      const said = await pitwall(["doctor", "last", "--json"], { cwd: code });
      const { verdict } = JSON.parse(said.stdout).result.diagnoses[0].diagnosis;
      const named: { kind: string; ranks: number[] }[] = verdict.causes ?? [];
      expect(named.map(({ kind, ranks }) => ({ kind, ranks }))).toEqual(causes);
      expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
      for (const host of lab.hosts) expect(lab.processes(host)).toEqual([]);
    },
    180_000,
  );

  test("hangs, and doctor looks at its ranks on their hosts while it does", async () => {
    const code = sshProject(ringProgram);
    const where = ["--hosts", "host1,host2,host3", "--ssh-config", lab.config];
    const how = ["--launcher", "direct", "--target", "val_acc>=1"];
    const words = ["run", ...where, ...how, "--", "python3", "train it.py", "--hang"];
    const exited = once(startPitwall(words, code), "exit");
    await until(
      () => recordFolder(code) !== "" && existsSync(join(recordFolder(code), "events.jsonl")),
    );
    await until(() => eventsOf(code).some(({ kind }) => kind === "silence"));
    const said = await pitwall(["doctor", "last"], { cwd: code });
    expect(said.stdout).toContain("rank 1 on host2 stopped making progress");
    expect(said.stdout).toContain("it is in the system call futex");
    expect(said.exitCode).toBe(1);
    await endAll(code);
    await exited;
  }, 120_000);

  function frames(host: string): string {
    const jobs = join(lab.home(host), ".pitwall", "jobs");
    return readdirSync(jobs)
      .map((name) => readFileSync(join(jobs, name, "frames"), "utf8"))
      .join("");
  }
});
