import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { slurmLabMissing, startSlurmLab } from "../lab/slurm.ts";
import { type SshLab, sshLabObstacle, startSshLab } from "../lab/ssh-hosts.ts";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";

const obstacle = sshLabObstacle();
if (obstacle !== undefined) console.warn(`skipped: ssh hosts on this machine (${obstacle})`);
const slurmObstacle = slurmLabMissing();
if (slurmObstacle !== undefined) console.warn(`skipped: clocks of Slurm nodes (${slurmObstacle})`);

/** Rank 0 prints values with the times of its host; every rank prints a step sample. */
const program = `
import json, os, sys, time
rank, steps = int(os.environ["RANK"]), int(sys.argv[1])
for step in range(steps):
    print(f"rank {rank} step {step}", flush=True)
    if rank == 0:
        print(f"val_acc={(step + 1) / steps:.3f} at={time.time() * 1000:.1f}", flush=True)
    times = {"computeMs": 1, "communicationMs": 0, "dataWaitMs": 0}
    sample = {"kind": "step", "timeMs": round(time.time() * 1000, 1), "rank": rank, "step": step + 1}
    print(":::PITWALL " + json.dumps({**sample, "samplesCount": step + 1, "stepCount": 1, **times}), flush=True)
    time.sleep(0.1)
`;

const aheadMs = 3000;
const shiftedClock = `
import os, sys, time
real = time.time
time.time = lambda: real() + ${aheadMs / 1000}
own = os.path.dirname(os.path.abspath(__file__))
sys.path = [path for path in sys.path if os.path.abspath(path) != own]
del sys.modules["json"]
import json
`;
/** How far a time may be off on a loaded machine, milliseconds; far below the differences that are looked for. */
const toleranceMs = 1000;

describe.skipIf(obstacle !== undefined)("clocks of ssh hosts", () => {
  let lab: SshLab;
  beforeAll(() => {
    lab = startSshLab(2);
    // The clock of host2: its programs import a `json` that shifts the times of their Python and makes way for the real one.
    const home = execFileSync("ssh", ["-F", lab.config, "host2", "echo $HOME"], {
      encoding: "utf8",
    }).trim();
    if (!home.includes("home2")) throw new Error(`${home} is not the home folder of host2`);
    const shift = join(home, "shifted-clock");
    mkdirSync(shift);
    writeFileSync(join(shift, "json.py"), shiftedClock);
    writeFileSync(join(home, ".bashrc"), `export PYTHONPATH="${shift}"\n`);
  }, 60_000);
  afterAll(() => lab.down());

  function words(steps: number): string[] {
    const where = ["--hosts", "host1,host2", "--ssh-config", lab.config, "--sync", "."];
    const how = ["--launcher", "direct", "--target", "val_acc>=1"];
    return ["run", ...where, ...how, "--", "python3", "train.py", String(steps)];
  }

  test("are on record, and times are converted to the clock of this machine", async () => {
    const cwd = programFolder();
    const beforeMs = Date.now();
    const ran = await pitwall(words(10), { cwd });
    const afterMs = Date.now();
    expect(ran.exitCode).toBe(0);
    const { events, samples } = recordIn(cwd);
    const clock = events.findLast(
      ({ event }) => event.kind === "host-clock" && event.host === "host2",
    );
    const { offsetMs = 0, uncertaintyMs = 0 } = clock?.event ?? {};
    expect(Math.abs(offsetMs + aheadMs)).toBeLessThanOrEqual(uncertaintyMs + 1);
    expect(uncertaintyMs).toBeLessThan(toleranceMs);
    const exit = events.find(({ event }) => event.kind === "rank-exited" && event.rank === 1);
    expect((exit?.event.hostMs ?? 0) - (exit?.timeMs ?? 0)).toBeCloseTo(-offsetMs, -2);
    const own = [...samples("rank-1"), ...samples("host-host2")];
    expect(own.length).toBeGreaterThan(10);
    for (const { timeMs, hostMs = 0 } of own) {
      expect(timeMs).toBeGreaterThan(beforeMs);
      expect(timeMs).toBeLessThan(afterMs);
      expect(Math.abs(hostMs - timeMs - aheadMs)).toBeLessThan(toleranceMs);
    }
    const shown = await pitwall(["show", "last"], { cwd });
    expect(shown.stdout).toMatch(/host1 agrees, ± [\d.]+ ms/u);
    expect(shown.stdout).toMatch(/host2 (?:3\.0|2\.9)\d\d s ahead, ± [\d.]+ ms/u);
  }, 60_000);

  test("keep the times of lines that arrive after the network was down", async () => {
    const cwd = programFolder();
    const child = startPitwall(words(60), cwd);
    const ended = once(child, "exit");
    await sleep(3500);
    lab.setLink("host1", "down");
    await sleep(3000);
    lab.setLink("host1", "up");
    await ended;
    const { log, result, launchedMs } = recordIn(cwd);
    const printed = [...log.matchAll(/^val_acc=\S+ at=([\d.]+)$/gmu)].map(([, at]) => Number(at));
    expect(printed).toHaveLength(60);
    expect(result.evaluations).toHaveLength(60);
    for (const [index, { clockMs }] of result.evaluations.entries())
      expect(Math.abs(launchedMs + clockMs - (printed[index] ?? 0))).toBeLessThan(toleranceMs);
  }, 60_000);
});

describe.skipIf(slurmObstacle !== undefined)("clocks of Slurm nodes", () => {
  test("are asked for where the home folder is shared", async () => {
    const lab = await startSlurmLab();
    try {
      const cwd = programFolder();
      const where = ["--on", "slurm", "--nodes", "2", "--launcher", "direct"];
      const rest = ["--target", "val_acc>=1", "--", "python3", "train.py", "20"];
      const ran = await pitwall(["run", ...where, ...rest], { cwd, env: lab.env });
      expect(ran.exitCode).toBe(0);
      const clocks = recordIn(cwd).events.filter(({ event }) => event.kind === "host-clock");
      const hosts = new Set(clocks.map(({ event }) => event.host));
      expect(hosts).toEqual(new Set(["node1", "node2"]));
      for (const { event } of clocks) {
        // The nodes are this machine; the first answer waits for the start of the job step.
        expect(Math.abs(event.offsetMs ?? Infinity)).toBeLessThanOrEqual(
          (event.uncertaintyMs ?? 0) + 1,
        );
      }
    } finally {
      await lab.close();
    }
  }, 120_000);
});

function programFolder(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "train.py"), program);
  return cwd;
}

interface Logged {
  timeMs: number;
  event: {
    kind: string;
    host?: string;
    rank?: number;
    offsetMs?: number;
    uncertaintyMs?: number;
    hostMs?: number;
  };
}

interface Sample {
  timeMs: number;
  hostMs?: number;
}

function recordIn(cwd: string) {
  const runs = join(cwd, "home", "runs");
  const folder = join(runs, readdirSync(runs)[0] ?? "");
  const lines = (name: string): string[] =>
    readFileSync(join(folder, name), "utf8").trim().split("\n");
  const events: Logged[] = lines("events.jsonl").map((line) => JSON.parse(line));
  const result: { evaluations: { clockMs: number }[] } = JSON.parse(
    readFileSync(join(folder, "result.json"), "utf8"),
  );
  return {
    events,
    launchedMs: events.find(({ event }) => event.kind === "launched")?.timeMs ?? 0,
    log: readFileSync(join(folder, "log.txt"), "utf8"),
    result,
    samples: (stem: string): Sample[] =>
      lines(join("samples", `${stem}.jsonl`)).map((line) => JSON.parse(line)),
  };
}
