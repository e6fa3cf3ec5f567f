import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { slurmLabMissing, startSlurmLab, type SlurmLab } from "../lab/slurm.ts";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { directoryOf, eventsOf, logOf, printed, until } from "../support/recorded-run.ts";

const missing = slurmLabMissing();
if (missing !== undefined) console.warn(`skipping the tests of Slurm: ${missing}`);

/**
 * Counts epochs to 8, stores each second one and the last before it has to make way, and continues there. Rank 0 fails in the way that is
 * given.
 */
const resuming = `
import os, signal, sys, time
rank, attempt = int(os.environ["RANK"]), int(os.environ["PITWALL_ATTEMPT"])
how, seconds = sys.argv[1], float(sys.argv[2])
stored = os.path.join(os.environ["PITWALL_RUN_DIR"], "stored-%d" % rank)
epoch = int(open(stored).read()) if os.path.exists(stored) else 0
def store(*reason):
    with open(stored, "w") as file:
        file.write(str(epoch))
    if reason:
        print("rank=%d told to stop in epoch=%d" % (rank, epoch), flush=True)
        sys.exit(0)
signal.signal(signal.SIGTERM, store)
if rank == 0:
    signal.signal(signal.SIGUSR1, lambda *_: print("asked for a checkpoint", flush=True))
print("rank=%d world=%s node=%s attempt=%d from=%d" % (rank, os.environ["WORLD_SIZE"], os.environ["SLURMD_NODENAME"], attempt, epoch), flush=True)
while epoch < 8:
    time.sleep(seconds)
    epoch += 1
    if rank == 0:
        print("samples=%d val_acc=%.3f" % (100 * epoch, epoch / 8), flush=True)
    if epoch % 2 == 0:
        store()
    if how == "killed" and attempt == 1 and rank == 0 and epoch == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "hungry" and attempt == 1 and rank == 0 and epoch == 5:
        held = []
        while True:
            held.append(bytearray(os.urandom(1) * (20 << 20)))
            time.sleep(0.05)
    if how == "wrong" and rank == 0 and epoch == 5:
        raise ValueError("no such token: 50257")
`;

/** Batch jobs of the tests leave no file. */
const quiet = ["--output=/dev/null"];

describe.skipIf(missing !== undefined)("a job of Slurm is restarted", () => {
  let lab: SlurmLab;
  beforeAll(async () => {
    lab = await startSlurmLab({ nodeCount: 3 });
  });
  // One test that fails must not fail the next ones.
  afterEach(() => lab.clear());
  afterAll(() => lab.close());

  const onSlurm = ["run", "--on", "slurm", "--launcher", "direct", "--target", "val_acc>=0.9"];
  const reading = [...onSlurm, "--samples", "samples=([0-9]+)"];

  async function restart(
    how: string,
    options: readonly string[],
    act?: (log: () => string, child: ChildProcess) => Promise<unknown>,
  ) {
    const cwd = join(temporaryFolder(), "a folder");
    mkdirSync(cwd);
    writeFileSync(join(cwd, "resume.py"), resuming);
    const command = ["--", "python3", "resume.py", how, act === undefined ? "0.1" : "0.4"];
    const restarts = ["--nproc", "1", "--max-restarts", "2", "--price", "2/h"];
    const child = startPitwall([...reading, ...restarts, ...options, ...command], cwd, lab.env);
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (bytes: Buffer) => (text += bytes.toString()));
    const shown = (): string => text;
    const exited = once(child, "exit");
    if (act !== undefined) {
      const isTraining = () => logOf(directoryOf(cwd)).includes("samples=300") || undefined;
      await until(isTraining, { describe: shown });
      await act(() => logOf(directoryOf(cwd)), child);
    }
    const [endCode, signal] = await exited;
    // A preempted job may also wait in the queue meanwhile.
    if (signal !== null && how === "killed") await expectLauncherKilled(cwd);
    const attached =
      signal === null ? undefined : await pitwall(["attach", "last"], { cwd, env: lab.env });
    text += attached === undefined ? "" : printed(attached);
    const exitCode = attached === undefined ? endCode : attached.exitCode;
    await until(
      async () =>
        (await lab.run(
          "squeue",
          "--noheader",
          "--name",
          `pitwall-${basename(directoryOf(cwd) ?? "")}`,
        )) === "" || undefined,
    );
    const directory = directoryOf(cwd) ?? "";
    const events = eventsOf(directory);
    const decisions = events.filter(({ kind }) => kind === "restarting" || kind === "gave-up");
    const queuedCount = events.filter(({ kind }) => kind === "queued").length;
    const verified = await pitwall(["verify", "last"], { cwd, env: lab.env });
    expect(verified.exitCode, printed(verified)).toBe(0);
    const { stdout } = await pitwall(["show", "last", "--json"], { cwd, env: lab.env });
    const { ledger, result } = JSON.parse(stdout).result.runs[0];
    const parts: number[] = Object.values(ledger.partsMs);
    const sumMs = parts.reduce((sum, each) => sum + each, 0);
    const { clock } = result;
    expect(Math.abs(sumMs / (clock.endedMs - clock.launchedMs) - 1)).toBeLessThan(0.01);
    expect(Math.abs((sumMs - ledger.partsMs.queue) / clock.billedMs - 1)).toBeLessThan(0.01);
    expect(result.cost.trainingUsd ?? 0).toBeLessThanOrEqual(result.cost.billedUsd);
    expect(ledger.failureCount, shown()).toBe(1 + Number(how === "wrong"));
    const left = readdirSync(join(lab.home, ".pitwall/jobs"));
    expect(left.filter((name) => name.startsWith(basename(directory)))).toEqual([]);
    return {
      exitCode,
      decisions,
      queuedCount,
      ledger,
      cost: result.cost,
      log: logOf(directory),
      cwd,
      shown,
    };
  }

  test("on its nodes, when a rank was killed", async () => {
    const ran = await restart("killed", ["--nodes", "2"]);
    expect(ran.exitCode, ran.shown()).toBe(0);
    expect(ran.decisions).toMatchObject([
      { fault: { kind: "killed", ranks: [0] }, decision: { kind: "restart" } },
    ]);
    expect(ran.queuedCount).toBe(1);
    expect(ran.log).toMatch(/rank=0 world=2 node=node1 attempt=2 from=4/u);
  });

  test("when the kernel killed a rank that used more memory than the job has", async () => {
    const ran = await restart("hungry", ["--nodes", "2", "--sbatch=--mem=300M"]);
    expect(ran.exitCode, ran.shown()).toBe(0);
    expect(ran.decisions).toMatchObject([
      { fault: { kind: "out-of-memory" }, decision: { kind: "restart" } },
    ]);
  });

  test("and is attached to after its Pitwall was killed, which doctor names", async () => {
    const ran = await restart("killed", ["--nodes", "2"], async (log, pitwallProcess) => {
      await until(() => /attempt=2 [^]*samples=600/u.test(log()) || undefined);
      pitwallProcess.kill("SIGKILL");
    });
    expect(ran.exitCode, ran.shown()).toBe(0);
    expect(ran.log.match(/^rank=0 .*attempt=\d/gmu)).toHaveLength(2);
    expect(ran.log.match(/^samples=\d+/gmu)).toEqual(
      [100, 200, 300, 400, 500, 500, 600, 700, 800].map((count) => `samples=${count}`),
    );
  });

  test("until the same fault comes at the same place", async () => {
    const ran = await restart("wrong", ["--nodes", "2"]);
    expect(ran.exitCode, ran.shown()).toBe(4);
    expect(ran.decisions).toMatchObject([
      { kind: "restarting" },
      { kind: "gave-up", decision: { reason: "same-fault-again" } },
    ]);
  });

  test("on the nodes that are left, when one has died", async () => {
    const ran = await restart("-", ["--nodes", "2", "--min-nodes", "1"], () => loseNode("node2"));
    expect(ran.exitCode, ran.shown()).toBe(0);
    expect(ran.decisions).toMatchObject([
      { fault: { kind: "host-lost", hosts: ["node2"] }, decision: { kind: "drop-host" } },
    ]);
    expect(ran.queuedCount).toBe(1);
    expect(ran.log).toMatch(/rank=0 world=1 node=node1 attempt=2 from=/u);
  });

  test("on a spare node that it has, when one has died", async () => {
    const ran = await restart("-", ["--nodes", "2", "--spares", "1"], () => loseNode("node2"));
    expect(ran.exitCode, ran.shown()).toBe(0);
    expect(ran.decisions).toMatchObject([{ decision: { hosts: ["node2"], spares: ["node3"] } }]);
    expect(ran.queuedCount).toBe(1);
    expect(ran.log).toMatch(/rank=1 world=2 node=node3 attempt=2 from=/u);
    // All three nodes of the job are billed, and the ledger says what the idle one costs.
    expect(ran.cost).toMatchObject({ unitCount: 3 });
    expect(ran.ledger.spareUsd).toBeCloseTo(ran.cost.billedUsd / 3, 9);
  });

  test("on another node, when that of its script has died, and leaves it out of later jobs", async () => {
    const ran = await restart("-", ["--nodes", "1"], () => loseNode("node1"));
    expect(ran.exitCode, ran.shown()).toBe(0);
    expect(ran.decisions).toMatchObject([
      { fault: { kind: "host-lost", hosts: ["node1"] }, decision: { kind: "replace-host" } },
    ]);
    expect(ran.queuedCount).toBe(2);
    expect(ran.log).toMatch(/rank=0 world=1 node=node[23] attempt=2 from=/u);
    const words = [...onSlurm, "--dry-run", "--", "python3", "resume.py"];
    const preview = await pitwall(words, { cwd: ran.cwd, env: lab.env });
    expect(preview.stdout, printed(preview)).toContain("#SBATCH --exclude=node1\n");
  });

  test("never on a node that was excluded", async () => {
    const cwd = temporaryFolder();
    const excluding = ["hosts", "exclude", "node1", "--on", "slurm", "--reason", "ECC errors"];
    const excluded = await pitwall(excluding, { cwd, env: lab.env });
    expect(excluded.exitCode, printed(excluded)).toBe(0);
    const command = ["--", "python3", "-c", "print('val_acc=1')"];
    const ran = await pitwall([...onSlurm, ...command], { cwd, env: lab.env });
    expect(ran.exitCode, printed(ran)).toBe(0);
    expect(ran.stderr).toContain("not using node1, which is excluded: ECC errors");
    const launched = eventsOf(directoryOf(cwd)).filter(({ kind }) => kind === "launched");
    expect(launched).toMatchObject([{ host: expect.stringMatching(/^node[23]$/u) }]);
  });

  test("again on a node whose exclusion has expired, after a test job on it", async () => {
    const cwd = temporaryFolder();
    const excluding = ["hosts", "exclude", "node1", "--on", "slurm", "--reason", "ECC errors"];
    await pitwall([...excluding, "--for", "1s"], { cwd, env: lab.env });
    await delay(1500);
    const preview = await pitwall([...onSlurm, "--dry-run", "--", "true"], { cwd, env: lab.env });
    expect(preview.stdout, printed(preview)).toContain("#SBATCH --exclude=node1\n");
    const command = ["--nodes", "3", "--", "python3", "-c", "print('val_acc=1')"];
    const ran = await pitwall([...onSlurm, ...command], { cwd, env: lab.env });
    expect(ran.exitCode, printed(ran)).toBe(0);
    expect(ran.stderr).toContain(
      "using node1 again: its exclusion has expired, and it passes its test",
    );
    const { stdout } = await pitwall(["hosts", "list", "--json"], { cwd });
    expect(JSON.parse(stdout).result.hosts).toEqual([]);
  });

  test("not on an excluded node that is occupied, because it cannot be tested", async () => {
    const cwd = temporaryFolder();
    const excluding = ["hosts", "exclude", "node1", "--on", "slurm", "--reason", "ECC errors"];
    await pitwall(excluding, { cwd, env: lab.env });
    await lab.run("sbatch", "-N1", "--nodelist=node1", "--exclusive", ...quiet, "--wrap=sleep 600");
    await until(async () => (await lab.run("squeue", "-h", "-tR")) !== "" || undefined);
    const allowing = ["hosts", "allow", "node1", "--on", "slurm"];
    const refused = await pitwall(allowing, { cwd, env: lab.env });
    expect(refused.exitCode, printed(refused)).toBe(1);
    expect(refused.stdout).toContain("node `node1` could not be tested");
    const untested = await pitwall([...allowing, "--untested"], { cwd, env: lab.env });
    expect(untested.exitCode, printed(untested)).toBe(0);
  });

  test("that had to make way, and told its program, also if Pitwall is killed while it is queued", async () => {
    const urgent = ["sbatch", "--parsable", "-purgent", "-N3", "--exclusive", ...quiet];
    const queued = ["squeue", "--noheader", "--states=PENDING", "--format=%A", "--partition=spot"];
    const options = ["--nodes", "2", "--partition", "spot"];
    const ran = await restart("-", options, async (_log, pitwallProcess) => {
      await lab.run(...urgent, "--wrap=sleep 1");
      await until(async () => (await lab.run(...queued)) !== "" || undefined);
      pitwallProcess.kill("SIGKILL");
    });
    expect(ran.exitCode, ran.shown()).toBe(0);
    expect(ran.decisions).toMatchObject([
      { fault: { kind: "preemption" }, decision: { kind: "restart" } },
    ]);
    expect(ran.ledger.partsMs.queue).toBeGreaterThan(0);
    const [, epoch] = /rank=0 told to stop in epoch=(\d)/u.exec(ran.log) ?? [];
    expect(ran.log).toMatch(new RegExp(`^rank=0 world=2 node=\\S+ attempt=2 from=${epoch}$`, "mu"));
  });

  test("not if it was canceled, but it survives a request for a checkpoint", async () => {
    const ran = await restart("-", ["--nodes", "2"], async (log) => {
      await lab.run("scancel", "--signal=USR1", "--user=root");
      await until(() => log().includes("asked for a checkpoint") || undefined);
      await lab.run("scancel", "--user=root");
    });
    expect(ran.exitCode, ran.shown()).toBe(1);
    expect(ran.decisions).toMatchObject([{ kind: "gave-up", decision: { reason: "canceled" } }]);
  });

  async function expectLauncherKilled(cwd: string): Promise<void> {
    const { stdout } = await pitwall(["doctor", "last", "--json"], { cwd, env: lab.env });
    expect(JSON.parse(stdout).result.diagnoses[0].diagnosis.verdict).toMatchObject({
      kind: "fault",
      causes: [{ kind: "launcher-killed", ranks: [] }],
    });
  }

  async function loseNode(node: string): Promise<void> {
    await lab.kill(node);
    await lab.run("scontrol", "update", `nodename=${node}`, "state=down", "reason=test");
  }
});
