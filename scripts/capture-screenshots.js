// Takes the screenshots of README.md and docs/ from real runs of this machine: node scripts/capture-screenshots.js
// Requires Chromium; PITWALL_CHROMIUM gives its path if it is not /usr/bin/chromium.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const executablePath = process.env.PITWALL_CHROMIUM ?? "/usr/bin/chromium";

const home = mkdtempSync(join(tmpdir(), "pitwall-shots-"));
const server = start(["serve", "--port", "0"]);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const origin = await addressOf(server);
  await finished(start(["run", "digits", "--runs", "3", "--seed", "1", "--price", "0.10/h"]));
  await capture("dashboard-series", `${origin}/runs`);
  const live = start([
    "run",
    "burgers",
    "--seed",
    "3",
    "--price",
    "0.10/h",
    "--max-cost",
    "0.01usd",
  ]);
  const runId = await newestRun(origin);
  // Some seconds after the first evaluation, however long the machine takes until then.
  await capture("dashboard-run", `${origin}/runs/${runId}`, 4000, ".chart-grid > .wide canvas");
  await finished(live);
  await capture("dashboard-plan", `${origin}/plan`, 3000);
} finally {
  await browser.close();
  server.kill("SIGINT");
  await once(server, "exit");
  rmSync(home, { recursive: true });
}

function start(words) {
  const env = { ...process.env, PITWALL_HOME: home, NO_COLOR: "1" };
  return spawn(process.execPath, [join(root, "dist/bin.js"), ...words], {
    cwd: home,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function finished(child) {
  child.stdout.resume();
  await once(child, "exit");
}

/** The address that the server prints first. */
async function addressOf(child) {
  let text = "";
  for await (const bytes of child.stdout) {
    text += bytes;
    const address = /http:\/\/[^\s/]+/u.exec(text)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error(`the server did not start: ${text}`);
}

/** Waits for a run without a result. */
async function newestRun(origin) {
  for (;;) {
    const { runs } = await (await fetch(`${origin}/api/runs`)).json();
    const running = runs.find(({ state }) => state === "running");
    if (running !== undefined) return running.runId;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function capture(name, address, afterMs = 1500, drawn = "main") {
  const viewport = { width: 1280, height: 880 };
  const page = await browser.newPage({ viewport, colorScheme: "dark" });
  await page.goto(address);
  await page.locator(drawn).first().waitFor();
  await page.waitForTimeout(afterMs);
  await page.screenshot({ path: join(root, "docs", `${name}.png`) });
  await page.close();
}
