// Measures the run page in the browser: frames per second while many ranks stream, first paint, and
// the time to draw a run with many points: on a new server that has never shown it, on a new server after that, and
// once more on the same server.
//
//   node scripts/build.js && node bench/dashboard/page.js [--ranks 4096] [--seconds 30] [--points 614400] [--point-ranks 1024] [--json]
//
// `--seconds 0` leaves the live run out.
//
// Uses headless Chromium from Debian, which renders without a GPU, so desktop
// browsers are at least as fast. `pitwall run` makes the records and `pitwall serve` serves them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { countFrames, openPage, startBrowser } from "./frames.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const bin = join(here, "..", "..", "dist", "bin.js");
const { values: options } = parseArgs({
  options: {
    ranks: { type: "string", default: "4096" },
    seconds: { type: "string", default: "30" },
    points: { type: "string", default: "614400" },
    "point-ranks": { type: "string", default: "1024" },
    port: { type: "string", default: "7719" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
    json: { type: "boolean", default: false },
  },
});
const seconds = Number(options.seconds);
const origin = `http://127.0.0.1:${options.port}`;
const home = mkdtempSync(join(tmpdir(), "pitwall-page-"));
const env = { ...process.env, PITWALL_HOME: home, NO_COLOR: "1" };
const children = [];

function start(words) {
  const child = spawn(process.execPath, [bin, ...words], {
    env,
    cwd: home,
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return child;
}

/** Starts a run whose ranks are written by rank-writer.js. */
function startRanks(ranks, forSeconds, backlog) {
  const writer = [process.execPath, join(here, "rank-writer.js"), ranks, forSeconds, backlog].map(
    String,
  );
  const reads = [
    "--metric",
    "val_acc=(\\S+)",
    "--samples",
    "samples=(\\d+)",
    "--target",
    "val_acc>=2",
  ];
  return start(["run", "--quiet", ...reads, "--", ...writer]);
}

function newestRun() {
  return readdirSync(join(home, "runs")).toSorted().at(-1);
}

async function startServer() {
  const server = start(["serve", "--port", options.port]);
  await once(server.stdout, "data");
  // The server loads its routes until it answers this request.
  await fetch(`http://127.0.0.1:${options.port}/api/about`);
  return server;
}

async function stop(server) {
  server.kill("SIGINT");
  await once(server, "exit");
}

function cpuSeconds({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function measureLive(browser) {
  const server = await startServer();
  const many = startRanks(Number(options.ranks), seconds * 2 + 25, 0);
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const live = await openPage(browser, `${origin}/runs/${newestRun()}`);
  const atTop = await countFrames(live.page, seconds * 1000);
  await live.page.evaluate(() => document.querySelector(".panel-grid").scrollIntoView());
  await live.page.locator(".heat-cells canvas").waitFor();
  const atRanks = await countFrames(live.page, seconds * 1000);
  await live.page.close();
  many.kill("SIGINT");
  await once(many, "exit");
  await stop(server);
  return {
    ranks: Number(options.ranks),
    framesPerSecondAtTop: atTop.framesPerSecond,
    longestFrameAtTopMs: atTop.longestMs,
    framesPerSecondAtRanks: atRanks.framesPerSecond,
    longestFrameAtRanksMs: atRanks.longestMs,
    liveFirstPaintMs: live.firstPaintMs,
    liveDrawnMs: live.drawnMs,
  };
}

async function measurePoints(browser) {
  const ranks = Number(options["point-ranks"]);
  const points = startRanks(ranks, 0, Math.ceil(Number(options.points) / ranks));
  await once(points, "exit");
  const address = `${origin}/runs/${newestRun()}`;
  const figures = { points: Number(options.points), pointRanks: ranks };
  let server;
  for (const name of ["Cold", "NewServer", "SameServer"]) {
    if (name !== "SameServer") {
      if (server !== undefined) await stop(server);
      server = await startServer();
    }
    const before = cpuSeconds(server);
    const { page, firstPaintMs, drawnMs } = await openPage(browser, address);
    figures[`points${name}FirstPaintMs`] = firstPaintMs;
    figures[`points${name}DrawnMs`] = drawnMs;
    figures[`points${name}ServerCpuSeconds`] = cpuSeconds(server) - before;
    // What the page shows further down, and what is stored after the responses.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await page.close();
  }
  return figures;
}

async function main() {
  const browser = await startBrowser(options.chromium);
  try {
    const live = seconds > 0 ? await measureLive(browser) : {};
    report({ ...live, ...(await measurePoints(browser)), loadAverage: loadavg()[0] });
  } finally {
    await browser.close();
  }
}

function report(figures) {
  if (options.json) console.log(JSON.stringify(figures, undefined, 2));
  else
    for (const [name, value] of Object.entries(figures))
      console.log(`${name.padEnd(30)} ${value?.toFixed(2)}`);
}

try {
  await main();
} finally {
  for (const child of children) child.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
}
