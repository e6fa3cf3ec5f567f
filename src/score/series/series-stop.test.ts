import { describe, expect, test } from "vitest";
import type { Outcome } from "../../schema/run/outcome/outcome.ts";
import { seriesStop, type EndedRun } from "./series-stop.ts";

function died(lastLine: string, { seconds = 60, exitCode = 1 } = {}): EndedRun {
  return ended({ kind: "died", exitCode }, lastLine, seconds);
}

function ended(outcome: Outcome, lastLine?: string, seconds = 60): EndedRun {
  return { result: { outcome, clock: { billedMs: seconds * 1000 } }, lastLine };
}

const reached: EndedRun = ended({ kind: "reached", timeToTrainMs: 1 });
const missed: EndedRun = ended({ kind: "missed", reason: "ended" });

describe("seriesStop", () => {
  test.each([
    { name: "goes on after one run that died", runs: [died("no GPU")], kind: undefined },
    {
      name: "stops after two runs that died with the same error, at any time",
      runs: [died("no GPU", { seconds: 900 }), died("no GPU", { seconds: 800 })],
      kind: "same-error",
    },
    {
      name: "treats errors that differ only in numbers as the same",
      runs: [died("seed 1: bad address 0x7ffe12"), died("seed 2: bad address 0x55a0")],
      kind: "same-error",
    },
    {
      name: "goes on after different errors of runs that trained for a while",
      runs: [died("no GPU"), died("disk full")],
      kind: undefined,
    },
    {
      name: "goes on after the same line with another exit code",
      runs: [died("bye"), died("bye", { exitCode: 2 })],
      kind: undefined,
    },
    {
      name: "stops after two runs that died within seconds, with any errors",
      runs: [died("no GPU", { seconds: 2 }), died("disk full", { seconds: 9 })],
      kind: "died-at-once",
    },
    {
      name: "counts only runs in a row",
      runs: [died("no GPU"), reached, died("no GPU")],
      kind: undefined,
    },
    { name: "goes on after runs that missed the target", runs: [missed, missed], kind: undefined },
  ])("$name", ({ runs, kind }) => {
    expect(seriesStop(runs)?.kind).toBe(kind);
  });

  test("keeps the error of the last run", () => {
    const runs = [
      ended({ kind: "died", signal: "SIGSEGV" }),
      ended({ kind: "died", signal: "SIGSEGV" }, undefined),
    ];
    expect(seriesStop(runs)).toEqual({ kind: "same-error", diedCount: 2, signal: "SIGSEGV" });
  });
});
