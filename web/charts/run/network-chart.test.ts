import { expect, test } from "vitest";
import type { SeriesBuckets } from "../../../src/schema/dashboard/run-series.ts";
import { networkChart } from "./network-chart.ts";

const x = { label: "clock", unit: "milliseconds" } as const;
const buckets = (name: string, count: number): SeriesBuckets => {
  const column = { x: [0], min: [1], max: [3], last: [2], count: [count] };
  return { name, unit: "bytes per second", ...column };
};

test("draws what the hosts receive and send, each with its band over several hosts", () => {
  const both = { received: buckets("networkReceived", 2), sent: buckets("networkSent", 1) };
  const { marks, y } = networkChart(both, x);
  expect(marks.map(({ kind, label }) => `${kind}: ${label}`)).toEqual([
    "band: received, minimum to maximum",
    "line: received",
    "line: sent",
  ]);
  expect(y).toEqual({ label: "per host", unit: "bytes per second", includesZero: true });
});

test("is empty without measurements", () => {
  expect(networkChart({ received: undefined, sent: undefined }, x).marks).toEqual([]);
});
