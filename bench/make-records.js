// Fills a home directory with many records, for the measurements of lists.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

/** One real run with twenty evaluations, copied under other names; each copy is sealed again. */
export function makeRecords(home, recordCount) {
  const env = { ...process.env, PITWALL_HOME: home, NO_COLOR: "1" };
  const program = `for (let i = 1; i <= 20; i++) console.log("val_acc=" + i / 20)`;
  const reads = ["--metric", "val_acc=(\\S+)", "--target", "val_acc>=0.94"];
  execFileSync(
    process.execPath,
    [bin, "run", ...reads, "--quiet", "--", process.execPath, "-e", program],
    { env, cwd: dirname(home) },
  );
  const runs = join(home, "runs");
  const [model = ""] = readdirSync(runs);
  const directory = join(runs, model);
  const request = JSON.parse(readFileSync(join(directory, "run.json"), "utf8"));
  const result = JSON.parse(readFileSync(join(directory, "result.json"), "utf8"));
  const lines = readFileSync(join(directory, "events.jsonl"), "utf8").trimEnd().split("\n");
  const closing = JSON.parse(lines.pop() ?? "");
  for (let index = 0; index < recordCount; index++) {
    const seriesId = `bench-20261101-${String(index).padStart(6, "0")}-abcd`;
    const runId = `${seriesId}-1`;
    const copy = join(runs, runId);
    mkdirSync(copy);
    cpSync(join(directory, "samples"), join(copy, "samples"), { recursive: true });
    cpSync(join(directory, "log.txt"), join(copy, "log.txt"));
    const requestText = json({
      ...request,
      runId,
      series: { ...request.series, id: seriesId },
      createdMs: request.createdMs + index,
    });
    writeFileSync(join(copy, "run.json"), requestText);
    const files = { ...result.files, "run.json": fingerprint(requestText) };
    const resultText = json({ ...result, runId, files });
    writeFileSync(join(copy, "result.json"), resultText);
    const event = { ...closing, event: { ...closing.event, result: fingerprint(resultText) } };
    writeFileSync(join(copy, "events.jsonl"), `${[...lines, JSON.stringify(event)].join("\n")}\n`);
  }
  rmSync(directory, { recursive: true });
  // New records are not indexed yet.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
}

function json(value) {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function fingerprint(text) {
  const bytes = Buffer.from(text);
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}
