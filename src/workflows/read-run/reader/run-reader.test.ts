import fc from "fast-check";
import { expect, test } from "vitest";
import { exampleRequest } from "../../../../tests/support/example-run.ts";
import { LineSplitter } from "../../../launch/line-splitter.ts";
import { parseLog } from "../../../mllog/parse-log.ts";
import { RunRulesCheck } from "../rules/check-run-rules.ts";
import { RunReader } from "./run-reader.ts";

const request = exampleRequest({ runId: "toy-1" });

function line(key: string, value: unknown, metadata: object = {}): string {
  const namespace = "";
  return `:::MLLOG ${JSON.stringify({ namespace, time_ms: 1000, event_type: "POINT_IN_TIME", key, value, metadata })}`;
}

const anyLine = fc.constantFrom(
  "plain",
  "",
  "a bar at 10 %\rand at 20 %",
  "naïve ::: text",
  line("init_start", null),
  line("run_start", null),
  line("eval_accuracy", 0.5),
  line("block_start", null),
  line("run_stop", null),
  line("submission_benchmark", "toy"),
  ":::MLLOG {broken",
);
const anyEnd = fc.constantFrom("\n", "\r\n");
const anyLog = fc
  .array(fc.tuple(anyLine, anyEnd), { maxLength: 30 })
  .map((lines) => lines.map(([text, end]) => text + end).join(""));

test("a log in pieces gets the verdict of the whole log, with the same line numbers and offsets", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyLog,
      fc.array(fc.nat(2000), { maxLength: 12 }),
      fc.nat(12),
      async (log, cuts, startAt) => {
        const whole = new RunRulesCheck({ request });
        whole.push(parseLog(Buffer.from(log)).lines);
        const reader = RunReader.ofRecord(request);
        const splitter = new LineSplitter();
        const take = (bytes: Buffer) => reader.take({ stream: "log", bytes });
        const bytes = Buffer.from(log);
        const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length];
        let start = 0;
        for (const [index, end] of ends.toSorted((a, b) => a - b).entries()) {
          if (index === startAt) reader.startRules();
          splitter.push("log", bytes.subarray(start, end)).forEach(take);
          start = end;
        }
        splitter.finish("log").forEach(take);
        reader.endOutput();
        expect(await reader.finishRules()).toEqual(await whole.finish());
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

test("a checklist is reported when it changes, at most four times a second", async () => {
  const reader = RunReader.live(request, 0);
  const log = (text: string) =>
    reader.take({ stream: "stdout", bytes: Buffer.from(`${text}\n`), timeMs: 1000 });
  log(line("run_start", null));
  await reader.settleRules();
  const first = reader.checklistUpdate(0);
  expect(first?.items).toContainEqual({ name: "run_start", state: "met" });
  expect(first?.items).toContainEqual({ name: "run_stop", state: "waiting" });
  log(line("eval_accuracy", 0.5));
  expect(reader.checklistUpdate(249)).toBeUndefined();
  expect(reader.checklistUpdate(250)?.items).toContainEqual({
    name: "eval_accuracy",
    state: "met",
  });
  log(line("eval_accuracy", 0.6));
  expect(reader.checklistUpdate(1000)).toBeUndefined();
  log(line("run_stop", null));
  expect(reader.checklistUpdate(2000)?.findings).toMatchObject([
    { rule: "check-failed", key: "run_stop" },
  ]);
});

test.each([
  {
    name: "the edition that the run was requested with",
    edition: undefined,
    expected: "training-5.0",
  },
  { name: "another edition where one is given", edition: "training-5.1", expected: "training-5.1" },
])("checks the rules of $name", async ({ edition, expected }) => {
  const requested = exampleRequest({ runId: "toy-1", edition: "training-5.0" });
  const live = RunReader.live(requested, 0, { edition });
  const recorded = RunReader.ofRecord(requested, { edition });
  const ends = await Promise.all([live.finishRules(), recorded.finishRules()]);
  expect(ends.map(({ checklist }) => checklist.edition)).toEqual([expected, expected]);
});

test("ends the unfinished line of a source before a line of another source or of Pitwall", () => {
  const metric = exampleRequest({
    runId: "toy-1",
    reading: { metrics: [{ metric: "acc", pattern: "acc=([0-9.]+)" }] },
    target: { metric: "acc", direction: "at-least", value: 0.9 },
  });
  const reader = RunReader.live(metric, 0);
  reader.launched(0);
  const take = (stream: string, text: string) =>
    Buffer.concat(reader.take({ stream, bytes: Buffer.from(text), timeMs: 5 }).log).toString();
  expect(take("stdout", "a long line")).toBe("a long line");
  expect(take("stderr", "acc=0.5\n")).toMatch(/^\nacc=0\.5\n:::MLLOG .*"submission_benchmark"/);
  expect(take("stderr", "10 %\r")).toBe("10 %\r");
  expect(take("stdout", "goes on\n")).toBe("goes on\n");
  expect(take("stdout", "acc=0.6")).toMatch(/^acc=0\.6\n:::MLLOG .*"eval_accuracy", "value": 0\.6/);
});

test("opens a record with an unsupported pattern, and refuses to run with it", () => {
  const reading = { metrics: [{ metric: "acc", pattern: "acc=(?=1)([0-9.]+)" }] };
  const old = exampleRequest({ runId: "toy-1", reading });
  expect(() => RunReader.live(old, 0)).toThrow("lookahead");
  const reader = RunReader.ofRecord(old);
  expect(reader.take({ stream: "log", bytes: Buffer.from("acc=1\n") }).updates).toEqual([]);
});

test("a program that prints only step samples for some time is not silent", () => {
  const reader = RunReader.live(request, 0);
  const place = { host: "localhost", rank: 0 };
  const print = (text: string, timeMs: number) =>
    reader.take({ place, stream: "stdout", bytes: Buffer.from(text), timeMs });
  for (let timeMs = 100; timeMs <= 1000; timeMs += 100) print("step\n", timeMs);
  const findings = (): unknown => reader.arrivalFindings({ timeMs: 6000, wasStopped: true });
  expect(findings()).toMatchObject([{ rule: "output-stopped" }]);
  // Samples are taken out of the output before it is read.
  print("", 5000);
  expect(findings()).toEqual([]);
});
