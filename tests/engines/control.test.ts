import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { documentOf } from "../../src/cli/reference/json-documents.ts";
import { type SshLab, sshLabObstacle, startSshLab } from "../lab/ssh-hosts.ts";
import { bin, pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { directoryOf, eventsOf, logOf, printed, until } from "../support/recorded-run.ts";

const obstacle = sshLabObstacle();
if (obstacle !== undefined) console.warn(`skipped: ssh hosts on this machine (${obstacle})`);

/** Every rank prints numbered lines and writes a file; rank 0 prints an accuracy too. */
const program = `
import os, sys, time
rank, steps = int(os.environ["RANK"]), int(sys.argv[1])
folder = os.path.join(os.environ["PITWALL_RUN_DIR"], "check points")
os.makedirs(folder, exist_ok=True)
open(os.path.join(folder, f"model {rank}.pt"), "w").write("w" * (rank + 1))
for step in range(steps):
    print(f"rank={rank} line={step}", flush=True)
    if rank == 0:
        print(f"val_acc={(step + 1) / steps:.3f}", flush=True)
    time.sleep(0.02)
`;

const rankCount = 4;

/** A Python with another version of torch on one of the hosts. */
const otherTorch = `#!/bin/sh
minor=6
[ "$(hostname)" = host2 ] && minor=5
[ "$1" = -c ] || exec /usr/bin/env -S PATH=/usr/local/bin:/usr/bin:/bin python3 "$@"
echo "{\\"python\\": \\"3.11.7\\", \\"torch\\": \\"2.$minor.0\\", \\"resolves\\": true, \\"timeMs\\": $(date +%s%3N)}"
`;

describe.skipIf(obstacle !== undefined)("a run on two hosts whose Pitwall was killed", () => {
  let lab: SshLab;
  beforeAll(() => {
    lab = startSshLab(2);
  });
  afterAll(() => lab.down());

  /** Starts a run and waits for its first output. */
  async function startRun(steps: number) {
    const cwd = temporaryFolder();
    const code = join(cwd, "a project");
    mkdirSync(code);
    writeFileSync(join(code, "train it.py"), program);
    execFileSync("git", ["init", "-q"], { cwd: code });
    execFileSync("git", ["add", "."], { cwd: code });
    const hosts = ["--hosts", "host1,host2", "--ssh-config", lab.config, "--nproc", "2"];
    const how = ["--launcher", "direct", "--target", "val_acc>=0.94"];
    const words = ["run", ...hosts, ...how, "--", "python3", "train it.py", String(steps)];
    const child = startPitwall(words, code);
    await until(() => logOf(directoryOf(code)) !== "" || undefined);
    return { code, child };
  }

  async function killed(started: Awaited<ReturnType<typeof startRun>>) {
    const exited = once(started.child, "exit");
    started.child.kill("SIGKILL");
    await exited;
    return started.code;
  }

  test("is attached to again and again, and no line is lost or repeated", async () => {
    const started = await startRun(250);
    await delay(Math.random() * 1000);
    const code = await killed(started);
    for (let round = 0; round < 2; round++) {
      const attaching = startPitwall(["attach", "last"], code);
      const exited = once(attaching, "exit");
      await delay(200 + Math.random() * 1500);
      attaching.kill("SIGKILL");
      await exited;
    }
    const ran = await pitwall(["attach", "last", "--json"], { cwd: code });
    expect(ran, printed(ran)).toMatchObject({ exitCode: 0 });
    const document = JSON.parse(ran.stdout);
    expect(documentOf("attach")?.safeParse(document).error?.issues ?? []).toEqual([]);
    expect(document.result.result.outcome.kind).toBe("reached");
    expect(rankLines(logOf(directoryOf(code)))).toEqual(wholeLines(250));
    expect(eventsOf(directoryOf(code)).map(({ kind }) => kind)).toContain("attached");
    expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
    expectNothingLeft();
  });

  test("is stopped on all hosts, and its record is closed", async () => {
    const code = await killed(await startRun(5000));
    const ran = await pitwall(["stop", "last", "--json"], { cwd: code });
    expect(ran, printed(ran)).toMatchObject({ exitCode: 0 });
    const document = JSON.parse(ran.stdout);
    expect(documentOf("stop")?.safeParse(document).error?.issues ?? []).toEqual([]);
    expect(document.result).toMatchObject({ outcome: "interrupted", unreachable: [] });
    expect(document.result.endedCount).toBeGreaterThanOrEqual(rankCount);
    expectNothingLeft();
    expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
  });

  test("is ended on a host that comes back later", async () => {
    const code = await killed(await startRun(5000));
    lab.setLink("host2", "down");
    try {
      const ran = await pitwall(["stop", "last"], { cwd: code });
      expect(ran, printed(ran)).toMatchObject({ exitCode: 1 });
      expect(ran.stderr).toContain("host host2 did not answer");
      expect(lab.processes("host1")).toEqual([]);
      expect(lab.processes("host2")).not.toEqual([]);
    } finally {
      lab.setLink("host2", "up");
    }
    const again = await pitwall(["stop", "last"], { cwd: code });
    expect(again, printed(again)).toMatchObject({ exitCode: 0 });
    expectNothingLeft();
  });

  test("is reached by exec, ssh and fetch while it runs", async () => {
    const started = await startRun(5000);
    const { code } = started;
    const words = ["exec", "last", "--", "sh", "-c", "echo $RANK; pwd; exit $RANK"];
    const exec = await pitwall(words, { cwd: code });
    expect(exec.exitCode, printed(exec)).toBe(2);
    expect(exec.stdout.split("\n").toSorted().slice(1)).toEqual([
      expect.stringMatching(/^host1 \/.*\/\.pitwall\/code\/\w+$/u),
      "host1 0",
      expect.stringMatching(/^host2 \/.*\/\.pitwall\/code\/\w+$/u),
      "host2 2",
    ]);
    // A terminal for the shell.
    const terminal = ["-c", "import pty, sys; pty.spawn(sys.argv[1:])", process.execPath, bin];
    const inShell = ["ssh", "last", "--rank", "3", "--", "sh", "-c", "tty; echo rank $RANK"];
    const home = { ...process.env, PITWALL_HOME: join(code, "home") };
    const options = { cwd: code, env: home, encoding: "utf8" } as const;
    const shown = execFileSync("python3", [...terminal, ...inShell], options);
    expect(shown).toMatch(/\/dev\/pts\/\d+\s+rank 3/u);
    for (const isNew of [true, false]) {
      const fetched = await pitwall(["fetch", "last", "*.pt", "--json"], { cwd: code });
      expect(fetched, printed(fetched)).toMatchObject({ exitCode: 0 });
      const document = JSON.parse(fetched.stdout);
      expect(documentOf("fetch")?.safeParse(document).error?.issues ?? []).toEqual([]);
      expect(document.result.files).toHaveLength(rankCount);
      expect(document.result.files).toContainEqual(
        expect.objectContaining({ host: "host2", name: "check points/model 3.pt", isNew }),
      );
    }
    const copy = join(directoryOf(code) ?? "", "files", "host2", "check points", "model 3.pt");
    expect(readFileSync(copy, "utf8")).toBe("wwww");
    const unmatched = await pitwall(["fetch", "last", "*.zip"], { cwd: code });
    expect(unmatched).toMatchObject({ exitCode: 2 });
    expect(unmatched.stderr).toContain("check points/model 0.pt");
    const exited = once(started.child, "exit");
    expect(await pitwall(["stop", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
    expect((await exited)[0]).toBe(130);
    expectNothingLeft();
  });

  test("runs on hosts that were checked: versions, clocks, network", async () => {
    const where = ["--hosts", "host1,host2", "--ssh-config", lab.config];
    const good = await pitwall(["hosts", "check", ...where, "--json"]);
    expect(good, printed(good)).toMatchObject({ exitCode: 0 });
    const document = JSON.parse(good.stdout);
    expect(documentOf("hosts check")?.safeParse(document).error?.issues ?? []).toEqual([]);
    expect(document.result.links).toHaveLength(2);
    for (const link of document.result.links) expect(link.bytesPerSecond).toBeGreaterThan(0);
    const cwd = temporaryFolder();
    const python = join(cwd, "a python");
    writeFileSync(python, otherTorch, { mode: 0o755 });
    const bad = await pitwall(["preflight", ...where, "--python", python], { cwd });
    expect(bad.exitCode, printed(bad)).toBe(1);
    expect(bad.stdout).toMatch(/torch is 2\.\d\.0, but 2\.\d\.0 on host\d/u);
    const [tables = ""] = bad.stdout.split("\nerror[");
    expect(Math.max(...tables.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    const unknown = await pitwall(["hosts", "check", "--hosts", "host1,host7", ...where.slice(2)]);
    expect(unknown.exitCode, printed(unknown)).toBe(1);
    expect(unknown.stdout).toContain("error[host-unknown]");
    expectNothingLeft();
  });

  test("is warned about before its launch if a host has another torch", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "train.py"), "print('val_acc=0.95')");
    const python = join(cwd, "python3");
    writeFileSync(python, otherTorch, { mode: 0o755 });
    const where = ["--hosts", "host1,host2", "--ssh-config", lab.config, "--sync", "train.py"];
    const how = ["--launcher", "direct", "--target", "val_acc>=0.9", "--", python, "train.py"];
    const ran = await pitwall(["run", ...where, ...how], { cwd });
    expect(ran.stderr).toMatch(/`host\d`: torch is not the same on all hosts: 2\.\d\.0 on host\d/u);
    expect(ran.exitCode, printed(ran)).toBe(0);
  });

  function expectNothingLeft(): void {
    for (const host of lab.hosts) expect(lab.processes(host)).toEqual([]);
  }
});

/** The numbers of the lines of each rank, in the order of the log. */
function rankLines(log: string): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const [, rank = "", line] of log.matchAll(/^rank=(\d+) line=(\d+)$/gmu))
    (found[rank] ??= []).push(Number(line));
  return found;
}

function wholeLines(steps: number): Record<string, number[]> {
  const lines = Array.from({ length: steps }, (_, index) => index);
  return Object.fromEntries(
    Array.from({ length: rankCount }, (_, rank) => [String(rank), lines] as const),
  );
}
