import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { launchTargetContract } from "../../src/launch/launch-target.contract.ts";
import { slurmLabMissing, startSlurmLab, type SlurmLab } from "../lab/slurm.ts";
import { contractRanks, contractSubject } from "../support/contract-subject.ts";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { missingTorch, torchPath } from "../torch/torch-programs.ts";
import { directoryOf, eventsOf, logOf, printed, resultIn, until } from "../support/recorded-run.ts";

const missing = slurmLabMissing();
if (missing !== undefined) console.warn(`skipping the tests of Slurm: ${missing}`);

/** Prints its place and a rising accuracy; `endless` goes on below the target, `hungry` uses more and more memory too. */
const program = `
import os, sys, time
rank = int(os.environ["RANK"])
print("rank", rank, "of", os.environ["WORLD_SIZE"], "local", os.environ["LOCAL_RANK"], "pid", os.getpid(), "gpus", os.environ.get("CUDA_VISIBLE_DEVICES"), flush=True)
step, held = 0, []
while step < 3 or sys.argv[1:]:
    step += 1
    time.sleep(0.05)
    if "hungry" in sys.argv:
        held.append(bytearray(os.urandom(1) * (10 << 20)))
    if rank == 0:
        print("val_acc=%.3f" % (0.5 if sys.argv[1:] else 0.3 * step + 0.1), flush=True)
`;

/** Learns a linear function with DDP. */
const torchProgram = `
import torch, torch.distributed as dist
dist.init_process_group("gloo")
torch.manual_seed(0)
model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
torch.manual_seed(dist.get_rank())
for step in range(60):
    x = torch.randn(64, 8)
    loss = ((model(x) - x @ torch.arange(8.0).unsqueeze(1)) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 9 and dist.get_rank() == 0:
        print("val_loss=%.4f" % loss.item(), flush=True)
dist.destroy_process_group()
`;

/** Batch jobs of the tests leave no file. */
const quiet = ["--output=/dev/null"];

describe.skipIf(missing !== undefined)("on Slurm", () => {
  let lab: SlurmLab;
  beforeAll(async () => {
    lab = await startSlurmLab();
  });
  // One test that fails must not fail the next ones.
  afterEach(() => lab.clear());
  afterAll(() => lab.close());

  /** A folder with blanks in its name, with the program in it. */
  function programFolder(): string {
    const cwd = join(temporaryFolder(), "a folder");
    mkdirSync(cwd);
    writeFileSync(join(cwd, "train.py"), program);
    return cwd;
  }

  const onSlurm = ["run", "--on", "slurm", "--launcher", "direct", "--target", "val_acc>=0.9"];
  const endless = ["--", "python3", "train.py", "endless"];

  function start(words: readonly string[], cwd: string) {
    const child = startPitwall([...onSlurm, ...words], cwd, lab.env);
    let shown = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (bytes: Buffer) => (shown += bytes.toString()));
    return { child, shown: () => shown };
  }

  function run(words: readonly string[], cwd = programFolder()) {
    return pitwall([...onSlurm, ...words], { cwd, env: lab.env });
  }

  /** Starts a program without end, and waits until it has printed its first value. */
  async function startEndless(
    options: readonly string[] = ["--nodes", "2", "--nproc", "2"],
    kind = "endless",
  ) {
    const cwd = programFolder();
    const started = start([...options, "--", "python3", "train.py", kind], cwd);
    const wait = { describe: started.shown };
    await until(() => logOf(directoryOf(cwd)).includes("val_acc") || undefined, wait);
    return { ...started, cwd, directory: directoryOf(cwd) ?? "" };
  }

  /** Waits for the end of Pitwall, and for that of the job. */
  async function ended({ child, shown }: ReturnType<typeof start>): Promise<number | null> {
    const exited = child.exitCode === null ? once(child, "exit") : [child.exitCode];
    const [code] = await exited;
    await noJobs(shown);
    return code;
  }

  /** Waits until Slurm has no job. */
  async function noJobs(describe: () => string = () => ""): Promise<void> {
    let seen = "";
    const isEmpty = async () => {
      seen = await lab.run("squeue", "--noheader");
      return seen === "" || undefined;
    };
    await until(isEmpty, { describe: () => `${seen}\n${describe()}` });
  }

  async function onlyJob(): Promise<string> {
    return (await lab.run("squeue", "--noheader", "--format=%A")).trim();
  }

  launchTargetContract(
    "slurm",
    contractSubject<"slurm">(
      () => ({ kind: "slurm", nodes: 2, ranks: contractRanks }),
      () => lab.env,
    ),
  );

  test("doctor looks at the ranks of a job that runs, on its nodes", async () => {
    const { child, cwd } = await startEndless();
    const said = await pitwall(["doctor", "last", "--stacks", "--json"], { cwd, env: lab.env });
    const { verdict, lookedAt, unread } = JSON.parse(said.stdout).result.diagnoses[0].diagnosis;
    expect(unread).toEqual([]);
    expect(lookedAt).toContainEqual({ what: "stacks", count: 4 });
    expect(verdict).toEqual({ kind: "no-fault" });
    child.kill("SIGINT");
    await once(child, "exit");
  }, 60_000);

  test("runs 2 nodes x 2 ranks to the target, and records where each ran", async () => {
    const cwd = programFolder();
    const words = ["--nodes", "2", "--nproc", "2", "--price", "2/h", "--", "python3", "train.py"];
    const ran = await run(words, cwd);
    expect(ran.exitCode, printed(ran)).toBe(0);
    expect(ran.stderr).toContain("2 nodes of Slurm, 4 ranks, $4.00 per hour");
    const directory = directoryOf(cwd) ?? "";
    const launched = eventsOf(directory).filter(({ kind }) => kind === "launched");
    expect(launched.map(({ host, rank, localRank }) => ({ host, rank, localRank }))).toEqual([
      { host: "node1", rank: 0, localRank: 0 },
      { host: "node1", rank: 1, localRank: 1 },
      { host: "node2", rank: 2, localRank: 0 },
      { host: "node2", rank: 3, localRank: 1 },
    ]);
    const places = logOf(directory).match(/rank \d of 4 local \d/gu) ?? [];
    expect(places.toSorted()).toEqual(
      [0, 1, 2, 3].map((rank) => `rank ${rank} of 4 local ${rank % 2}`),
    );
    const result = JSON.parse(readFileSync(join(directory, "result.json"), "utf8"));
    expect(result).toMatchObject({
      outcome: { kind: "reached" },
      job: { hosts: ["node1", "node2"], rankCount: 4 },
      findings: [],
      queuedMs: expect.any(Number),
    });
    expect(readFileSync(join(directory, "slurm.sh"), "utf8")).toContain("#SBATCH --nodes=2");
    const verified = await pitwall(["verify", "last"], { cwd, env: lab.env });
    expect(verified.exitCode, printed(verified)).toBe(0);
    expect(readdirSync(join(lab.home, ".pitwall/jobs"))).toEqual([]);
    await noJobs();
  });

  test("stops a job on Ctrl-C", async () => {
    const started = await startEndless();
    const { child, directory } = started;
    child.kill("SIGINT");
    expect(await ended(started), started.shown()).toBe(130);
    const exits = eventsOf(directory).filter(({ kind }) => kind === "rank-exited");
    expect(exits.map(({ signal }) => signal)).toEqual(["SIGTERM", "SIGTERM", "SIGTERM", "SIGTERM"]);
  });

  test("ends the job when one rank is killed", async () => {
    const started = await startEndless();
    const { directory } = started;
    const pid = /rank 3 .*pid (\d+)/u.exec(logOf(directory))?.[1];
    process.kill(Number(pid), "SIGKILL");
    expect(await ended(started), started.shown()).toBe(4);
    expect(resultIn(directory).findings).toEqual([
      { rule: "rank-failed", host: "node2", rank: 3, signal: "SIGKILL" },
    ]);
  });

  test.each<{
    cut: string;
    options?: string[];
    exitCode?: number;
    act?: () => Promise<unknown>;
    finding: object;
  }>([
    {
      cut: "was canceled from outside",
      exitCode: 3,
      act: () => lab.run("scancel", "--user=root"),
      finding: { state: "CANCELLED", reason: "it was canceled" },
    },
    {
      cut: "made way for a more urgent one",
      act: () => lab.run("sbatch", "-purgent", "-N2", "--exclusive", ...quiet, "--wrap=sleep 1"),
      finding: { state: "PREEMPTED", reason: "it was preempted by another job" },
    },
    {
      cut: "reached its time limit",
      options: ["--time", "5"],
      act: async () => {
        await lab.run("scontrol", "update", `jobid=${await onlyJob()}`, "EndTime=now+1");
      },
      finding: { state: "TIMEOUT", reason: "its time limit was reached" },
    },
    {
      cut: "was requeued",
      act: async () => {
        const job = await onlyJob();
        // Jobs of Pitwall are submitted with `--no-requeue`, which has to be changed first.
        await expect(lab.run("scontrol", "requeue", job)).rejects.toThrow("scontrol");
        await lab.run("scontrol", "update", `jobid=${job}`, "requeue=1");
        await lab.run("scontrol", "requeue", job);
      },
      finding: {
        state: "REQUEUED",
        reason: "it was requeued, and Pitwall has canceled it: a run is never started twice",
      },
    },
    {
      cut: "used more memory than it was given",
      options: ["--sbatch=--mem=200M"],
      finding: {
        state: "OUT_OF_MEMORY",
        reason: expect.stringMatching(/StepId=\d+\.0 exceeded memory limit/u),
      },
    },
  ])("reports a job that $cut", async ({ options = [], exitCode = 4, act, finding }) => {
    const program = act === undefined ? "hungry" : "endless";
    const started = await startEndless(["--nodes", "2", ...options], program);
    await act?.();
    // 4 says that the cause is certain, which a cancellation leaves open.
    expect(await ended(started), started.shown()).toBe(exitCode);
    const { findings } = resultIn(started.directory);
    expect(findings[0]).toEqual({ rule: "ended-by-scheduler", scheduler: "slurm", ...finding });
    expect(findings.map(({ rule }) => rule)).not.toContain("rank-failed");
  });

  test("starts one rank per GPU that it requests", async () => {
    const cwd = programFolder();
    const options = ["--nodes", "2", "--nproc", "gpu", "--gres", "gpu:2"];
    const ran = await run([...options, "--", "python3", "train.py"], cwd);
    expect(ran.exitCode, printed(ran)).toBe(0);
    const places = logOf(directoryOf(cwd)).match(/rank \d of 4 local \d pid \d+ gpus 0,1/gu);
    expect(places, printed(ran)).toHaveLength(4);
    expect(ran.stdout).toContain("2 × gpu per node");
  });

  test.skipIf(missingTorch !== "")(
    `trains with torchrun, from a workload file that serves every target${missingTorch}`,
    async () => {
      const cwd = temporaryFolder();
      writeFileSync(join(cwd, "train.py"), torchProgram);
      const file = ["name: linear", "target: val_loss <= 0.1", "command: [python3, train.py]"];
      const ofOthers = ["nproc: 1", "hosts: [host1, host2]", "sync: [.]", "partition: main"];
      writeFileSync(join(cwd, "linear.yaml"), [...file, ...ofOthers].join("\n"));
      const env = { ...lab.env, PATH: `${torchPath}:/usr/sbin:/sbin` };
      const words = ["run", "linear.yaml", "--on", "slurm", "--nodes", "2", "--price", "2/h"];
      const ran = await pitwall([...words, "--rendezvous", "c10d"], { cwd, env });
      expect(ran.exitCode, printed(ran)).toBe(0);
      expect(ran.stderr).toContain("`--on slurm` does not use: `hosts`");
      expect(ran.stdout).toContain("2 hosts, 2 ranks");
      const shown = await pitwall(["show", "last"], { cwd, env });
      expect(shown.stdout).toMatch(/queue .*neither timed nor billed/u);
      expect(shown.stdout).toMatch(/cost +\$/u);
      expect(shown.stdout).toMatch(/energy .*of 2 hosts/u);
      const local = ["run", "linear.yaml", "--on", "local", "--dry-run"];
      const preview = await pitwall(local, { cwd, env });
      expect(preview.exitCode, printed(preview)).toBe(0);
      expect(preview.stderr).toContain("`--on local` does not use: `hosts`, `partition`");
    },
    300_000,
  );

  test("continues without Pitwall, and is ended by `pitwall stop`", async () => {
    const { child, cwd, directory } = await startEndless(["--nodes", "2"]);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await lab.run("squeue", "--noheader", "--format=%T")).toBe("RUNNING\n");
    const command = ["--", "printenv", "SLURMD_NODENAME"];
    const prefixed = await pitwall(["exec", basename(directory), ...command], {
      cwd,
      env: lab.env,
    });
    const lines = prefixed.stdout.trim().split("\n").toSorted();
    expect(lines, printed(prefixed)).toEqual(["node1 node1", "node2 node2"]);
    const stopped = await pitwall(["stop", basename(directory)], { cwd, env: lab.env });
    expect(stopped.exitCode, printed(stopped)).toBe(0);
    const { outcome, energy } = resultIn(directory);
    expect(outcome.kind).toBe("interrupted");
    // The process that takes over knows what the nodes are.
    expect(energy.map(({ joules }) => joules > 0)).toEqual([true, true]);
    await noJobs();
  });

  test("is ended by `pitwall stop` if its record cannot be taken over", async () => {
    const { child, cwd, directory } = await startEndless(["--nodes", "2"]);
    child.kill("SIGKILL");
    await once(child, "exit");
    // A changed event breaks the chain of hashes.
    const path = join(directory, "events.jsonl");
    writeFileSync(path, readFileSync(path, "utf8").replace('"rank":1', '"rank":7'));
    const stopped = await pitwall(["stop", "last"], { cwd, env: lab.env });
    expect(stopped.exitCode, printed(stopped)).toBe(0);
    expect(stopped.stderr).toContain("its record was not closed");
    await noJobs();
  });

  test("shows why a job waits, and withdraws it on Ctrl-C", async () => {
    const blocker = (
      await lab.run("sbatch", "--parsable", "-N2", "--exclusive", ...quiet, "--wrap=sleep 99")
    ).trim();
    const cwd = programFolder();
    const started = start(["--nodes", "2", ...endless], cwd);
    const isQueued = () =>
      /queued as job \d+: (?:Resources|Priority)/u.test(started.shown()) || undefined;
    await until(isQueued, { describe: started.shown });
    started.child.kill("SIGINT");
    const [code] = await once(started.child, "exit");
    expect(code, started.shown()).toBe(130);
    const result = resultIn(directoryOf(cwd) ?? "");
    expect(result).toMatchObject({ outcome: { kind: "interrupted" }, clock: { billedMs: 0 } });
    await lab.run("scancel", blocker);
    await noJobs();
  });

  test("runs two runs at once", async () => {
    const words = ["--", "python3", "train.py"];
    const runs = await Promise.all([run(words), run(words)]);
    for (const ran of runs) expect(ran.exitCode, printed(ran)).toBe(0);
    await noJobs();
  });

  test("starts nothing with --dry-run, and shows the script", async () => {
    const cwd = programFolder();
    const shown = await run(["--dry-run", "--", "python3", "train.py"], cwd);
    expect(shown.exitCode, printed(shown)).toBe(0);
    expect(shown.stdout).toContain("#SBATCH --no-requeue");
    expect(existsSync(join(cwd, "home"))).toBe(false);
  });

  test.each([
    { options: ["--partition", "mian"], error: "error[partition-unknown]" },
    { options: ["--nodes", "3"], error: "error[too-few-nodes]" },
    { options: ["--partition", "tiny", "--time", "11"], error: "error[slurm-time-invalid]" },
    { options: ["--time", "soon"], error: "error[slurm-time-invalid]" },
    { options: ["--constraint", "gold"], error: "error[too-few-nodes]" },
    { options: ["--sbatch=--array=1-3"], error: "error[slurm-option-refused]" },
    { options: ["--sbatch=--mem=900G"], error: "error[slurm-unavailable]" },
    { options: ["--nproc", "9"], error: "error[slurm-never-starts]" },
    { options: ["--hosts", "node1"], error: "error[option-unused]" },
  ])("refuses $options", async ({ options, error }) => {
    const ran = await run([...options, "--", "python3", "train.py"]);
    expect(ran.stderr).toContain(error);
    expect(ran.exitCode, printed(ran)).toBeGreaterThanOrEqual(2);
    await noJobs();
  });

  test("reports that Slurm is not installed", async () => {
    const folder = temporaryFolder();
    symlinkSync(process.execPath, join(folder, "node"));
    const env = { ...lab.env, PATH: folder };
    const ran = await pitwall([...onSlurm, ...endless], { cwd: programFolder(), env });
    expect(ran.stderr).toContain("error[slurm-missing]");
  });

  test("reports a host that is lost, and a controller that does not answer", async () => {
    const started = await startEndless();
    const { directory } = started;
    await lab.kill("node2");
    await lab.run("scontrol", "update", "nodename=node2", "state=down", "reason=test");
    expect(await ended(started), started.shown()).toBe(4);
    expect(resultIn(directory).findings).toContainEqual({
      rule: "ended-by-scheduler",
      scheduler: "slurm",
      state: "NODE_FAIL",
      reason: "a node failed",
    });
    await lab.kill("slurmctld");
    const ran = await run([...endless]);
    expect(ran.stderr).toContain("error[slurm-silent]");
    expect(ran.exitCode, printed(ran)).toBe(3);
  });
});
