import { expect, test } from "vitest";
import { launchTime } from "./launch-time.ts";

const known = {
  submittedMs: 9900,
  waitedAtMs: 10_150,
  seenMs: 10_800,
  startMs: 10_000,
  scriptMs: 10_300,
};

test.each([
  { name: "is the start of the script", more: {}, expected: 10_300 },
  {
    name: "is not before the job was last seen waiting",
    more: { scriptMs: undefined },
    expected: 10_150,
  },
  {
    name: "is not before the start that Slurm reports",
    more: { scriptMs: undefined, waitedAtMs: undefined },
    expected: 10_000,
  },
  {
    name: "is not before the submission",
    more: { scriptMs: undefined, waitedAtMs: undefined, startMs: 9000 },
    expected: 9900,
  },
  {
    name: "includes the time in which a node prepares itself",
    more: { seenMs: 95_000, scriptMs: 90_000 },
    expected: 10_150,
  },
  {
    name: "ignores the clock of a node that is behind",
    more: { scriptMs: 4000 },
    expected: 10_150,
  },
  {
    name: "is not after the job was seen running, if the controller's clock is ahead",
    more: { startMs: 70_000 },
    expected: 10_800,
  },
  {
    name: "is after the wait, if the controller's clock is behind",
    more: { startMs: 2000 },
    expected: 10_150,
  },
  {
    name: "needs no answer of Slurm about the start",
    more: { startMs: undefined },
    expected: 10_300,
  },
])("the launch $name", ({ more, expected }) => {
  expect(launchTime({ ...known, ...more })).toBe(expected);
});
