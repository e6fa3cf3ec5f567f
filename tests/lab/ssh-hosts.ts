import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isOnPath } from "../../src/probe/is-on-path.ts";

const script = join(import.meta.dirname, "ssh-hosts.sh");

/** Hosts with a real sshd each, on this machine. */
export interface SshLab {
  /** `host1`, `host2`, … */
  hosts: readonly string[];
  /** The ssh configuration that reaches them. */
  config: string;
  /** The home folder of a host, as this machine sees it. */
  home(host: string): string;
  /** Takes a host off the network, or puts it back. */
  setLink(host: string, state: "up" | "down"): void;
  /** Limits what a host receives, in bits per second as `tc` reads them; false if this kernel cannot. */
  slowDown(host: string, rate: string): boolean;
  /** Delays what a host sends and receives, and loses a part of it, until the returned function is called. */
  worsenLink(host: string, how: { delayMs: number; lostFraction: number }): () => void;
  /** Ends all processes of a host at once, as a power failure does. */
  powerOff(host: string): void;
  /** Command lines of the processes of a host, without its sshd. */
  processes(host: string): string[];
  down(): void;
}

/** Why there can be no hosts here; undefined if there can. */
export function sshLabObstacle(): string | undefined {
  const missing = ["sshd", "ssh", "rsync", "ip", "unshare", "python3"].filter(
    (each) => !isOnPath(each),
  );
  if (missing.length > 0) return `missing: ${missing.join(", ")}`;
  return process.getuid?.() === 0 ? undefined : "network namespaces require root";
}

/** Starts hosts; the caller ends them with `down`. */
export function startSshLab(count: number): SshLab {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-lab-"));
  const run = (...args: string[]): void => {
    execFileSync("sh", [script, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  };
  run("up", folder, String(count));
  const id = readFileSync(join(folder, "id"), "utf8").trim();
  const numberOf = (host: string): string => host.replace("host", "");
  const initOf = (host: string): number =>
    Number(readFileSync(join(folder, `init${numberOf(host)}.pid`), "utf8"));
  return {
    hosts: Array.from({ length: count }, (_, index) => `host${index + 1}`),
    config: join(folder, "config"),
    home: (host) => join(folder, `home${numberOf(host)}`),
    setLink: (host, state) => {
      execFileSync("ip", ["link", "set", `pwv${id}-${numberOf(host)}`, state]);
    },
    slowDown: (host, rate) => {
      const queue = ["root", "tbf", "rate", rate, "burst", "64kb", "latency", "400ms"];
      const words = ["qdisc", "replace", "dev", `pwv${id}-${numberOf(host)}`, ...queue];
      return spawnSync("tc", words).status === 0;
    },
    worsenLink: (host, { delayMs, lostFraction }) => {
      const where = [id, numberOf(host)];
      execFileSync("sh", [script, "detour", folder, numberOf(host)], { stdio: "inherit" });
      const words = [...where, String(delayMs), String(lostFraction)];
      const forwarding = spawn("python3", [join(import.meta.dirname, "bad_link.py"), ...words], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      return () => {
        forwarding.kill();
        execFileSync("sh", [script, "direct", folder, numberOf(host)], { stdio: "inherit" });
      };
    },
    powerOff: (host) => process.kill(initOf(host), "SIGKILL"),
    processes: (host) => processesBelow(initOf(host)),
    down: () => {
      run("down", folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function processesBelow(root: number): string[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/u.test(each))) {
    const stat = read(`/proc/${name}/stat`);
    const parent = /\) \S (\d+)/u.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === root || isBelow(parent));
  };
  return [...parents.keys()]
    .filter((pid) => isBelow(pid))
    .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim())
    .filter((line) => line !== "" && !/sshd|^sh -c\s+hostname/u.test(line));
}

function read(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  } catch {
    // The process has ended in the meantime.
    return "";
  }
}
