// Measures the run page in the browser: frames per second while many ranks stream, first paint, and
// the time to draw a run with many points.
//
//   node scripts/build.js && node bench/dashboard/page.js [--ranks 4096] [--seconds 30] [--points 1000000] [--json]
//
// Uses headless Chromium from Debian, which renders without a GPU, so desktop
// browsers are at least as fast. `pitwall run` makes the records and `pitwall serve` serves them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
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
    points: { type: "string", default: "1000000" },
    port: { type: "string", default: "7719" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
    json: { type: "boolean", default: false },
  },
});
const seconds = Number(options.seconds);
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

async function main() {
  const server = start(["serve", "--port", options.port]);
  await once(server.stdout, "data");
  const origin = `http://127.0.0.1:${options.port}`;
  const browser = await startBrowser(options.chromium);
  try {
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
    const ranks = 100;
    const points = startRanks(ranks, 0, Math.ceil(Number(options.points) / ranks));
    await once(points, "exit");
    const runId = newestRun();
    const cold = await openPage(browser, `${origin}/runs/${runId}`);
    await cold.page.close();
    const warm = await openPage(browser, `${origin}/runs/${runId}`);
    report({ atTop, atRanks, live, cold, warm });
  } finally {
    await browser.close();
  }
}

function report({ atTop, atRanks, live, cold, warm }) {
  const figures = {
    ranks: Number(options.ranks),
    framesPerSecondAtTop: atTop.framesPerSecond,
    longestFrameAtTopMs: atTop.longestMs,
    framesPerSecondAtRanks: atRanks.framesPerSecond,
    longestFrameAtRanksMs: atRanks.longestMs,
    liveFirstPaintMs: live.firstPaintMs,
    liveDrawnMs: live.drawnMs,
    points: Number(options.points),
    pointsFirstPaintMs: cold.firstPaintMs,
    pointsDrawnMs: cold.drawnMs,
    pointsDrawnAgainMs: warm.drawnMs,
    loadAverage: loadavg()[0],
  };
  if (options.json) console.log(JSON.stringify(figures, undefined, 2));
  else
    for (const [name, value] of Object.entries(figures))
      console.log(`${name.padEnd(24)} ${value?.toFixed(1)}`);
}

try {
  await main();
} finally {
  for (const child of children) child.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
}
