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
