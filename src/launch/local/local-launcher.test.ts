import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  hasProc,
  isAlive,
  markedProcesses,
  until,
  watchdogsOf,
} from "../../../tests/support/process-table.ts";
import type { LaunchEvent, LaunchOptions, LaunchOutcome, LaunchedJob } from "../launcher.ts";
import { launchingHost } from "../../schema/run/hosts/launching-host.ts";
import { localLauncher } from "./local-launcher.ts";

const launcher = localLauncher({ nowMs: Date.now });

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitwall-launch-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("a program receives", () => {
  test("its arguments unchanged, without a shell", async () => {
    const args = ["$HOME", "a b", "*", "", "'\"", "ü"];
    expect((await run(["printf", "[%s]", ...args])).stdout).toBe(`[$HOME][a b][*][]['"][ü]`);
  });

  test("the documented variables, and unbuffered Python", async () => {
    const { stdout } = await run(["env"], {
      env: { PATH: process.env["PATH"], MINE: "1" },
      seed: 42,
    });
    expect(
      stdout
        .trim()
        .split("\n")
        .filter((line) => !line.startsWith("PATH="))
        .toSorted(),
    ).toEqual([
      "MINE=1",
      "PITWALL_LOCAL_RANK=0",
      "PITWALL_RANK=0",
      `PITWALL_RUN_DIR=${directory}`,
      "PITWALL_SEED=42",
      "PITWALL_WORLD_SIZE=1",
      "PYTHONUNBUFFERED=1",
    ]);
  });

  test("the user's own PYTHONUNBUFFERED", async () => {
    const env = { ...process.env, PYTHONUNBUFFERED: "" };
    const { stdout } = await run(["sh", "-c", 'echo "[$PYTHONUNBUFFERED]"'], { env });
    expect(stdout).toBe("[]\n");
  });

  test("its working directory, and an empty standard input", async () => {
    const { stdout } = await run(["sh", "-c", "pwd -P; cat; echo end"], { cwd: "/usr" });
    expect(stdout).toBe("/usr\nend\n");
  });

  test("pipes for output, so that /dev/stdout and /dev/stderr can be opened", async () => {
    const { stdout, stderr } = await run([
      "sh",
      "-c",
      "echo a > /dev/stdout; echo b > /dev/stderr",
    ]);
    expect({ stdout, stderr }).toEqual({ stdout: "a\n", stderr: "b\n" });
  });

  test("its own process group", async () => {
    const { stdout, pid } = await run(["sh", "-c", "echo $$; ps -o pgid= -p $$"]);
    expect(stdout.split("\n").map(Number).slice(0, 2)).toEqual([pid, pid]);
  });
});

describe("a program that cannot be started", () => {
  test("is not found, in the directories that were searched", async () => {
    const env = { PATH: `${directory}::/usr/bin` };
    expect(await launch(["no-such-program"], { env })).toEqual({
      kind: "program-not-found",
      program: "no-such-program",
      searched: [directory, ".", "/usr/bin"],
    });
    expect(await launch([""])).toMatchObject({ kind: "program-not-found", program: "" });
  });

  test("is found relative to the working directory if it is a path", async () => {
    expect(await launch(["./train.py"], { cwd: directory })).toEqual({
      kind: "program-not-found",
      program: "./train.py",
      searched: [join(directory, "train.py")],
    });
  });

  test.each([
    {
      name: "is not executable when it has no permission",
      make: (path: string) => writeFileSync(path, "#!/bin/sh\n", { mode: 0o644 }),
      reason: "it has no permission to be executed",
    },
    {
      name: "is not executable when it is a directory",
      make: (path: string) => mkdirSync(path),
      reason: "it is a directory",
    },
    {
      name: "is not executable when its interpreter is missing",
      make: (path: string) => writeFileSync(path, "#!/no/such/python -u\n", { mode: 0o755 }),
      reason: "its first line asks for `/no/such/python`, which is not there",
    },
  ])("$name", async ({ make, reason }) => {
    const path = join(directory, "train");
    make(path);
    expect(await launch([path])).toEqual({ kind: "not-executable", path, reason });
  });

  test("is found after a file of the same name that is not executable", async () => {
    writeFileSync(join(directory, "env"), "", { mode: 0o644 });
    const env = { PATH: `${directory}:${process.env["PATH"]}` };
    expect((await run(["env"], { env })).exit).toEqual({ kind: "exited", exitCode: 0 });
  });

  test("is distinguished from a missing working directory", async () => {
    const cwd = join(directory, "gone");
    expect(await launch(["true"], { cwd })).toEqual({ kind: "cwd-missing", cwd, reason: "absent" });
    writeFileSync(cwd, "");
    expect(await launch(["true"], { cwd })).toEqual({
      kind: "cwd-missing",
      cwd,
      reason: "not-a-directory",
    });
  });

  test("has arguments that the operating system rejects", async () => {
    const tooLong = "x".repeat(64 << 20);
    expect(await launch(["true", tooLong])).toMatchObject({ kind: "start-failed" });
    expect(await launch(["true", "a\0b"])).toMatchObject({ kind: "start-failed" });
  });

  test.skipIf(!hasProc)("leaves no watchdog behind (needs /proc)", async () => {
    const { kind } = await launch(["no-such-program"]);
    expect(kind).toBe("program-not-found");
    await until(() => watchdogsOf(directory).length === 0);
  });
});

describe("output", () => {
  test("arrives complete and in order", async () => {
    const { stdout } = await run(["sh", "-c", "seq 1 300000; printf end"]);
    const expected = Array.from({ length: 300_000 }, (_, index) => index + 1);
    expect(stdout === `${expected.join("\n")}\nend`).toBe(true);
  });

  test.skipIf(!hasProc)("waits in the program while nobody reads (needs /proc)", async () => {
    const job = await launched(["head", "-c", "80000000", "/dev/zero"]);
    const writtenBytes = (): number =>
      Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pidOf(job)}/io`, "utf8"))?.[1]);
    let before = -1;
    while (before !== writtenBytes() || before === 0) {
      before = writtenBytes();
      await sleep(100);
    }
    expect(writtenBytes()).toBeLessThan(4_000_000);
    const events = await collect(job);
    const readBytes = events.map((event) => (event.kind === "output" ? event.bytes.length : 0));
    expect(readBytes.reduce((sum, bytes) => sum + bytes)).toBe(80_000_000);
  });

  test("does not block a program after the reader has stopped", async () => {
    const job = await launched(["sh", "-c", `seq 1 300000; echo done > ${directory}/done`]);
    for await (const event of job.events) if (event.kind === "output") break;
    await until(() => job.processIds(launchingHost).length === 0);
    expect(existsSync(join(directory, "done"))).toBe(true);
  });
});

describe.skipIf(!hasProc)("processes that a program leaves behind (needs /proc)", () => {
  test("are not counted if they end within the linger time", async () => {
    const { ended } = await run(["sh", "-c", "sleep 0.1 & echo x"], { lingerMs: 60_000 });
    expect(ended).toMatchObject({ leftovers: { stoppedCount: 0, unkillablePids: [] } });
  });

  test("are stopped and counted, inside and outside the process group", async () => {
    const script = "sleep 1000 & setsid sleep 1000 & (trap '' TERM; setsid sleep 1000 &) ; echo x";
    const { ended, job } = await run(["sh", "-c", script], { lingerMs: 200 });
    expect(ended).toMatchObject({ leftovers: { stoppedCount: 3, unkillablePids: [] } });
    expect(job.processIds(launchingHost)).toEqual([]);
    expect(markedProcesses(directory)).toEqual([]);
  });

  test.each([
    {
      name: "an empty environment and a new session",
      hide: `env -i setsid sh -c 'echo $$ > "$0"; exec sleep 1000' "$FILE" &`,
    },
    {
      name: "a second fork and an empty environment",
      hide: `(env -i setsid sh -c 'echo $$ > "$0"; exec sleep 1000 >&- 2>&-' "$FILE" &)`,
    },
  ])("are stopped and counted if they detach by $name", async ({ hide }) => {
    const file = join(directory, "hidden");
    const env = { ...process.env, FILE: file };
    const script = `${hide}
      while [ ! -s "$FILE" ]; do sleep 0.01; done`;
    const { ended } = await run(["sh", "-c", script], { env, lingerMs: 0 });
    expect(ended).toMatchObject({ leftovers: { stoppedCount: 1, unkillablePids: [] } });
    expect(isAlive(Number(readFileSync(file, "utf8")))).toBe(false);
  });

  test("do not keep the run open by holding its pipes if they cannot be found", async () => {
    // Another session, no environment, no parent: nothing connects the process to the run.
    const escape = "env -i setsid sh -c 'echo $$; exec sleep 1000' & wait_for=$!; sleep 0.2";
    const { stdout, ended } = await run(["sh", "-c", escape], { lingerMs: 0 });
    expect(ended).toMatchObject({ kind: "ended" });
    const pid = Number(stdout);
    if (pid > 1) process.kill(pid, "SIGKILL");
  });
});

describe.skipIf(!hasProc)("stop (needs /proc)", () => {
  test("ends children, grandchildren, and processes in their own session", async () => {
    const script = [
      "sleep 1000 &",
      "setsid sh -c 'sleep 1000 & sleep 1000' &",
      "env -i setsid sleep 1000 &",
      "(setsid sleep 1000 &)",
      "sleep 0.3; echo ready; wait",
    ].join("\n");
    const job = await launched(["sh", "-c", script]);
    let countBefore = 0;
    for await (const event of job.events) {
      if (event.kind !== "output") continue;
      countBefore = job.processIds(launchingHost).length;
      await job.stop({ graceMs: 5000 });
      expect(job.processIds(launchingHost)).toEqual([]);
    }
    expect(countBefore).toBe(7);
    expect(markedProcesses(directory)).toEqual([]);
  });

  test("ends a program that is suspended", async () => {
    const job = await launched(["sleep", "1000"]);
    process.kill(pidOf(job), "SIGSTOP");
    await job.stop({ graceMs: 60_000 });
    expect((await collect(job)).find(({ kind }) => kind === "rank-exited")).toMatchObject({
      exit: { kind: "signalled", signal: "SIGTERM" },
    });
  });

  test("ends a program that forks faster than it is scanned", async () => {
    const bomb = "trap '' TERM; echo ready; while :; do sleep 1000 & sleep 0.002; done";
    const job = await launched(["sh", "-c", bomb]);
    for await (const event of job.events) {
      if (event.kind === "output") await job.stop({ graceMs: 50 });
    }
    expect(markedProcesses(directory)).toEqual([]);
  });

  test("lets a program that handles SIGTERM finish, and emits its output", async () => {
    const polite = "trap 'echo saved; exit 7' TERM; echo ready; while :; do sleep 0.01; done";
    const job = await launched(["sh", "-c", polite]);
    const events: LaunchEvent[] = [];
    for await (const event of job.events) {
      events.push(event);
      if (textOf(events, "stdout") === "ready\n") await job.stop({ graceMs: 60_000 });
    }
    expect(textOf(events, "stdout")).toBe("ready\nsaved\n");
    expect(events.find(({ kind }) => kind === "rank-exited")).toMatchObject({
      exit: { kind: "exited", exitCode: 7 },
    });
  });

  test("does nothing after the end", async () => {
    const { job } = await run(["true"]);
    await job.stop({ graceMs: 0 });
    await until(() => watchdogsOf(directory).length === 0);
    expect(job.processIds(launchingHost)).toEqual([]);
  });
});

function launch(
  command: readonly string[],
  options: Partial<LaunchOptions> = {},
): Promise<LaunchOutcome> {
  const defaults = { cwd: "/", env: process.env, runDirectory: directory, seed: 1 };
  return launcher.launch(command, { ...defaults, ...options });
}

async function launched(
  command: readonly string[],
  options: Partial<LaunchOptions> = {},
): Promise<LaunchedJob> {
  const outcome = await launch(command, options);
  if (outcome.kind !== "launched") throw new Error(JSON.stringify(outcome));
  return outcome.job;
}

async function run(command: readonly string[], options: Partial<LaunchOptions> = {}) {
  const job = await launched(command, options);
  const events = await collect(job);
  const ended = events.at(-1);
  return {
    job,
    pid: pidOf(job),
    stdout: textOf(events, "stdout"),
    stderr: textOf(events, "stderr"),
    exit: events.find((event) => event.kind === "rank-exited")?.exit,
    ended,
  };
}

async function collect(job: LaunchedJob): Promise<LaunchEvent[]> {
  const events: LaunchEvent[] = [];
  for await (const event of job.events) events.push(event);
  return events;
}

function pidOf({ ranks: [first] }: LaunchedJob): number {
  if (first?.pid === undefined) throw new Error("the job has no process id");
  return first.pid;
}

function textOf(events: readonly LaunchEvent[], stream: "stdout" | "stderr"): string {
  const chunks = events.map((event) =>
    event.kind === "output" && event.stream === stream ? event.bytes : Buffer.alloc(0),
  );
  return Buffer.concat(chunks).toString();
}
