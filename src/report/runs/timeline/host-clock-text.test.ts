import { expect, test } from "vitest";
import { hostClockText } from "./host-clock-text.ts";

test.each([
  [{ offsetMs: 3200.4, uncertaintyMs: 0.42 }, "3.200 s behind, ± 0.42 ms"],
  [
    { offsetMs: -12.34, uncertaintyMs: 1.2, driftPpm: 11.7 },
    "12 ms ahead, ± 1.2 ms, 12 ppm too fast",
  ],
  [{ offsetMs: 0.3, uncertaintyMs: 0.5, driftPpm: -2 }, "agrees, ± 0.50 ms, 2.0 ppm too slow"],
])("%o is %s", (clock, text) => {
  expect(hostClockText(clock)).toBe(text);
});
