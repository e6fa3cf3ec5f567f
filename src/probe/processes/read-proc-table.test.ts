import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountCpu } from "./account-cpu.ts";
import { selectTree } from "./process-row.ts";
import { parseStat, procTable, readProcRow } from "./read-proc-table.ts";
import { parsePs, readPsTable } from "./read-ps-table.ts";

const units = { ticksPerSecond: 100, pageBytes: 4096 };
const hasProc = existsSync("/proc/self/stat");

const rowOf = (pid: number, parentPid: number, processGroup = pid, session = pid) => ({
  pid,
  parentPid,
  processGroup,
  session,
  startedTicks: 0,
  ownCpuSeconds: 0,
  reapedCpuSeconds: 0,
  residentBytes: 0,
});

describe("parseStat", () => {
  test("reads a program whose name holds blanks and brackets", () => {
    const text =
      "4242 (evil) R 1 (x) S 4000 4001 4002 0 -1 4194304 97 0 0 0 150 50 30 20 20 0 1 0 127233 3133440 360 184467";
    expect(parseStat(text, units)).toEqual({
      pid: 4242,
      parentPid: 4000,
      processGroup: 4001,
      session: 4002,
      startedTicks: 127233,
      ownCpuSeconds: 2,
      reapedCpuSeconds: 0.5,
      residentBytes: 360 * 4096,
    });
  });

  test("gives nothing for a line cut short, and throws for no text at all", () => {
    expect(parseStat("4242 (sh) S 4000 4001", units)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseStat(text, units)).not.toThrow();
      }),
    );
  });
});

describe("parsePs", () => {
  test("reads POSIX and macOS times and leaves other lines out", () => {
    const rows = parsePs(
      "  1 0 1 100 00:01:02\n 7 1 7 200 3-01:00:00\n 8 1 7 300 12:34.56\nUSER junk\n",
    );
    expect(rows.map((row) => [row.pid, row.ownCpuSeconds, row.residentBytes])).toEqual([
      [1, 62, 102_400],
      [7, 262_800, 204_800],
      [8, 754.56, 307_200],
    ]);
  });

  test.skipIf(process.platform === "win32")(
    "finds this very process in the real table",
    async () => {
      const table = await readPsTable();
      expect(table.kind).toBe("rows");
      const own =
        table.kind === "rows" ? table.rows.find((row) => row.pid === process.pid) : undefined;
      expect(own?.parentPid).toBe(process.ppid);
    },
  );

  test("says why where there is no ps", async () => {
    const table = await readPsTable("no-such-ps-anywhere");
    expect(table).toMatchObject({ kind: "absent", reason: expect.stringContaining("no-such-ps") });
  });
});

describe("selectTree", () => {
  test("takes descendants in any order, and orphans of the root's group or session", () => {
    const rows = [
      rowOf(3, 20),
      rowOf(20, 10),
      rowOf(10, 1),
      rowOf(40, 1, 10),
      rowOf(41, 1, 9, 10),
      rowOf(5, 1),
    ];
    expect(selectTree(rows, new Set([10])).map((row) => row.pid)).toEqual([3, 20, 10, 40, 41]);
  });
});

describe.skipIf(!hasProc)("procTable on this machine (needs /proc)", () => {
  test("follows a child into another session, and counts what the others spent after they ended", async () => {
    const burn = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done";
    const script = `(${burn}); setsid sleep 30 & echo ready; read line; ${burn}`;
    const parentBefore = readProcRow("/proc", "self")?.reapedCpuSeconds ?? 0;
    const child = spawn("sh", ["-c", script], {
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
    });
    const table = procTable("/proc");
    const account = accountCpu(4);
    const roots = new Set([child.pid ?? 0]);
    const takeLook = () => {
      const seen = table.read(roots);
      const rows = seen.kind === "rows" ? seen.rows : [];
      const parent = {
        pid: process.pid,
        reapedCpuSeconds: readProcRow("/proc", "self")?.reapedCpuSeconds ?? 0,
      };
      return { rows, cpuSeconds: account.add({ timeMs: performance.now(), rows, parent }) };
    };
    takeLook();
    await once(child.stdout, "data");
    const living = takeLook();
    expect(living.rows.length).toBeGreaterThanOrEqual(2);
    // Only the shell's: a process just forked, and about to become another program, may hold none.
    const shell = living.rows.find((row) => row.pid === child.pid);
    expect(shell?.residentBytes).toBeGreaterThan(0);
    expect(living.rows.some((row) => row.pid === process.pid)).toBe(false);

    const exited = once(child, "exit");
    child.stdin.end("go\n");
    await exited;
    const reaped = (readProcRow("/proc", "self")?.reapedCpuSeconds ?? 0) - parentBefore;
    const ended = takeLook();
    // Two counters in ticks of 10 ms, each rounded down.
    expect(ended.cpuSeconds).toBeGreaterThanOrEqual(reaped - 0.021);
    const orphans = ended.rows.map((row) => row.pid);
    expect(orphans).toHaveLength(1);
    for (const pid of orphans) process.kill(pid, "SIGKILL");
  });

  test("reports a folder that is no proc file system as absent", () => {
    expect(procTable("/no/such/folder").read(new Set([1]))).toMatchObject({ kind: "absent" });
  });
});
