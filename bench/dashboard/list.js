// Measures how fast a new server lists many runs: until the first row, until all rows, and on the page.
//
//   node scripts/build.js && node bench/dashboard/list.js [--records 3000] [--rounds 5] [--chromium /usr/bin/chromium]
//
// Each round starts a new server. `no cache` deletes `<home>/cache` first, as for records that were never listed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeRecords } from "../make-records.js";
import { startBrowser } from "./frames.js";

const bin = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));
const { values: options } = parseArgs({
  options: {
    records: { type: "string", default: "3000" },
    rounds: { type: "string", default: "5" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "pitwall-list-"));
const home = join(folder, "home");
const measures = { list: measureList, stream: measureStream, page: measurePage };

async function onNewServer(measure) {
  const child = spawn(process.execPath, [bin, "serve", "--port", "0", "--home", home, "--quiet"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [text] = await once(child.stdout, "data");
    const times = await measure(String(text).trim());
    return { ...times, cpuMs: cpuMs(child.pid) };
  } finally {
    child.kill("SIGINT");
    await once(child, "exit");
  }
}

function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function measureList(url) {
  const startMs = performance.now();
  const { runs } = await (await fetch(`${url}api/runs`)).json();
  if (runs.length !== Number(options.records)) throw new Error(`${runs.length} runs`);
  return { allMs: performance.now() - startMs };
}

/** The page's request: the first snapshot may have only the newest runs. */
async function measureStream(url) {
  const startMs = performance.now();
  const stop = new AbortController();
  const { body } = await fetch(`${url}api/runs/stream`, { signal: stop.signal });
  let text = "";
  let firstRowMs;
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.includes('"runId"')) firstRowMs ??= performance.now() - startMs;
    if (piece.endsWith("\n\n") && text.includes("\nid: ")) break;
  }
  const allMs = performance.now() - startMs;
  stop.abort();
  return { firstRowMs, allMs };
}

let browser;
/** From the start of the navigation: until a row and all rows are on the screen, as the page itself notes it. */
async function measurePage(url) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(noteRows, Number(options.records) + 1);
  await page.goto(url, { waitUntil: "commit" });
  const times = await page.waitForFunction(() => window.rowTimes?.allMs && window.rowTimes);
  const { firstRowMs, allMs } = await times.jsonValue();
  await page.close();
  return { firstRowMs, allMs };
}

/** Runs in the page, before its own code. */
function noteRows(rowCount) {
  const times = (window.rowTimes = {});
  const selectors = { firstRowMs: ".run-line", allMs: `[aria-rowcount="${rowCount}"]` };
  const look = () => {
    for (const [name, selector] of Object.entries(selectors)) {
      if (name in times || document.querySelector(selector) === null) continue;
      times[name] = undefined;
      // After the next frame, the row is painted.
      requestAnimationFrame(() => setTimeout(() => (times[name] = performance.now())));
    }
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["aria-rowcount"],
  });
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

try {
  makeRecords(home, Number(options.records));
  browser = await startBrowser(options.chromium);
  console.log(
    `${options.records} records, new server each time, ${options.rounds} rounds, medians`,
  );
  for (const state of ["no cache", "cached"])
    for (const [name, measure] of Object.entries(measures)) {
      const rounds = [];
      for (let round = 0; round < Number(options.rounds); round++) {
        if (state === "no cache") rmSync(join(home, "cache"), { recursive: true, force: true });
        rounds.push(await onNewServer(measure));
      }
      const texts = Object.keys(rounds[0]).map(
        (key) => `${key} ${median(rounds.map((times) => times[key])).toFixed(0)}`,
      );
      console.log(`${state}, ${name}: ${texts.join(", ")}`);
    }
  console.log(`load average ${loadavg()[0]}`);
} finally {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
}
