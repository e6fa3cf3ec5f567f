// Measures how long Pitwall, MLflow and Trackio take until they show a run of many ranks, or the list of many runs, each on
// a new server.
//
//   python3 -m venv peers && peers/bin/pip install mlflow trackio
//   node bench/dashboard/peers.js --python peers/bin/python [--ranks 64] [--seconds 600] [--runs 3000] [--rounds 3]
//
// `--runs` lists that many runs of 20 evaluations each, instead of the run of many ranks; the time is that of the first row.
// Pitwall charts all ranks together (median and range of each part of a step); MLflow and Trackio show a chart for each rank
// and draw those that are visible. The time is that of the first chart, since the navigation. CPU seconds are those of the
// server's processes until then.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeRecords } from "../make-records.js";
import { startBrowser } from "./frames.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const bin = join(here, "..", "..", "dist", "bin.js");
const { values: options } = parseArgs({
  options: {
    python: { type: "string" },
    ranks: { type: "string", default: "64" },
    seconds: { type: "string", default: "600" },
    runs: { type: "string" },
    rounds: { type: "string", default: "3" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
});
if (options.python === undefined) throw new Error("give --python, with mlflow and trackio");
const folder = mkdtempSync(join(tmpdir(), "pitwall-peers-"));
const home = join(folder, "home");
mkdirSync(home);
const store = `sqlite:///${join(folder, "mlflow.db")}`;
const env = {
  ...process.env,
  PITWALL_HOME: home,
  NO_COLOR: "1",
  MLFLOW_TRACKING_URI: store,
  MLFLOW_DISABLE_TELEMETRY: "true",
  TRACKIO_DIR: join(folder, "trackio"),
  HF_HUB_OFFLINE: "1",
  GRADIO_ANALYTICS_ENABLED: "False",
};
const what = options.runs === undefined ? "ranks" : "runs";
const size = what === "runs" ? [options.runs] : [options.ranks, options.seconds];

/** Writes the data of a peer and returns the last line of what was printed. */
function writePeer(tool) {
  const words = [join(here, "write-peers.py"), tool, what, ...size];
  return execFileSync(options.python, words, { env, cwd: folder, encoding: "utf8" })
    .trim()
    .split("\n")
    .at(-1);
}

/** One real run of many ranks. */
function writeRanks() {
  const reads = ["--metric", "val_acc=(\\S+)", "--target", "val_acc>=2", "--quiet", "--"];
  const writer = [process.execPath, join(here, "rank-writer.js"), size[0], "0", size[1]];
  // The target is never reached, so the exit code is 1.
  spawnSync(process.execPath, [bin, "run", ...reads, ...writer], { env, cwd: home });
  return `/runs/${readdirSync(join(home, "runs"))[0]}`;
}

/** `write` returns the address of the page, and `shown` selects its first chart or row. */
const tools = {
  Pitwall: {
    write() {
      if (what === "ranks") return writeRanks();
      makeRecords(home, Number(options.runs));
      return "/";
    },
    command: [process.execPath, bin, "serve", "--port", "7821"],
    port: 7821,
    shown: { ranks: ".chart .plot canvas", runs: ".run-line" },
  },
  MLflow: {
    write() {
      const run = writePeer("mlflow");
      const page = what === "ranks" ? `${run}/model-metrics` : `${run.split("/")[0]}/runs`;
      return `/#/experiments/${page}`;
    },
    command: [
      join(dirname(options.python), "mlflow"),
      "server",
      "--backend-store-uri",
      store,
      "--port",
      "7822",
      "--workers",
      "1",
    ],
    port: 7822,
    shown: { ranks: ".js-plotly-plot .main-svg", runs: ".ag-row .ag-cell-value a" },
  },
  Trackio: {
    write() {
      writePeer("trackio");
      return `/?project=${what}`;
    },
    command: [
      options.python,
      "-c",
      `import time, trackio; trackio.show(project='${what}', open_browser=False, block_thread=False); time.sleep(3600)`,
    ],
    port: 7860,
    shown: {
      ranks: "canvas.marks, .vega-embed canvas, .vega-embed svg",
      runs: ".checkbox-item .run-name",
    },
  },
};

/** CPU seconds of all processes of a group. */
function cpuOfGroup(group) {
  let ticks = 0;
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/u.test(each))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1].split(" ");
      if (Number(fields[2]) === group) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // The process has ended.
    }
  }
  return ticks / 100;
}

async function answers(port) {
  for (let tries = 0; tries < 600; tries++) {
    const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (response?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`no answer on port ${port}`);
}

async function measure({ command, port, shown }, path, browser) {
  const [program, ...words] = command;
  const server = spawn(program, words, { env, cwd: folder, stdio: "ignore", detached: true });
  try {
    await answers(port);
    const before = cpuOfGroup(server.pid);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`http://127.0.0.1:${port}${path}`, { timeout: 120_000 });
    await page.locator(shown[what]).first().waitFor({ timeout: 120_000 });
    const shownMs = await page.evaluate(() => performance.now());
    const cpuSeconds = cpuOfGroup(server.pid) - before;
    await page.close();
    return { shownMs, cpuSeconds };
  } finally {
    process.kill(-server.pid, "SIGKILL");
    await once(server, "exit");
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
let browser;
try {
  browser = await startBrowser(options.chromium);
  const title = what === "runs" ? `${size[0]} runs` : `${size[0]} ranks, ${size[1]} s`;
  const first = what === "runs" ? "first row" : "first chart";
  console.log(`${title}, ${options.rounds} rounds, medians`);
  for (const [name, tool] of Object.entries(tools)) {
    const startMs = performance.now();
    const path = tool.write();
    const writtenS = (performance.now() - startMs) / 1000;
    const rounds = [];
    for (let round = 0; round < Number(options.rounds); round++)
      rounds.push(await measure(tool, path, browser));
    const of = (key) => median(rounds.map((times) => times[key]));
    console.log(
      `${name.padEnd(8)} ${first} ${of("shownMs").toFixed(0)} ms, server ${of("cpuSeconds").toFixed(2)} CPU-s, written in ${writtenS.toFixed(1)} s`,
    );
  }
  console.log(`load average ${loadavg()[0]}`);
} finally {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
}
