import { describe, expect, test } from "vitest";
import { LineFormReader, utf16Order } from "./line-forms.ts";

const payload =
  '{"namespace": "", "time_ms": 1760000000000, "event_type": "POINT_IN_TIME", "key": "seed", "value": 7, "metadata": {"file": "train.py"}}';
const line = `:::MLLOG ${payload}`;

function causesOf(lines: readonly string[], pieceLength = 7) {
  const reader = new LineFormReader();
  const text = lines.join("\n");
  for (let at = 0; at < text.length; at += pieceLength)
    reader.push(text.slice(at, at + pieceLength));
  return reader.finish();
}

describe("LineFormReader", () => {
  test("finds nothing in lines that can be read, nor in other output", () => {
    expect(
      causesOf([line, "step 1 loss 2.3", `0: ${line}`, '{"loss": 2.3, "time_ms": 1}']),
    ).toEqual([]);
  });

  test.each([
    ["::MLLOG"],
    [":::MLOG"],
    [":::mllog"],
    [":::MLL"],
    [":::MLLOG:"],
    ["MLLOG"],
    [":::MLPERF"],
    [""],
  ])("names the token `%s` of two lines", (written) => {
    const wrong = `${written} ${payload}`.trimStart();
    expect(causesOf([line, wrong, `[2026-01-01 10:00:00] ${wrong}`])).toEqual([
      { cause: "token-misspelled", written, count: 2, firstLine: 2 },
    ]);
  });

  test("leaves lines of round v0.6 to the rules of that round", () => {
    expect(causesOf([':::MLL 1558.2 seed: {"value": 7, "metadata": {"lineno": 1}}'])).toEqual([]);
  });

  test.each([
    { by: "container-log", wrong: JSON.stringify({ log: `${line}\n`, stream: "stdout" }) },
    { by: "terminal-colors", wrong: `:::MLLOG \u001b[32m${payload}\u001b[0m` },
    { by: "html-escapes", wrong: line.replaceAll('"', "&quot;") },
    { by: "typographic-quotes", wrong: line.replaceAll('"', "\u201d") },
    { by: "trailing-text", wrong: `${line},` },
  ])("names what changed a line: $by", ({ by, wrong }) => {
    expect(causesOf([line, wrong])).toEqual([
      { cause: "lines-altered", by, count: 1, firstLine: 2 },
    ]);
  });

  test.each([
    { first: "version https://git-lfs.github.com/spec/v1", is: "git-lfs-pointer" },
    { first: "<!DOCTYPE html><html><head>", is: "web-page" },
    { first: '{"num_hosts": 1, "metric": {"train_au_percentage": [98.1]}}', is: "storage-result" },
  ])("recognizes another file in the place of a log: $is", ({ first, is }) => {
    expect(causesOf([first, "oid sha256:4d7a"])).toEqual([{ cause: "not-a-log", is }]);
  });

  test.each([
    "slurmstepd: error: *** JOB 123 ON n1 CANCELLED AT 2025-01-01T00:00:00 DUE TO TIME LIMIT ***",
    "slurmstepd: error: Detected 1 oom-kill event(s) in StepId=1.0",
    "=>> PBS: job killed: walltime 3610 exceeded limit 3600",
    "TERM_RUNLIMIT: job killed after reaching LSF run time limit.",
  ])("finds that the system ended the program: %s", (text) => {
    expect(causesOf([line, text])).toEqual([{ cause: "ended-by-system", line: 2, text }]);
  });

  test("finds the marks of a merge conflict", () => {
    expect(causesOf(["<<<<<<< HEAD", line, "=======", line, ">>>>>>> rerun"])).toEqual([
      { cause: "lines-altered", by: "merge-conflict", count: 2, firstLine: 1 },
    ]);
  });

  test("joins lines that a terminal has wrapped", () => {
    const wrapped = line.match(/.{1,40}/gu) ?? [];
    expect(causesOf([line, ...wrapped, line, ...wrapped])).toEqual([
      { cause: "lines-altered", by: "line-wrapping", count: 2, firstLine: 2 },
    ]);
  });
});

test.each([
  { name: "by its mark", bytes: Buffer.from(`\ufeff${line}`, "utf16le"), order: "little-endian" },
  { name: "without a mark", bytes: Buffer.from(line, "utf16le"), order: "little-endian" },
  {
    name: "in the other order",
    bytes: Buffer.from(line, "utf16le").swap16(),
    order: "big-endian",
  },
  { name: "unless it is UTF-8", bytes: Buffer.from(line), order: undefined },
  { name: "unless it is binary", bytes: Buffer.alloc(64), order: undefined },
])("recognizes UTF-16 $name", ({ bytes, order }) => {
  expect(utf16Order(bytes)).toBe(order);
});
