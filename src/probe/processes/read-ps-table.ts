import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ProcessRow, ProcessTable } from "./process-row.ts";

const run = promisify(execFile);

/**
 * All processes from POSIX `ps`, for systems without /proc. It starts a program for each reading, so it
 * is used rarely, and it does not report the time of ended children.
 */
export async function readPsTable(program = "ps"): Promise<ProcessTable> {
  try {
    const { stdout } = await run(program, ["-A", "-o", "pid=,ppid=,pgid=,rss=,time="], {
      timeout: 5000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { kind: "rows", rows: parsePs(stdout) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return { kind: "absent", reason: `\`${program}\` printed no process table: ${reason}` };
  }
}

/** Skips unreadable lines: an unexpected process table must not stop a run. */
export function parsePs(text: string): readonly ProcessRow[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s*$/.exec(line);
    if (match === null) return [];
    const ownCpuSeconds = parseCpuTime(match[5] ?? "");
    if (ownCpuSeconds === undefined) return [];
    return {
      pid: Number(match[1]),
      parentPid: Number(match[2]),
      processGroup: Number(match[3]),
      session: undefined,
      startedTicks: undefined,
      ownCpuSeconds,
      reapedCpuSeconds: 0,
      residentBytes: Number(match[4]) * 1024,
    };
  });
}

/** `[[days-]hours:]minutes:seconds[.hundredths]`, as both POSIX and macOS write it. */
function parseCpuTime(text: string): number | undefined {
  const match = /^(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+(?:[.,]\d+)?)$/.exec(text);
  if (match === null) return undefined;
  const [days, hours, minutes] = [match[1], match[2], match[3]].map((part) => Number(part ?? 0));
  const seconds = Number((match[4] ?? "").replace(",", "."));
  return (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + seconds;
}
