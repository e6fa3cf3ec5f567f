import { describe, expect, test } from "vitest";
import { LoggedPhases } from "./logged-phases.ts";

describe("LoggedPhases", () => {
  test("adds up evaluations until the target, once for all ranks", () => {
    const phases = new LoggedPhases();
    const take = (timeMs: number, key: string, isReached = false): void =>
      phases.take(
        { timeMs, key, value: null, eventType: "INTERVAL_START", namespace: "", metadata: {} },
        isReached,
      );
    take(100, "eval_start");
    take(101, "eval_start");
    take(150, "eval_stop");
    take(151, "eval_stop");
    take(300, "eval_start");
    take(330, "eval_stop", true);
    take(400, "eval_start", true);
    take(500, "eval_stop", true);
    expect(phases.evaluationMs).toBe(80);
  });
});
