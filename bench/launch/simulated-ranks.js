// Thousands of simulated ranks through launcher, record, server and page: CPU, memory, lines, and frames per second.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { countFrames, openPage, startBrowser } from "../dashboard/frames.js";
import {
  bin,
  countLines,
  logOfRun,
  pitwallRun,
  temporaryFolder,
  usageOf,
} from "./bench-pitwall.js";

const ranksPerNode = 8;
const linesPerSecond = 10;
/** Left out at the start: loading, and the first records. */
const settleSeconds = 5;

/** @param options `withPage`: open the page of the run in Chromium meanwhile */
export async function measureSimulated({ nodes, seconds, withPage, chromium }) {
  const home = temporaryFolder();
  const env = { ...process.env, PITWALL_HOME: home, NO_COLOR: "1" };
  const words = ["--on", "simulated", "--nodes", String(nodes), "--nproc", String(ranksPerNode)];
  const [command, ...rest] = pitwallRun(
    "val_acc>=2",
    ...words,
    "--",
    "simulate",
    String(seconds),
    String(linesPerSecond),
  );
  const child = spawn(command, rest, { cwd: home, stdio: ["ignore", "ignore", "inherit"], env });
  const exited = once(child, "exit");
  const usage = [];
  const beginMs = performance.now();
  const timer = setInterval(() => {
    const now = usageOf(child.pid);
    if (now !== undefined) usage.push({ ...now, atMs: performance.now() - beginMs });
  }, 250);
  const page = withPage ? await watchPage({ home, env, chromium, seconds: seconds - 20 }) : [];
  await exited;
  clearInterval(timer);
  const steady = usage.filter(({ atMs }) => atMs > settleSeconds * 1000 && atMs < seconds * 1000);
  const [first, last] = [steady.at(0), steady.at(-1)];
  const cores = ((last.cpuSeconds - first.cpuSeconds) / (last.atMs - first.atMs)) * 1000;
  const quarters = [0, 1, 2, 3].map((index) => {
    const part = steady.slice((index * steady.length) / 4, ((index + 1) * steady.length) / 4);
    return (Math.max(...part.map(({ residentBytes }) => residentBytes)) / 1e6).toFixed(0);
  });
  const most = Math.max(...usage.map(({ residentBytes }) => residentBytes)) / 1e6;
  const rankCount = nodes * ranksPerNode;
  const counted = countLines(logOfRun(home), {
    pattern: /^rank=(\d+) step=(\d+) loss=[\d.]+$/gm,
    perRank: seconds * linesPerSecond,
    rankCount,
  });
  return {
    lines: [
      `${rankCount} simulated ranks, ${linesPerSecond} lines/s and a sample per second each, ${seconds} s${withPage ? ", its page open" : ""}`,
      `  ${cores.toFixed(2)} CPU-seconds per second, goal below 1; whole run ${(usage.at(-1).atMs / 1000).toFixed(1)} s`,
      `  resident at most ${most.toFixed(0)} MB, goal below 600; by quarter of the run ${quarters.join(" ")} MB`,
      `  lines: ${counted.found} of ${counted.expected}, ${counted.wrong} missing, repeated or out of order, from ${counted.ranks} ranks`,
      ...page,
    ],
  };
}

async function watchPage({ home, env, chromium, seconds }) {
  const server = spawn(process.execPath, [bin, "serve", "--port", "0"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text] = await once(server.stdout, "data");
  const origin = /http:\/\/[^\s/]+/.exec(String(text))[0];
  const browser = await startBrowser(chromium);
  try {
    await sleep(settleSeconds * 1000);
    const [run] = readdirSync(join(home, "runs"));
    const { page } = await openPage(browser, `${origin}/runs/${run}`);
    await sleep(2000);
    const before = usageOf(server.pid);
    const atTop = await countFrames(page, (seconds * 1000) / 2);
    const after = usageOf(server.pid);
    const serverCores = ((after.cpuSeconds - before.cpuSeconds) / seconds) * 2;
    await page.evaluate(() => document.querySelector(".panel-grid").scrollIntoView());
    const atPanels = await countFrames(page, Math.max(1000, (seconds * 1000) / 2 - 5000));
    return [
      `  page: ${atTop.framesPerSecond.toFixed(1)} frames/s at the top, ${atPanels.framesPerSecond.toFixed(1)} at the panels, goal 50; longest frame ${Math.max(atTop.longestMs, atPanels.longestMs).toFixed(0)} ms`,
      `  server: ${serverCores.toFixed(2)} CPU-seconds per second, ${(after.residentBytes / 1e6).toFixed(0)} MB`,
    ];
  } finally {
    await browser.close();
    server.kill("SIGKILL");
  }
}
