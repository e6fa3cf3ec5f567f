import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { slurmLabMissing, startSlurmLab, type SlurmLab } from "../lab/slurm.ts";
import { type SshLab, sshLabObstacle, startSshLab } from "../lab/ssh-hosts.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const obstacle = sshLabObstacle();
if (obstacle !== undefined) console.warn(`skipped: ranks on ssh hosts (${obstacle})`);
const slurmObstacle = slurmLabMissing();
if (slurmObstacle !== undefined) console.warn(`skipped: ranks on Slurm nodes (${slurmObstacle})`);
const torchPython = process.env["PITWALL_TORCH_PYTHON"] ?? "python3";
const hasTorch = spawnSync(torchPython, ["-c", "import torch"]).status === 0;
if (!hasTorch) console.warn(`skipped: rendezvous of torchrun (${torchPython} has no torch)`);

const program = `
import os, time
place = os.environ.get("SLURMD_NODENAME") or os.uname().nodename
print("rank %s of %s on %s at %.3f" % (os.environ["RANK"], os.environ["WORLD_SIZE"], place, time.time()), flush=True)
if os.environ["RANK"] == "0":
    print("val_acc=1", flush=True)
`;

describe.skipIf(obstacle !== undefined)("ranks on ssh hosts", () => {
  let lab: SshLab;
  beforeAll(() => {
    lab = startSshLab(3);
  }, 60_000);
  afterAll(() => lab.down());

  async function run(hosts: string, options: readonly string[], python = "python3") {
    const cwd = programFolder();
    writeFileSync(join(cwd, "hosts.yaml"), hosts);
    const where = ["--hosts", "hosts.yaml", "--ssh-config", lab.config, "--sync", "."];
    const rest = [...options, "--target", "val_acc>=1", "--", python, "train.py"];
    const ran = await pitwall(["run", ...where, ...rest], { cwd });
    expect(ran.stderr).not.toContain("error[");
    return { cwd, placed: placesIn(cwd) };
  }

  test("are numbered by switch, and start one after the other", async () => {
    const names = [
      "{ host: host1, switch: a }",
      "{ host: host2, switch: b }",
      "{ host: host3, switch: a }",
    ];
    const hosts = `hosts: [${names.join(", ")}]\n`;
    const options = ["--launcher", "direct", "--rank-order", "topology", "--launch-rate", "0.5"];
    const { placed } = await run(hosts, options);
    expect(placed.map(({ place }) => place)).toEqual(["host1", "host3", "host2"]);
    // Two seconds apart by the rate; a busy machine delays each start by another time.
    expect((placed[1]?.atSeconds ?? 0) - (placed[0]?.atSeconds ?? 0)).toBeGreaterThan(1);
    expect((placed[2]?.atSeconds ?? 0) - (placed[1]?.atSeconds ?? 0)).toBeGreaterThan(1);
  }, 60_000);

  test.skipIf(!hasTorch)(
    "are those of the record under a c10d rendezvous",
    async () => {
      // torchrun numbers the hosts itself, and keeps their order.
      const hosts = "hosts: [host3, host1, host2]\n";
      const options = ["--rendezvous", "c10d", "--nproc", "1"];
      const { cwd, placed } = await run(hosts, options, torchPython);
      expect(placed.map(({ place }) => place)).toEqual(["host3", "host1", "host2"]);
      expect(recordedPlaces(cwd)).toEqual(["host3", "host1", "host2"]);
      const shown = await pitwall(["show", "last", "--ranks"], { cwd });
      expect(shown.stdout).toContain("--rdzv-backend=c10d");
    },
    120_000,
  );
});

describe.skipIf(slurmObstacle !== undefined)("ranks on Slurm nodes", () => {
  let lab: SlurmLab;
  beforeAll(async () => {
    lab = await startSlurmLab({ nodeCount: 4, switches: { s1: "node[1,3]", s2: "node[2,4]" } });
  }, 60_000);
  afterAll(async () => {
    await lab.close();
  });

  test("are numbered by switch, and the record has the command of each", async () => {
    const cwd = programFolder();
    const where = ["--on", "slurm", "--nodes", "4", "--nproc", "2", "--launcher", "direct"];
    const how = ["--rank-order", "topology", "--launch-rate", "4", "--target", "val_acc>=1"];
    const ran = await pitwall(["run", ...where, ...how, "--", "python3", "train.py"], {
      cwd,
      env: lab.env,
    });
    expect(ran.exitCode).toBe(0);
    const expected = ["node1", "node1", "node3", "node3", "node2", "node2", "node4", "node4"];
    expect(placesIn(cwd).map(({ place }) => place)).toEqual(expected);
    expect(recordedPlaces(cwd)).toEqual(expected);
    const shown = await pitwall(["show", "last", "--ranks"], { cwd });
    const line = shown.stdout.split("\n").find((each) => each.includes(" RANK=5 ")) ?? "";
    expect(line).toMatch(/^cd \S+ && env .* MASTER_ADDR=\S+ MASTER_PORT=\d+ .*python3 train\.py$/u);
    // Pasted into a shell, it prints what the rank printed.
    const again = spawnSync("sh", ["-c", line], { encoding: "utf8" });
    expect(again.stdout).toMatch(/^rank 5 of 8 on /u);
  }, 120_000);

  test("refuse an order by topology without one", async () => {
    const plain = await startSlurmLab();
    try {
      const cwd = programFolder();
      const words = ["run", "--on", "slurm", "--rank-order", "topology", "--target", "val_acc>=1"];
      const ran = await pitwall([...words, "--", "python3", "train.py"], { cwd, env: plain.env });
      expect(ran.stderr).toContain("error[topology-unknown]");
      expect(ran.exitCode).toBe(2);
    } finally {
      await plain.close();
    }
  }, 120_000);
});

function programFolder(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "train.py"), program);
  return cwd;
}

function recordFile(cwd: string, name: string): string {
  const runs = join(cwd, "home", "runs");
  return readFileSync(join(runs, readdirSync(runs)[0] ?? "", name), "utf8");
}

/** Where each rank ran, by what it printed, in the order of the ranks. */
function placesIn(cwd: string): { place: string; atSeconds: number }[] {
  const lines = [
    ...recordFile(cwd, "log.txt").matchAll(/^rank (\d+) of \d+ on (\S+) at (\S+)$/gmu),
  ];
  return lines
    .toSorted((a, b) => Number(a[1]) - Number(b[1]))
    .map(([, , place = "", at]) => ({ place, atSeconds: Number(at) }));
}

/** Where each rank ran, by the record. */
function recordedPlaces(cwd: string): string[] {
  const lines = recordFile(cwd, "events.jsonl").trim().split("\n");
  const events: { kind: string; host: string }[] = lines.map((line) => JSON.parse(line).event);
  return events.filter(({ kind }) => kind === "launched").map(({ host }) => host);
}
