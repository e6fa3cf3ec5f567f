import { describe, expect, test } from "vitest";
import { exited, facts, reset, stopping } from "../../tests/support/made-facts.ts";
import { diagnoseRun } from "./diagnose-run.ts";

/** What real runs with real faults showed, and the diagnosis did not see at first. */
describe("diagnoseRun", () => {
  test.each([
    {
      name: "orders losses that are not a number by their steps, because output of several hosts arrives late",
      given: facts({
        outcome: { kind: "missed", reason: "not-a-number" },
        lines: [
          [2, "step 8 loss=nan"],
          [0, "step 7 loss=nan"],
        ],
      }),
      expected: [{ kind: "not-a-number", ranks: [0] }],
    },
    {
      name: "does not blame the rank that a broken connection leads to for that line",
      given: facts({
        lines: [[2, "RuntimeError: connection closed by peer, rank 3"]],
        events: [exited(2, { exitCode: 1 }), exited(3, { signal: "SIGKILL" })],
      }),
      expected: [{ kind: "killed", ranks: [3] }],
    },
    {
      name: "blames the only rank that prints no broken connection",
      given: facts({
        lines: [
          [0, reset],
          [1, reset],
          [3, reset],
        ],
        events: [
          exited(3, { exitCode: 1 }),
          stopping,
          exited(0, { exitCode: 1 }),
          exited(1, { exitCode: 1 }),
          exited(2, { signal: "SIGTERM" }),
        ],
      }),
      expected: [{ kind: "crash", ranks: [2] }],
    },
    {
      name: "names an error in the program's data beside a killed rank",
      given: facts({
        lines: [[2, "KeyError: 'labels'"]],
        events: [exited(0, { signal: "SIGKILL" }), exited(2, { exitCode: 1 })],
      }),
      expected: [
        { kind: "killed", ranks: [0] },
        { kind: "crash", ranks: [2] },
      ],
    },
    {
      name: "names the host whose memory Slurm says was exceeded, not the hosts that end with the job",
      given: facts({
        events: [
          { kind: "host-lost", host: "node1", reason: "the agent of this host has died" },
          { kind: "host-lost", host: "node2", reason: "the agent of this host has died" },
          {
            kind: "ended-by-scheduler",
            scheduler: "slurm",
            state: "OUT_OF_MEMORY",
            reason: "slurmstepd-node2: error: StepId=10.0 exceeded memory limit",
          },
        ],
      }),
      expected: [{ kind: "out-of-memory", ranks: [], hosts: ["node2"] }],
    },
    {
      name: "names a rank that was ended by SIGTERM before the job was stopped",
      given: facts({
        lines: [[0, reset]],
        events: [
          exited(1, { signal: "SIGTERM" }),
          stopping,
          exited(0, { exitCode: 1 }),
          exited(2, { signal: "SIGTERM" }),
        ],
      }),
      expected: [{ kind: "killed", ranks: [1], signal: "SIGTERM" }],
    },
    {
      name: "does not blame the only rank that prints its loss for a loss that is not a number",
      given: facts({
        outcome: { kind: "missed", reason: "not-a-number" },
        lines: [[0, "step 31 loss=nan"]],
      }),
      expected: [{ kind: "not-a-number", ranks: [] }],
    },
    {
      name: "names a mismatch that the transport saw, and not the rank that it stopped",
      given: facts({
        lines: [
          [2, "what(): Is there a distributed collective mismatch in your code?"],
          [1, reset],
        ],
        events: [exited(2, { signal: "SIGABRT" }), stopping, exited(1, { exitCode: 1 })],
      }),
      expected: [{ kind: "collective-mismatch", ranks: [], how: "unknown" }],
    },
    {
      name: "names the rank whose stack is in no collective",
      given: facts({
        state: "running",
        outcome: undefined,
        events: [{ kind: "silence", phase: "started", silentMs: 8000, periodMs: 1000 }],
        stacks: [0, 1, 2, 3].map((rank) => ({
          rank,
          file: `stack-rank_${rank}.txt`,
          frames: [{ function: rank === 1 ? "read_shard" : "all_reduce", file: "a.py", line: 7 }],
        })),
      }),
      expected: [{ kind: "hang", ranks: [1], waitingRanks: 3, place: { function: "read_shard" } }],
    },
  ])("$name", ({ given, expected }) => {
    const { verdict } = diagnoseRun(given);
    const causes = verdict.kind === "fault" ? verdict.causes : [];
    expect(causes).toMatchObject(expected);
    expect(causes).toHaveLength(expected.length);
  });

  test("a rank of another host that was killed before the stop is blamed, although its end is known later", () => {
    const given = facts({
      lines: [[0, reset]],
      events: [exited(0, { exitCode: 1 }), stopping, exited(3, { signal: "SIGKILL" })],
    });
    const events = given.events.map((each) =>
      each.event.kind === "rank-exited" && each.event.rank === 3 ? { ...each, timeMs: 3500 } : each,
    );
    const { verdict } = diagnoseRun({ ...given, events });
    expect(verdict).toMatchObject({ causes: [{ kind: "killed", ranks: [3] }] });
  });
});
