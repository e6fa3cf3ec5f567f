import { expect, test } from "vitest";
import { clockDurations } from "./clock-duration.ts";

test.each([
  { name: "hours, minutes and seconds", text: "0:01:30", seconds: 90 },
  { name: "minutes and seconds", text: "01:30", seconds: 90 },
  { name: "more than a day of hours", text: "30:00:01", seconds: 108_001 },
  { name: "fractions of seconds", text: "0:00:01.250000", seconds: 1.25 },
  { name: "days as Python prints them", text: "1 day, 2:03:04", seconds: 93_784 },
  { name: "days as Slurm prints them", text: "1-02:03:04", seconds: 93_784 },
])("clockDurations reads $name", ({ text, seconds }) => {
  const line = `step 3 elapsed: ${text}, loss: 0.5`;
  expect(clockDurations(line)).toEqual([
    { ms: seconds * 1000, start: line.indexOf(text), end: line.indexOf(text) + text.length },
  ]);
});

test.each([
  "2031-02-03 04:05:06 INFO loss: 0.5",
  "2031-02-03T04:05:06 loss: 0.5",
  "host:8080 loss:0.5",
  "at fe80::1:22:33:44",
  "minute 1:75",
])("clockDurations reads nothing in `%s`", (line) => {
  expect(clockDurations(line)).toEqual([]);
});
