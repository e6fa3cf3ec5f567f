import { expect, test } from "vitest";
import type { LifecycleEventBody } from "../../../../src/schema/run/events/lifecycle-event.ts";
import { noticeOf } from "./notice-of.ts";

test.each<{ event: LifecycleEventBody; text: string | undefined }>([
  { event: { kind: "target-reached", value: 0.9512 }, text: "target reached with 0.95120" },
  { event: { kind: "ended", outcome: "died" }, text: "ended: died" },
  { event: { kind: "ended", outcome: "reached" }, text: undefined },
  { event: { kind: "created", pid: 7 }, text: undefined },
])("a browser notification about $event.kind $event.outcome says `$text`", ({ event, text }) => {
  expect(noticeOf(event)).toBe(text);
});

test("a metric that is not a number is a notification, and another reason to stop is not", () => {
  expect(noticeOf({ kind: "stopping", reason: "not-a-number" })).toMatch(/not a number/u);
  expect(noticeOf({ kind: "stopping", reason: "target" })).toBeUndefined();
});
