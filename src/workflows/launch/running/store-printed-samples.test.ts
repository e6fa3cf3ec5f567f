import { expect, test } from "vitest";
import type { LifecycleEventBody } from "../../../schema/run/events/lifecycle-event.ts";
import type { TelemetrySample } from "../../../schema/run/measured/telemetry-sample.ts";
import { storePrintedSamples } from "./store-printed-samples.ts";

const counts = '"step":3,"samplesCount":96,"stepCount":3';
const times = '"computeMs":30,"communicationMs":5,"dataWaitMs":0';
const line = (rank: number): string =>
  `:::PITWALL {"kind":"step","timeMs":5,"rank":${rank},${counts},${times}}\n`;

async function store(bytes: Buffer, options: { clockOffsetMs?: number } = {}) {
  const stored: [string, TelemetrySample][] = [];
  const events: [LifecycleEventBody, number][] = [];
  const appendSample = async (stem: string, sample: TelemetrySample): Promise<void> => {
    stored.push([stem, sample]);
  };
  const appendEvent = async (event: LifecycleEventBody, timeMs: number): Promise<void> => {
    events.push([event, timeMs]);
  };
  const rest = await storePrintedSamples(bytes, { appendSample, appendEvent }, options);
  return { rest, stored, events };
}

test("stores the samples of each rank in its file and keeps all other bytes", async () => {
  const parts = [Buffer.from([0xff, 0x0a, 0x80]), line(1), "größer\n", line(0), line(1), "end"];
  const { rest, stored } = await store(Buffer.concat(parts.map((part) => Buffer.from(part))));
  const kept = Buffer.concat([Buffer.from([0xff, 0x0a, 0x80]), Buffer.from("größer\nend")]);
  expect(rest.equals(kept)).toBe(true);
  expect(stored.map(([stem]) => stem)).toEqual(["rank-1", "rank-0", "rank-1"]);
});

test("returns a block without samples unchanged", async () => {
  const block = Buffer.from("loss 0.5\n");
  expect((await store(block)).rest).toBe(block);
});

test("converts the times of samples from a host with another clock, and keeps them", async () => {
  const { stored } = await store(Buffer.from(line(2)), { clockOffsetMs: -3000 });
  expect(stored[0]?.[1]).toMatchObject({ rank: 2, timeMs: -2995, hostMs: 5 });
});

test("records an event for each verified step with different results, and none for equal ones", async () => {
  const verified =
    '"verifiedSteps":[{"step":2,"outcome":"equal"},{"step":3,"outcome":"transient","where":"computation"}]';
  const { events } = await store(Buffer.from(line(1).replace("}\n", `,${verified}}\n`)));
  expect(events).toEqual([
    [{ kind: "step-differs", rank: 1, step: 3, outcome: "transient", where: "computation" }, 5],
  ]);
});
