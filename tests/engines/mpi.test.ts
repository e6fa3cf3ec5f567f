import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { isOnPath } from "../../src/probe/is-on-path.ts";
import { launchTargetContract } from "../../src/launch/launch-target.contract.ts";
import { type SshLab, sshLabObstacle, startSshLab } from "../lab/ssh-hosts.ts";
import { contractRanks, contractSubject } from "../support/contract-subject.ts";
import { pitwall, startPitwall } from "../support/pitwall.ts";
import { directoryOf, logOf, resultIn } from "../support/recorded-run.ts";
import { rankLines, sshProject, until, wholeLines } from "../support/ssh-project.ts";

const hasMpi = isOnPath("mpirun");
if (!hasMpi) console.warn("skipped: ranks that mpirun starts (mpirun is not installed)");
const obstacle = hasMpi ? sshLabObstacle() : "mpirun is not installed";
if (hasMpi && obstacle !== undefined) console.warn(`skipped: mpirun over ssh hosts (${obstacle})`);
const torchPython = process.env["PITWALL_TORCH_PYTHON"];
if (torchPython === undefined)
  console.warn("skipped: PyTorch under mpirun (no PITWALL_TORCH_PYTHON)");

/** A training in miniature: every rank prints numbered lines, rank 0 an accuracy too. */
const program = `
import os, signal, sys, time
rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
assert rank == int(os.environ["OMPI_COMM_WORLD_RANK"])
steps, fail_at = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else -1
def on_term(*_):
    print(f"rank={rank} stopping", flush=True)
    time.sleep(1.5 if rank else 0)
    print(f"rank={rank} stopped", flush=True)
    sys.exit(1)
signal.signal(signal.SIGTERM, on_term)
print(f"rank={rank} local={os.environ['LOCAL_RANK']} of {os.environ['LOCAL_WORLD_SIZE']} pid={os.getpid()}", flush=True)
for step in range(steps):
    print(f"rank={rank} line={step}", flush=True)
    if rank == 0:
        print(f"step={step} val_acc={(step + 1) / steps:.3f}", flush=True)
    if rank == world - 1 and step == fail_at:
        os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(0.02)
`;

/** Sums the ranks with gloo, without any argument. */
const gloo = `
import os, torch, torch.distributed as dist
dist.init_process_group("gloo")
total = torch.tensor([float(dist.get_rank() + 1)])
dist.all_reduce(total)
if dist.get_rank() == 0: print(f"val_acc={total.item() / 10}", flush=True)
dist.destroy_process_group()
`;

/** The processes of the program that are still there. */
function leftOf(log: string): number[] {
  const pids = [...log.matchAll(/pid=(\d+)/gu)].map((found) => Number(found[1]));
  return pids.filter((pid) => existsSync(`/proc/${pid}`));
}

describe.skipIf(!hasMpi)("mpirun on this machine", () => {
  launchTargetContract("mpi on this machine", {
    ...contractSubject<"mpi">(() => ({ kind: "mpi", ranks: contractRanks })),
    hostCount: 1,
    hasOtherClocks: false,
    missingProgram: "refused",
  });

  const here = ["run", "--on", "mpi", "--nproc", "2", "--target", "val_acc>=0.94"];
  const train = ["--", "python3", "train it.py"];

  test("starts ranks that train together to one record", async () => {
    const code = sshProject(program);
    const ran = await pitwall([...here, ...train, "30"], { cwd: code });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(ran.stderr).toContain("this machine, 2 ranks started by mpirun");
    const log = logOf(directoryOf(code));
    expect(rankLines(log)).toEqual(wholeLines(30, 2));
    expect(log).toContain("rank=1 local=1 of 2");
    expect(resultIn(directoryOf(code))).toMatchObject({
      outcome: { kind: "reached" },
      findings: [],
    });
    expect(readFileSync(join(directoryOf(code) ?? "", "mpirun.sh"), "utf8")).toMatch(
      /^# (?:Open MPI|MPICH) \d.*\n.*mpirun -np 2 .* python3 'train it.py' 30$/mu,
    );
    expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
  }, 60_000);

  test("restarts the job when a rank was killed", async () => {
    const code = sshProject(`
import os, signal
if os.environ["RANK"] == "0" and os.environ["PITWALL_ATTEMPT"] == "1":
    os.kill(os.getpid(), signal.SIGKILL)
${program}`);
    const ran = await pitwall([...here, "--max-restarts", "1", ...train, "30"], { cwd: code });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(ran.stderr).toContain("restarting the job (attempt 2): rank 0 was ended by SIGKILL");
    expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
  }, 60_000);

  test("names the rank that failed, and ends the other one", async () => {
    const code = sshProject(program);
    const ran = await pitwall([...here, ...train, "5000", "3"], { cwd: code });
    expect(ran.exitCode).toBe(4);
    expect(resultIn(directoryOf(code)).findings).toContainEqual({
      rule: "rank-failed",
      host: "localhost",
      rank: 1,
      signal: "SIGSEGV",
    });
    const log = logOf(directoryOf(code));
    expect(log).toContain("rank=0 stopped");
    expect(log).not.toMatch(/mpirun|Primary job/u);
    expect(leftOf(log)).toEqual([]);
  }, 60_000);

  test("is ended by Ctrl-C, and ranks get the time to store their state", async () => {
    const code = sshProject(program);
    const child = startPitwall([...here, ...train, "5000"], code);
    await until(() => Object.keys(rankLines(logOf(directoryOf(code)))).length === 2);
    const exited = once(child, "exit");
    child.kill("SIGINT");
    expect((await exited)[0]).toBe(130);
    // Rank 0 ends long before rank 1.
    expect(logOf(directoryOf(code))).toContain("rank=1 stopped");
    expect(resultIn(directoryOf(code)).outcome.kind).toBe("interrupted");
    expect(leftOf(logOf(directoryOf(code)))).toEqual([]);
  }, 60_000);

  test("is reached and stopped after Pitwall was killed", async () => {
    const code = sshProject(program);
    const child = startPitwall([...here, ...train, "5000"], code, { SECRET: "not on record" });
    await until(() => Object.keys(rankLines(logOf(directoryOf(code)))).length === 2);
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    const shown = await pitwall(["exec", "last", "--rank", "1", "--", "sh", "-c", "echo $RANK"], {
      cwd: code,
    });
    expect(shown.stdout, shown.stderr).toBe("localhost 1\n");
    const ran = await pitwall(["stop", "last"], { cwd: code });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(resultIn(directoryOf(code)).outcome.kind).toBe("interrupted");
    expect(logOf(directoryOf(code))).toContain("rank=1 stopped");
    expect(leftOf(logOf(directoryOf(code)))).toEqual([]);
    expect(readdirSync(join(code, ".pitwall", "jobs"))).toEqual([]);
    const events = readFileSync(join(directoryOf(code) ?? "", "events.jsonl"), "utf8");
    expect(events).toContain("mpirun");
    expect(events).not.toContain("not on record");
  }, 60_000);

  test("is shown by --dry-run, and not started", async () => {
    const code = sshProject(program);
    const more = ["--dry-run", "--mpirun=--bind-to core", ...train, "5"];
    const ran = await pitwall([...here, ...more], { cwd: code });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(
      /mpirun -np 2 --host localhost:2 .*--bind-to core .*'train it.py' 5/u,
    );
    expect(existsSync(join(code, "home", "runs"))).toBe(false);
  }, 60_000);

  test.skipIf(torchPython === undefined)(
    "starts PyTorch's process group without arguments",
    async () => {
      const code = sshProject(gloo);
      const words = ["run", "--on", "mpi", "--nproc", "2", "--target", "val_acc>=0.3"];
      const started = ["--", torchPython ?? "", "train it.py"];
      const ran = await pitwall([...words, ...started], { cwd: code });
      expect(ran.exitCode, `${ran.stderr}\n${logOf(directoryOf(code))}`).toBe(0);
      expect(logOf(directoryOf(code))).toContain("val_acc=0.3");
    },
    120_000,
  );

  test.each([
    {
      name: "a PATH without mpirun",
      path: () => "/nowhere",
      text: "error[mpirun-missing]: program not found: `mpirun`",
    },
    {
      name: "an unknown mpirun",
      path: (code: string) => {
        const script = "#!/bin/sh\necho Some MPI 1.0\n";
        writeFileSync(join(code, "mpirun"), script, { mode: 0o755 });
        return code;
      },
      text: "supports Open MPI 4 and newer, and MPICH",
    },
  ])("reports $name", async ({ path, text }) => {
    const code = sshProject(program);
    const env = { PATH: `${path(code)}:${pythonFolder(code)}` };
    const ran = await pitwall([...here, ...train, "5"], { cwd: code, env });
    expect(ran.exitCode).not.toBe(0);
    expect(ran.stderr).toContain(text);
  });
});

/** A folder with python3 and sh alone. */
function pythonFolder(code: string): string {
  const folder = join(code, "bin");
  mkdirSync(folder);
  const where = execFileSync("sh", ["-c", "command -v python3 sh"], { encoding: "utf8" });
  for (const path of where.trim().split("\n")) execFileSync("/bin/ln", ["-s", path, folder]);
  return folder;
}

describe.skipIf(obstacle !== undefined)("mpirun over hosts that ssh reaches", () => {
  let lab: SshLab;
  let home: string;
  /** A home folder without blanks, which mpirun requires. */
  const homeOf = (code: string) => ({ HOME: dirname(code) });
  beforeAll(() => {
    lab = startSshLab(2);
    home = mkdtempSync(join(tmpdir(), "pitwall-mpi-"));
  }, 60_000);
  afterAll(() => {
    lab.down();
    rmSync(home, { recursive: true, force: true });
  });

  launchTargetContract(
    "mpi over hosts",
    contractSubject<"mpi">(
      () => {
        const hosts = lab.hosts.map((name) => ({ name, destination: name }));
        return { kind: "mpi", hosts, sshConfig: lab.config, ranks: contractRanks };
      },
      () => ({ HOME: home }),
    ),
  );

  function words(steps: number, more: readonly string[] = []): string[] {
    const where = ["--on", "mpi", "--hosts", "host1,host2", "--ssh-config", lab.config];
    const how = ["--nproc", "2", "--target", "val_acc>=0.94"];
    return ["run", ...where, ...how, "--", "python3", "train it.py", String(steps), ...more];
  }

  async function startRun(steps: number) {
    const code = sshProject(program);
    const child = startPitwall(words(steps), code, homeOf(code));
    onTestFinished(() => void pitwall(["stop", "last"], { cwd: code, env: homeOf(code) }));
    await until(() => logOf(directoryOf(code)).includes("val_acc"));
    return { code, child };
  }

  function expectNothingLeft(code: string): void {
    for (const host of lab.hosts) {
      expect(lab.processes(host)).toEqual([]);
      expect(readdirSync(join(lab.home(host), ".pitwall", "jobs"))).toEqual([]);
    }
    expect(readdirSync(join(dirname(code), ".pitwall", "jobs"))).toEqual([]);
  }

  test("starts ranks that train together to one record", async () => {
    const code = sshProject(program);
    const ran = await pitwall(words(30), { cwd: code, env: homeOf(code) });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(ran.stderr).toContain("2 hosts by mpirun: host1, host2, 4 ranks started by mpirun");
    expect(rankLines(logOf(directoryOf(code)))).toEqual(wholeLines(30, 4));
    expect(resultIn(directoryOf(code))).toMatchObject({
      outcome: { kind: "reached" },
      job: { hosts: ["host1", "host2"], rankCount: 4 },
      findings: [],
    });
    const script = readFileSync(join(directoryOf(code) ?? "", "mpirun.sh"), "utf8");
    expect(script).toContain("--host host1:2,host2:2");
    expectNothingLeft(code);
  }, 60_000);

  test("is reached by exec, and stopped after Pitwall was killed", async () => {
    const { code, child } = await startRun(5000);
    const shown = await pitwall(["exec", "last", "--", "sh", "-c", "echo $RANK"], {
      cwd: code,
      env: homeOf(code),
    });
    expect(shown.stdout.split("\n").toSorted()).toEqual(["", "host1 0", "host2 2"]);
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    const ran = await pitwall(["stop", "last"], { cwd: code, env: homeOf(code) });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(resultIn(directoryOf(code)).outcome.kind).toBe("interrupted");
    expectNothingLeft(code);
  }, 60_000);

  test("reports that mpirun was ended from outside", async () => {
    const { code, child } = await startRun(5000);
    const exited = once(child, "exit");
    for (const pid of mpirunsOf(code)) process.kill(pid, "SIGKILL");
    await exited;
    expect(resultIn(directoryOf(code)).findings).toContainEqual({
      rule: "ended-by-scheduler",
      scheduler: "mpirun",
      state: "SIGKILL",
      reason: "mpirun itself was ended",
    });
    expectNothingLeft(code);
  }, 60_000);
});

/** The mpirun processes of a run: the path of its remote shell contains that of the home folder. */
function mpirunsOf(code: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .filter((name) => {
      try {
        const line = readFileSync(`/proc/${name}/cmdline`, "utf8");
        return /^[^\0]*mpirun\0/u.test(line) && line.includes(dirname(code));
      } catch {
        // The process has ended in the meantime.
        return false;
      }
    })
    .map(Number);
}
