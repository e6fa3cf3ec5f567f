import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchTargetContract } from "../../src/launch/launch-target.contract.ts";
import { type SshLab, sshLabObstacle, startSshLab } from "../lab/ssh-hosts.ts";
import { contractRanks, contractSubject } from "../support/contract-subject.ts";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { directoryOf, eventsOf, logOf, printed, resultIn, until } from "../support/recorded-run.ts";

const obstacle = sshLabObstacle();
if (obstacle !== undefined) console.warn(`skipped: ssh hosts on this machine (${obstacle})`);

/** A training in miniature: every rank prints numbered lines, rank 0 an accuracy too. */
const program = `
import os, sys, time
rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
steps, fail_at = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else -1
for step in range(steps):
    print(f"rank={rank} world={world} line={step} host={os.uname().nodename}", flush=True)
    print(f"rank={rank} warning={step}", file=sys.stderr, flush=True)
    if rank == 0:
        print(f"step={step} val_acc={(step + 1) / steps:.3f}", flush=True)
    if rank == 3 and step == fail_at:
        sys.exit(7)
    time.sleep(0.02)
open(os.path.join(os.environ["PITWALL_RUN_DIR"], f"model-{rank}.pt"), "w").write("weights")
`;

describe.skipIf(obstacle !== undefined)("hosts that ssh reaches", () => {
  let lab: SshLab;
  beforeAll(() => {
    lab = startSshLab(2);
  });
  afterAll(() => lab.down());

  function checkout(): string {
    const cwd = temporaryFolder();
    const code = join(cwd, "a project");
    mkdirSync(code);
    writeFileSync(join(code, "train it.py"), program);
    execFileSync("git", ["init", "-q"], { cwd: code });
    execFileSync("git", ["add", "."], { cwd: code });
    return code;
  }

  function words(
    steps: number,
    more: readonly string[] = [],
    args: readonly string[] = [],
  ): string[] {
    const where = ["--hosts", "host1,host2", "--ssh-config", lab.config, "--nproc", "2"];
    const how = ["--launcher", "direct", "--target", "val_acc>=0.94", ...more];
    return ["run", ...where, ...how, "--", "python3", "train it.py", String(steps), ...args];
  }

  function recordOf(code: string) {
    const folder = directoryOf(code);
    return { log: logOf(folder), events: eventsOf(folder), result: resultIn(folder) };
  }

  /** Starts a program that goes on for long, and waits until all ranks have printed something. */
  async function startLong(more: readonly string[] = []) {
    const code = checkout();
    const child = startPitwall(words(5000, more), code);
    const hasAll = () => Object.keys(rankLines(logOf(directoryOf(code)))).length === 8 || undefined;
    await until(hasAll);
    return { code, child, ended: once(child, "exit") };
  }

  launchTargetContract(
    "ssh",
    contractSubject<"ssh">(() => {
      const hosts = lab.hosts.map((name) => ({ name, destination: name }));
      return { kind: "ssh", hosts, sshConfig: lab.config, ranks: contractRanks };
    }),
  );

  test("train together to one record, and nothing is left on them", async () => {
    const code = checkout();
    const ran = await pitwall(words(40, ["--price", "3/h"]), { cwd: code });
    expect(ran.stderr).toContain("reached");
    expect(ran.exitCode, printed(ran)).toBe(0);
    expect(ran.stdout).toContain("2 hosts, 4 ranks");
    expect(ran.stdout).toContain("× 2 nodes");
    const { log, events, result } = recordOf(code);
    expect(result.job).toEqual({ hosts: ["host1", "host2"], rankCount: 4 });
    expect(rankLines(log)).toEqual(wholeLines(4, 40));
    const launched = events.filter((event) => event.kind === "launched");
    expect(launched.map(({ host, rank }) => `${host} ${rank}`)).toEqual([
      "host1 0",
      "host1 1",
      "host2 2",
      "host2 3",
    ]);
    for (const host of lab.hosts) {
      expect(lab.processes(host)).toEqual([]);
      expect(readdirSync(join(lab.home(host), ".pitwall", "jobs"))).toEqual([]);
      const run = basename(directoryOf(code) ?? "");
      const files = readdirSync(join(lab.home(host), ".pitwall", "runs", run));
      expect(files.filter((name) => name.startsWith("model-"))).toHaveLength(2);
    }
  });

  test("run the command of --prepare once each, before the program", async () => {
    const code = checkout();
    const prepare =
      "echo prepared $WORLD_SIZE; echo $(hostname) > prepared.txt; test $(hostname) != $BROKEN";
    const ran = await pitwall(words(3, ["--prepare", prepare, "--env", "BROKEN=none"]), {
      cwd: code,
    });
    expect(ran.exitCode, printed(ran)).toBe(0);
    const { log, events } = recordOf(code);
    const prepared = readFileSync(join(directoryOf(code) ?? "", "prepare.log"), "utf8");
    expect(prepared.split("\n").toSorted()).toEqual(["", "host1 prepared 2", "host2 prepared 2"]);
    expect(rankLines(log)).toEqual(wholeLines(4, 3));
    expect(events.filter(({ kind }) => kind === "prepare")).toHaveLength(2);
    const failed = await pitwall(words(3, ["--prepare", prepare, "--env", "BROKEN=host1"]), {
      cwd: code,
    });
    expect(failed.exitCode, printed(failed)).toBe(3);
    for (const host of lab.hosts) {
      expect(lab.processes(host)).toEqual([]);
      expect(readdirSync(join(lab.home(host), ".pitwall", "jobs"))).toEqual([]);
    }
  });

  test("lose and repeat no line if the connections break", async () => {
    const code = checkout();
    const child = startPitwall(words(400), code);
    const ended = once(child, "exit");
    await until(() => logOf(directoryOf(code)) !== "" || undefined);
    for (let round = 0; round < 4; round++) {
      endClients(lab.config);
      await delay(900);
    }
    await ended;
    const { log, result } = recordOf(code);
    expect(rankLines(log)).toEqual(wholeLines(4, 400));
    expect(result.outcome.kind).toBe("reached");
  });

  test("end together if one rank fails, which is named", async () => {
    const code = checkout();
    const ran = await pitwall(words(2000, [], ["5"]), { cwd: code });
    expect(ran.exitCode, printed(ran)).toBe(4);
    const { result } = recordOf(code);
    expect(result.findings).toContainEqual(
      expect.objectContaining({ rule: "rank-failed", host: "host2", rank: 3, exitCode: 7 }),
    );
    for (const host of lab.hosts) expect(lab.processes(host)).toEqual([]);
  });

  test("are lost when they do not answer for the given time, and the others end", async () => {
    const { code, ended } = await startLong(["--host-timeout", "3s"]);
    lab.setLink("host2", "down");
    await ended;
    const { result, events } = recordOf(code);
    expect(result.findings).toContainEqual(
      expect.objectContaining({ rule: "host-lost", host: "host2" }),
    );
    expect(events.some((event) => event.kind === "host-lost")).toBe(true);
    await expect.poll(() => lab.processes("host1")).toEqual([]);
    // The ranks of the lost host run on until it can be reached again.
    lab.setLink("host2", "up");
    const stopped = await pitwall(["stop", "last"], { cwd: code });
    expect(stopped.exitCode, printed(stopped)).toBe(0);
    await expect.poll(() => lab.processes("host2")).toEqual([]);
  });

  test("reuse code that is already there, and run the set-up command once", async () => {
    const code = checkout();
    const more = ["--set-up", "echo set up >>set-up.log"];
    for (let round = 0; round < 2; round++) {
      const ran = await pitwall(words(5, more), { cwd: code });
      expect(ran.exitCode, printed(ran)).toBe(0);
    }
    for (const host of lab.hosts) {
      const folder = join(lab.home(host), ".pitwall", "code");
      const log = readdirSync(folder)
        .map((name) => join(folder, name, "set-up.log"))
        .find((path) => existsSync(path));
      expect(readFileSync(log ?? "", "utf8")).toBe("set up\n");
    }
  });

  test("do not start the program if the set-up command fails, and the record says why", async () => {
    const code = checkout();
    const ran = await pitwall(words(5, ["--set-up", "echo no such package; exit 9"]), {
      cwd: code,
    });
    expect(ran.exitCode, printed(ran)).toBe(3);
    expect(ran.stderr).toContain("no such package");
    const { result } = recordOf(code);
    expect(result.outcome).toEqual({ kind: "died", notStarted: true });
    expect(result.findings).toContainEqual(
      expect.objectContaining({ rule: "start-failed", code: "set-up-failed" }),
    );
    expect((await pitwall(["runs"], { cwd: code })).stdout).toContain("not started");
    const doctor = await pitwall(["doctor", "last"], { cwd: code });
    expect(doctor.stdout).toContain("the set-up command failed");
  });

  test("end the set-up command at Ctrl-C, with all that it started", async () => {
    const code = checkout();
    const child = startPitwall(words(5, ["--set-up", "sleep 3600; echo late"]), code);
    const isSettingUp = (host: string) => lab.processes(host).includes("sleep 3600");
    await until(() => lab.hosts.every(isSettingUp) || undefined);
    const ended = once(child, "exit");
    child.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    await until(() => lab.hosts.every((host) => lab.processes(host).length === 0) || undefined);
    expect(recordOf(code).result.outcome).toEqual({ kind: "interrupted" });
  });

  test.each([
    {
      name: "an unknown host",
      words: ["--hosts", "host1,host9"],
      code: "host-unknown",
      text: "host `host9`: its name cannot be resolved",
    },
    {
      name: "a host that refuses the key",
      config: "User nobody\n",
      code: "host-refused",
      text: "Pitwall never asks for a password",
    },
    {
      name: "a changed host key",
      knownHosts: (text: string) => text.replaceAll(/AAAA\S+/gu, otherKey),
      code: "host-key-changed",
      text: "its host key differs from the known one",
    },
    {
      name: "a proxy command that fails",
      config: "ProxyCommand exit 3\n",
      code: "host-unreachable",
      text: "try `ssh host1` by hand",
    },
  ])("report $name", async ({ words: given, config, knownHosts, code, text }) => {
    const cwd = checkout();
    const ssh = ["--ssh-config", changedConfig(cwd, lab.config, { config, knownHosts })];
    const started = ["--", "python3", "train it.py", "3"];
    const where = given ?? ["--hosts", "host1"];
    const how = ["--target", "val_acc>=0.94", ...started];
    const ran = await pitwall(["run", ...where, ...ssh, ...how], { cwd });
    expect(ran.exitCode, printed(ran)).not.toBe(0);
    expect(`${ran.stdout}${ran.stderr}`).toContain(code);
    expect(`${ran.stdout}${ran.stderr}`).toContain(text);
  });

  test("end the job if the disk of one of them is full", async () => {
    const code = checkout();
    const jobs = "$HOME/.pitwall/jobs";
    const mount = `mkdir -p ${jobs} && mount -t tmpfs -o size=200k tmpfs ${jobs}`;
    execFileSync("ssh", ["-F", lab.config, "host2", mount]);
    try {
      const ran = await pitwall(words(100_000, ["--max-time", "60s"]), { cwd: code });
      expect(ran.exitCode, printed(ran)).not.toBe(0);
      const { result } = recordOf(code);
      expect(JSON.stringify(result.findings)).toContain("No space left on device");
      for (const host of lab.hosts) expect(lab.processes(host)).toEqual([]);
    } finally {
      execFileSync("ssh", ["-F", lab.config, "host2", `umount ${jobs}`]);
    }
  }, 300_000);
});

/** The numbered lines of each rank, in the order of the log. */
function rankLines(log: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [line, rank = ""] of log.matchAll(/^rank=(\d+) (?:world=4 line|warning)=\d+/gmu)) {
    const kind = line.includes("line=") ? "out" : "err";
    (found[`${rank} ${kind}`] ??= []).push(line);
  }
  return found;
}

function wholeLines(rankCount: number, steps: number): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (let rank = 0; rank < rankCount; rank++) {
    const numbers = Array.from({ length: steps }, (_, step) => step);
    found[`${rank} out`] = numbers.map((step) => `rank=${rank} world=4 line=${step}`);
    found[`${rank} err`] = numbers.map((step) => `rank=${rank} warning=${step}`);
  }
  return found;
}

function delay(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}

/** Kills the ssh clients of this laboratory, as a network that drops connections does. */
function endClients(config: string): void {
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/u.test(each))) {
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      if (words[0] === "ssh" && words.includes(config)) process.kill(Number(name), "SIGKILL");
    } catch {
      // It has ended in the meantime.
    }
  }
}

const otherKey = "AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";

/** A copy of the ssh configuration with other settings before those of the laboratory. */
function changedConfig(
  folder: string,
  path: string,
  change: { config?: string | undefined; knownHosts?: ((text: string) => string) | undefined },
): string {
  let text = readFileSync(path, "utf8");
  if (change.knownHosts !== undefined) {
    const known = /UserKnownHostsFile (.*)/u.exec(text)?.[1] ?? "";
    writeFileSync(join(folder, "known"), change.knownHosts(readFileSync(known, "utf8")));
    text = text.replace(known, `"${join(folder, "known")}"`);
  }
  writeFileSync(join(folder, "ssh.config"), `${change.config ?? ""}${text}`);
  return join(folder, "ssh.config");
}
