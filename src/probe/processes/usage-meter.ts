import {
  type CgroupPaths,
  type CgroupRoots,
  cgroupOf,
  type CgroupUsage,
  isSameCgroup,
  readCgroupUsage,
} from "../cgroup.ts";
import { accountCpu } from "./account-cpu.ts";
import { type ProcessTable, selectTree } from "./process-row.ts";
import { procTable, readProcRow } from "./read-proc-table.ts";
import { readPsTable } from "./read-ps-table.ts";

/** The resource usage of a run's processes so far, or why it is unknown. */
export type Usage =
  | {
      kind: "seen";
      cpuSeconds: number;
      memoryBytes: number;
      /** The kernel's high-water mark, if the run has its own control group. */
      peakMemoryBytes: number | undefined;
      processCount: number;
    }
  | { kind: "absent"; reason: string };

export interface UsageMeter {
  /** The shortest useful interval between readings. */
  minimumIntervalMs: number;
  watch(pid: number): void;
  /** @param timeMs from a clock that never steps */
  read(timeMs: number): Promise<Usage>;
}

export interface UsageMeterOptions {
  pids: readonly number[];
  roots: CgroupRoots;
  coreCount: number;
  /** `process.platform`, which determines how processes are listed. */
  platform?: NodeJS.Platform | undefined;
}

/**
 * CPU time and memory of a run: from its control group if a scheduler created one for it, otherwise
 * from the process table.
 */
export function openUsageMeter(options: UsageMeterOptions): UsageMeter {
  const { platform = process.platform } = options;
  if (platform !== "linux") return openPsMeter(options, platform);
  const own = ownCgroup(options);
  return own === undefined ? openProcMeter(options) : openCgroupMeter(own, options);
}

function openProcMeter({ pids, roots, coreCount }: UsageMeterOptions): UsageMeter {
  const watched = new Set(pids);
  const table = procTable(roots.proc);
  const account = accountCpu(coreCount);
  return {
    minimumIntervalMs: 0,
    watch: (pid) => void watched.add(pid),
    // Only `ps` is asynchronous; reading /proc is not.
    read: (timeMs) => {
      const self = readProcRow(roots.proc, "self");
      const parent = self === undefined ? undefined : { ...self };
      return Promise.resolve(
        usageOf(table.read(watched), (rows) => account.add({ timeMs, rows, parent })),
      );
    },
  };
}

function openPsMeter({ pids, coreCount }: UsageMeterOptions, platform: string): UsageMeter {
  const watched = new Set(pids);
  const account = accountCpu(coreCount);
  return {
    minimumIntervalMs: 5000,
    watch: (pid) => void watched.add(pid),
    read: async (timeMs) => {
      if (platform === "win32") {
        return { kind: "absent", reason: "process usage cannot be read on Windows" };
      }
      const table = await readPsTable();
      if (table.kind === "absent") return table;
      const rows = selectTree(table.rows, watched);
      return usageOf({ kind: "rows", rows }, (rows) =>
        account.add({ timeMs, rows, parent: undefined }),
      );
    },
  };
}

function usageOf(
  table: ProcessTable,
  addUp: (rows: Extract<ProcessTable, { kind: "rows" }>["rows"]) => number,
): Usage {
  if (table.kind === "absent") return table;
  return {
    kind: "seen",
    cpuSeconds: addUp(table.rows),
    memoryBytes: table.rows.reduce((sum, row) => sum + row.residentBytes, 0),
    peakMemoryBytes: undefined,
    processCount: table.rows.length,
  };
}

function openCgroupMeter(
  { paths, before }: { paths: CgroupPaths; before: CgroupUsage },
  { roots }: UsageMeterOptions,
): UsageMeter {
  let last: Usage | undefined;
  return {
    minimumIntervalMs: 0,
    // The scheduler that created the group also puts later processes of the run into it.
    watch: () => undefined,
    read: () => {
      const usage = readCgroupUsage(paths, roots);
      if (usage !== undefined) {
        last = { kind: "seen", ...usage, cpuSeconds: usage.cpuSeconds - before.cpuSeconds };
      }
      // A scheduler removes the group with its last process; the last reading remains valid.
      return Promise.resolve(last ?? { kind: "absent", reason: "the control group was removed" });
    },
  };
}

/** The group that all processes of the run share, if it is not Pitwall's own and its counters are readable. */
function ownCgroup({
  pids,
  roots,
}: UsageMeterOptions): { paths: CgroupPaths; before: CgroupUsage } | undefined {
  const ours = cgroupOf("self", roots);
  const theirs = pids.map((pid) => cgroupOf(pid, roots));
  const [paths] = theirs;
  if (ours === undefined || paths === undefined || isSameCgroup(ours, paths)) return undefined;
  const isShared = theirs.every((other) => other !== undefined && isSameCgroup(paths, other));
  const before = isShared ? readCgroupUsage(paths, roots) : undefined;
  return before === undefined ? undefined : { paths, before };
}
