// Resident memory of a process over time, from /proc (Linux).
import { existsSync, readFileSync } from "node:fs";

export const canWatchMemory = existsSync("/proc/self/status");

/** Samples every 100 ms until `stop()`, which returns resident bytes in order of time. */
export function watchMemory(pid) {
  const residentBytes = [];
  function sample() {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const kibibytes = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
      // A zombie process has no such line.
      if (kibibytes !== undefined) residentBytes.push(Number(kibibytes) * 1024);
    } catch (error) {
      if (error.code !== "ENOENT" && error.code !== "ESRCH") throw error;
    }
  }
  sample();
  const timer = setInterval(sample, 100);
  return {
    stop() {
      clearInterval(timer);
      return residentBytes;
    },
  };
}
