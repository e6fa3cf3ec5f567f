import { expect, test } from "vitest";
import type { RunResult } from "../../../schema/run/outcome/run-result.ts";
import { plainPaint } from "../../paint.ts";
import { describeEnd } from "./describe-outcome.ts";
import { eventText } from "../timeline/lifecycle-text.ts";

const clock: RunResult["clock"] = { launchedMs: 0, endedMs: 10, billedMs: 10, source: "arrival" };
const outcome = { kind: "missed", reason: "ended" } as const;
const target = { metric: "acc", direction: "at-least", value: 0.9 } as const;

test("a program without a target that exits has missed nothing", () => {
  expect(describeEnd({ outcome, clock }, plainPaint)).toBe("ended, no target");
  expect(describeEnd({ outcome, clock, target }, plainPaint)).toBe(
    "missed: the program exited first",
  );
  const ofMllog = { ...clock, runStartMs: 1 };
  expect(describeEnd({ outcome, clock: ofMllog }, plainPaint)).toMatch(/^missed/u);
});

test("its last event says the same", () => {
  const event = { kind: "ended", outcome: "missed" } as const;
  expect(eventText(event, { isOneRank: true, isJudged: false })).toBe("ended, no target");
  expect(eventText(event, { isOneRank: true, isJudged: true })).toBe("ended: missed");
});
