// Ranks on many real ssh hosts of one machine: how long they take to start, and whether every line of them arrives.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  countLines,
  here,
  logOfRun,
  pitwallRun,
  temporaryFolder,
  usageOf,
} from "./bench-pitwall.js";
import { sshLab } from "./labs.js";

export async function measureFan({ hosts, lines, perSecond }) {
  const lab = await sshLab(hosts);
  if (lab === undefined) return { lines: [] };
  const folder = join(temporaryFolder(), "program");
  const home = join(folder, "..", "home");
  mkdirSync(folder);
  copyFileSync(join(here, "numbered_lines.py"), join(folder, "numbered_lines.py"));
  const where = ["--hosts", lab.hosts.join(","), "--ssh-config", lab.config, "--sync", "."];
  const program = [
    "--launcher",
    "direct",
    "--",
    "python3",
    "numbered_lines.py",
    String(lines),
    String(perSecond),
  ];
  try {
    const enterMs = Date.now();
    const [command, ...words] = pitwallRun("quality>=1", ...where, ...program);
    const child = spawn(command, words, {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, PITWALL_HOME: home },
    });
    let usage = usageOf(child.pid);
    let mostBytes = 0;
    const timer = setInterval(() => {
      usage = usageOf(child.pid) ?? usage;
      mostBytes = Math.max(mostBytes, usage.residentBytes);
    }, 50);
    const [code] = await once(child, "exit");
    const wallMs = Date.now() - enterMs;
    clearInterval(timer);
    if (code !== 0) throw new Error(`the run ended with ${code}`);
    const log = logOfRun(home);
    const counted = countLines(log, {
      pattern: /^rank=(\d+) line=(\d+) of a burst, to be counted$/gm,
      perRank: lines,
      rankCount: hosts,
    });
    const started = [...log.matchAll(/ started=([\d.]+)/g)].map(
      ([, text]) => Number(text) - enterMs,
    );
    return {
      lines: [
        `${hosts} ssh hosts on this machine, one rank each, ${lines} lines per rank at ${perSecond}/s`,
        `  from Enter to the first rank ${seconds(Math.min(...started))}, to the last ${seconds(Math.max(...started))}`,
        `  whole command ${seconds(wallMs)}; Pitwall's process and its ended ssh and rsync ${usage.cpuSeconds.toFixed(1)} CPU-s, ${(mostBytes / 1e6).toFixed(0)} MB at most`,
        `  lines: ${counted.found} of ${counted.expected}, ${counted.wrong} missing, repeated or out of order, from ${counted.ranks} ranks`,
      ],
    };
  } finally {
    lab.down();
  }
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
