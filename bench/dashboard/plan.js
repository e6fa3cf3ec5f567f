// Measures the page Plan in the browser: bytes, time to the first plan, and the work and frames while sliders move.
//
//   node scripts/build.js && node bench/dashboard/plan.js [--chromium /usr/bin/chromium] [--json]
//
// Work is the processor time of the page's main thread for a change of a slider: script, style, layout and painting. Uses
// headless Chromium, which renders without a GPU; frames per second depend on what else runs on the machine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { countFrames, startBrowser } from "./frames.js";

const bin = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));
const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "7721" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
    json: { type: "boolean", default: false },
  },
});
const home = mkdtempSync(join(tmpdir(), "pitwall-plan-page-"));
const origin = `http://127.0.0.1:${options.port}`;
const settled = '.plan-layout[aria-busy="false"]';

const cases = [
  { slider: "plan-budget", query: "goal=llama31_8b" },
  { slider: "plan-deadline", query: "goal=llama31_8b" },
  { slider: "plan-max-count", query: "goal=llama31_8b" },
  { slider: "plan-tokens", query: "goal=llama31-70b&tokens=1T" },
  { slider: "plan-target", query: "goal=llama31-8b&target=2.2" },
];

/** Sets a slider to 100 positions, one in each frame, and returns the milliseconds of processor time for each. */
async function workOfSlider(page, id) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const before = await durations(devtools);
  await page.evaluate(async (id) => {
    const slider = document.getElementById(id);
    for (let step = 0; step < 100; step++) {
      slider.value = String(100 + 2 * step);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }
  }, id);
  const after = await durations(devtools);
  return {
    allMs: (after.TaskDuration - before.TaskDuration) * 10,
    scriptMs: (after.ScriptDuration - before.ScriptDuration) * 10,
  };
}

/** Seconds of the main thread since the page was opened. */
async function durations(devtools) {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** Drags a slider with the mouse, and counts frames meanwhile. */
async function dragSlider(page, id) {
  const { x, y, width, height } = await page.locator(`#${id}`).boundingBox();
  await page.mouse.move(x + width * 0.3, y + height / 2);
  await page.mouse.down();
  const counted = countFrames(page, 3000);
  let isDone = false;
  void counted.then(() => (isDone = true));
  for (let step = 0; !isDone; step++)
    await page.mouse.move(x + width * (0.5 + 0.25 * Math.sin(step / 15)), y + height / 2);
  await page.mouse.up();
  return counted;
}

async function measure(browser) {
  const figures = {};
  for (const { slider, query } of cases) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${origin}/plan?${query}`);
    await page.locator(settled).waitFor();
    const name = `${slider.slice("plan-".length)} ${query}`;
    if (figures.firstPlanMs === undefined) {
      figures.firstPlanMs = await page.evaluate(() => performance.now());
      figures.documentBytes = await page.evaluate(
        () =>
          performance.getEntriesByType("resource").find(({ name }) => /api\/plan$/u.test(name))
            .transferSize,
      );
    }
    const work = await workOfSlider(page, slider);
    figures[`${name}: work, ms`] = work.allMs;
    figures[`${name}: script, ms`] = work.scriptMs;
    const { framesPerSecond, longestMs } = await dragSlider(page, slider);
    figures[`${name}: frames per second`] = framesPerSecond;
    figures[`${name}: longest frame, ms`] = longestMs;
    await page.close();
  }
  return { ...figures, loadAverage: loadavg()[0] };
}

const server = spawn(process.execPath, [bin, "serve", "--port", options.port], {
  env: { ...process.env, PITWALL_HOME: home, NO_COLOR: "1" },
  cwd: home,
  stdio: ["ignore", "pipe", "inherit"],
});
let browser;
try {
  await once(server.stdout, "data");
  browser = await startBrowser(options.chromium);
  const figures = await measure(browser);
  if (options.json) console.log(JSON.stringify(figures, undefined, 2));
  else
    for (const [name, value] of Object.entries(figures))
      console.log(`${name.padEnd(64)} ${value.toFixed(1)}`);
} finally {
  await browser?.close();
  server.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
}
