import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkLog } from "./check-log.ts";

/** A published log that passes, as lines. */
const lines = readFileSync(
  new URL(
    "../../../tests/fixtures/logs/oracle-llama2-70b-lora-training-v5.0/result_2.txt",
    import.meta.url,
  ),
  "latin1",
)
  .split("\n")
  .filter((line) => line.includes(":::MLLOG"));

function indexOf(key: string): number {
  return lines.findIndex((line) => line.includes(`"key": "${key}"`));
}

function later(line: string, byMs: number): string {
  return line.replace(/"time_ms": (\d+)/u, (_, time) => `"time_ms": ${Number(time) + byMs}`);
}

const hour = 3_600_000;
const again = lines.map((line) => later(line, hour));
const start = indexOf("run_start");

async function causesOf(log: readonly string[], edition = "training-5.0") {
  return (await checkLog(log.join("\n"), { edition })).causes;
}

describe("causes in a log", () => {
  test("are absent from a log that passes", async () => {
    expect(await causesOf(lines)).toEqual([]);
  });

  test.each([
    { name: "that died while it was training", first: lines.slice(0, start + 2) },
    { name: "that died during its start", first: lines.slice(0, start - 3) },
    { name: "that ended", first: lines },
  ])("name the line of an attempt after one $name", async ({ first }) => {
    expect(await causesOf([...first, ...again])).toEqual([
      { cause: "several-attempts", startLines: [1, first.length + 1] },
    ]);
  });

  test("name the line of an attempt whose clock did not move on", async () => {
    const first = lines.slice(0, start + 2);
    expect(await causesOf([...first, ...lines])).toEqual([
      { cause: "several-attempts", startLines: [1, first.length + 1] },
    ]);
  });

  test("name ranks whose lines alternate", async () => {
    const both = lines.flatMap((line) => [line, later(line, 2)]);
    expect(await causesOf(both)).toEqual([
      {
        cause: "several-ranks",
        rankCount: 2,
        startLines: [2 * start + 1, 2 * start + 2],
        areInterleaved: true,
      },
    ]);
  });

  test("name ranks that follow each other in the file, at the same time", async () => {
    const both = [...lines, ...lines.map((line) => later(line, 40))];
    expect(await causesOf(both)).toEqual([
      {
        cause: "several-ranks",
        rankCount: 2,
        startLines: [1, lines.length + 1],
        areInterleaved: false,
      },
    ]);
  });

  test.each([
    { name: "each line was written twice", log: lines.flatMap((line) => [line, line]), line: 2 },
    {
      name: "each event was written by two handlers",
      log: lines.flatMap((line) => [line, `INFO:mlperf:${line}`]),
      line: 2,
    },
    {
      name: "the file was joined with itself",
      log: [...lines, ...lines],
      line: lines.length + 1,
    },
  ])("say that $name, instead of several ranks or attempts", async ({ log, line }) => {
    expect(await causesOf(log)).toEqual([{ cause: "lines-repeated", times: 2, line, ofLine: 1 }]);
  });

  test.each([
    { name: "by their text", order: "text", log: lines.toSorted() },
    {
      name: "by their words",
      order: "text",
      log: lines.map((line) => `0: ${line}`).toSorted((a, b) => a.localeCompare(b, "en")),
    },
    { name: "from the newest to the oldest", order: "newest-first", log: lines.toReversed() },
    {
      name: "by another field",
      order: "mixed",
      log: lines.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    },
  ])("say that the lines are sorted $name", async ({ order, log }) => {
    expect(await causesOf(log)).toMatchObject([{ cause: "lines-out-of-order", order }]);
  });

  test("say where the file was cut off", async () => {
    const text = lines.slice(0, start + 3).join("\n");
    expect(await causesOf([text.slice(0, -30)])).toEqual([{ cause: "cut-off", line: start + 3 }]);
  });

  test("name the line from which on the file is UTF-16", async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${lines.slice(0, 9).join("\n")}\n`),
      Buffer.from(lines.slice(9).join("\n"), "utf16le"),
    ]);
    expect((await checkLog(bytes, { edition: "training-5.0" })).causes).toEqual([
      { cause: "utf-16", order: "little-endian", fromLine: 10 },
    ]);
  });

  test("are absent where ranks only repeat lines of the start, as accepted logs do", async () => {
    const repeated = lines.slice(0, 8).flatMap((line) => [line, later(line, 3), later(line, 9)]);
    expect(await causesOf([...repeated, ...lines.slice(8)])).toEqual([]);
  });

  test("count lines whose metadata, or all of them, is a Python dictionary", async () => {
    const python = lines.map((line, index) => {
      if (index < 5) return line.replace(/"metadata": \{.*\}\}/u, `"metadata": {'lineno': None}}`);
      return index < 7 ? line.replaceAll('"', "'") : line;
    });
    expect(await causesOf(python)).toEqual([
      { cause: "python-syntax", part: "metadata", count: 5, firstLine: 1 },
      { cause: "python-syntax", part: "line", count: 2, firstLine: 6 },
    ]);
  });

  test("count lines whose value is one of Python", async () => {
    const python = lines.map((line) => line.replace('"value": null', '"value": None'));
    const nulls = lines.flatMap((line, index) => (line.includes('"value": null') ? [index] : []));
    expect(await causesOf(python)).toEqual([
      {
        cause: "python-syntax",
        part: "line",
        count: nulls.length,
        firstLine: (nulls[0] ?? 0) + 1,
      },
    ]);
  });

  test("find times in seconds, which pass the rules", async () => {
    const inSeconds = lines.map((line) => line.replace(/("time_ms": \d{10})(\d{3})/u, "$1.$2"));
    const { verdict, causes } = await checkLog(inSeconds.join("\n"), { edition: "training-5.0" });
    expect(verdict).toBe("pass");
    expect(causes).toMatchObject([{ cause: "time-in-seconds", firstLine: 1 }]);
  });

  test("find an inference log by the keys of LoadGen", async () => {
    const log = ["loadgen_version", "requested_scenario"].map(
      (key) => `:::MLLOG {"key": "${key}", "value": "4.1", "time_ms": 0.1, "metadata": {}}`,
    );
    expect(await causesOf(log)).toEqual([{ cause: "inference-log", line: 1 }]);
  });

  test("pair a missing key with the one that was written", async () => {
    const log = lines.map((line) => line.replace('"global_batch_size"', '"globalBatchSize"'));
    expect(await causesOf(log)).toEqual([
      {
        cause: "key-misspelled",
        wanted: "global_batch_size",
        written: "globalBatchSize",
        line: indexOf("global_batch_size") + 1,
      },
    ]);
  });

  test("say that the target was met after the clock had stopped", async () => {
    const met = lines.findLastIndex((line) => line.includes('"key": "eval_accuracy"'));
    const stop = indexOf("run_stop");
    const evaluation = lines[met] ?? "";
    const log = [...lines.toSpliced(met, 1), later(evaluation, hour)];
    expect(await causesOf(log)).toEqual([
      {
        cause: "target-after-stop",
        key: "eval_accuracy",
        line: lines.length,
        stopLine: stop,
        lateMs: timeOf(evaluation) + hour - timeOf(lines[stop] ?? ""),
      },
    ]);
  });
});

function timeOf(line: string): number {
  return Number(/"time_ms": (\d+)/u.exec(line)?.[1]);
}

function keyOf(line: string): string {
  return /"key": "([^"]+)"/u.exec(line)?.[1] ?? "";
}
