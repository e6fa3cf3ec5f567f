import { expect, test } from "vitest";
import { UnevenValues } from "./uneven-values.ts";

/** The line of each rank in ten steps. */
const causeOf = (lineOf: (rank: number) => string): unknown => {
  const values = new UnevenValues();
  for (let line = 1; line <= 40; line += 1) {
    const rank = line % 4;
    values.push({ file: "times.csv", line, text: `rank=${rank} ${lineOf(rank)}` });
  }
  const { cause } = values;
  return cause === undefined ? undefined : { kind: cause.kind, ranks: cause.ranks };
};

test("names the rank that computes longer while the others wait", () => {
  const found = causeOf(
    (rank) => `forward_ms=${rank === 2 ? 300 : 200} comm_ms=${rank === 2 ? 5 : 105}`,
  );
  expect(found).toEqual({ kind: "compute-straggler", ranks: [2] });
});

test("names the rank that waits longer for data", () => {
  const found = causeOf((rank) => `compute_ms=200 data_ms=${rank === 1 ? 90 : 3}`);
  expect(found).toEqual({ kind: "data-starvation", ranks: [1] });
});

test("names none if all ranks are alike, if half of them are slower, or if other values differ", () => {
  expect(causeOf((rank) => `compute_ms=${200 + rank}`)).toBeUndefined();
  expect(causeOf((rank) => `compute_ms=${rank < 2 ? 200 : 300}`)).toBeUndefined();
  expect(causeOf((rank) => `compute_bytes=${rank === 1 ? 900 : 3}`)).toBeUndefined();
});

/** The line of each rank in its own log, in forty steps. */
const causeOfLogs = (lineOf: (rank: number) => string): unknown => {
  const values = new UnevenValues();
  for (let step = 0; step < 160; step += 1) {
    const rank = step % 4;
    const text = `step ${step} | loss 2.10 | ${lineOf(rank)} | total 3.50 s`;
    values.pushStep({ file: `rank${rank}.log`, line: step + 1, rank, text });
  }
  const { cause } = values;
  return cause === undefined ? undefined : { kind: cause.kind, ranks: cause.ranks };
};

test("reads the parts of steps in the logs of the ranks", () => {
  expect(
    causeOfLogs((rank) => `data ${rank === 3 ? 2.84 : 0.01}s, comm ${rank === 3 ? 0.05 : 2.88}s`),
  ).toEqual({ kind: "data-starvation", ranks: [3] });
  expect(
    causeOfLogs(
      (rank) => `forward ${rank === 1 ? 812 : 402} ms | grad-sync wait ${rank === 1 ? 4 : 414} ms`,
    ),
  ).toEqual({ kind: "compute-straggler", ranks: [1] });
});

test("reads no durations from counts and from steps that are alike", () => {
  expect(causeOfLogs((rank) => `data 1${rank} comm ${rank}`)).toBeUndefined();
  expect(causeOfLogs(() => "data 0.01s | comm 2.88s")).toBeUndefined();
});
