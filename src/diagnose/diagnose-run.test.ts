import { describe, expect, test } from "vitest";
import { exited, facts, reached, reset, stopping } from "../../tests/support/made-facts.ts";
import { diagnoseRun } from "./diagnose-run.ts";
import { done, madeDump, pending } from "../../tests/support/made-dumps.ts";

describe("diagnoseRun", () => {
  test.each([
    {
      name: "blames a rank that was killed, although victims print and end first",
      given: facts({
        lines: [
          [0, reset],
          [1, reset],
        ],
        events: [
          exited(0, { exitCode: 1 }),
          exited(1, { exitCode: 1 }),
          exited(3, { signal: "SIGKILL" }),
        ],
      }),
      expected: [{ kind: "killed", ranks: [3], hosts: ["node2"], signal: "SIGKILL" }],
    },
    {
      name: "blames the rank with an exception of its own, not those that lost their connection to it",
      given: facts({
        lines: [
          [0, reset],
          [2, "IndexError: list index out of range"],
          [3, reset],
        ],
        events: [
          exited(0, { exitCode: 1 }),
          exited(2, { exitCode: 1 }),
          exited(3, { exitCode: 1 }),
        ],
      }),
      expected: [{ kind: "crash", ranks: [2], error: "IndexError: list index out of range" }],
    },
    {
      name: "takes an exception after a broken connection for its consequence",
      given: facts({
        lines: [
          [0, reset],
          [0, "torch.distributed.elastic.ChildFailedError: "],
          [1, "torch.OutOfMemoryError: CUDA out of memory."],
        ],
        events: [exited(0, { exitCode: 1 }), stopping, exited(1, { exitCode: 1 })],
      }),
      expected: [{ kind: "out-of-memory", ranks: [1], memory: "accelerator" }],
    },
    {
      name: "blames all ranks for an exception that all of them raise",
      given: facts({
        lines: [0, 1, 2, 3].map(
          (rank) => [rank, `[rank${rank}]: ValueError: bad argument`] as const,
        ),
        events: [0, 1, 2, 3].map((rank) => exited(rank, { exitCode: 1 })),
      }),
      expected: [{ kind: "crash", ranks: [0, 1, 2, 3] }],
    },
    {
      name: "names two independent faults",
      given: facts({
        lines: [
          [1, "OSError: [Errno 28] No space left on device"],
          [2, "torch.OutOfMemoryError: CUDA out of memory."],
        ],
        events: [exited(1, { exitCode: 1 }), exited(2, { exitCode: 1 })],
      }),
      expected: [
        { kind: "disk-full", ranks: [1] },
        { kind: "out-of-memory", ranks: [2] },
      ],
    },
    {
      name: "takes SIGKILL after the run was stopped for the end by Pitwall",
      given: facts({
        lines: [[2, "Segmentation fault"]],
        events: [exited(2, { signal: "SIGSEGV" }), stopping, exited(0, { signal: "SIGKILL" })],
      }),
      expected: [{ kind: "crash", ranks: [2] }],
    },
    {
      name: "reads signals from exit codes",
      given: facts({ events: [exited(1, { exitCode: 137 })] }),
      expected: [{ kind: "killed", ranks: [1], signal: "SIGKILL" }],
    },
    {
      name: "blames a lost host, not the ranks that end after it",
      given: facts({
        lines: [[0, reset]],
        events: [
          { kind: "host-lost", host: "node2", reason: "no answer for 60 s" },
          exited(0, { exitCode: 1 }),
        ],
      }),
      expected: [{ kind: "host-lost", hosts: ["node2"], ranks: [2, 3] }],
    },
    {
      name: "names the setup of a host whose ranks alone lack a module",
      given: facts({
        lines: [
          [2, "ModuleNotFoundError: No module named 'einops'"],
          [0, reset],
        ],
        events: [exited(2, { exitCode: 1 }), exited(0, { exitCode: 1 })],
      }),
      expected: [{ kind: "configuration", hosts: ["node2"] }],
    },
    {
      name: "names the setup of a host whose program is missing, whatever other hosts lack",
      given: facts({
        lines: [
          [2, "sh: 1: torchrun: not found"],
          [0, "PermissionError: [Errno 13] cache"],
        ],
        events: [exited(2, { exitCode: 127 })],
      }),
      expected: [{ kind: "configuration", hosts: ["node2"], detail: "sh: 1: torchrun: not found" }],
    },
    {
      name: "calls a module that every host lacks a crash",
      given: facts({
        lines: [0, 1, 2, 3].map(
          (rank) => [rank, "ModuleNotFoundError: No module named 'einops'"] as const,
        ),
        events: [0, 1, 2, 3].map((rank) => exited(rank, { exitCode: 1 })),
      }),
      expected: [{ kind: "crash", ranks: [0, 1, 2, 3] }],
    },
    {
      name: "knows Slurm's states",
      given: facts({
        events: [
          {
            kind: "ended-by-scheduler",
            scheduler: "slurm",
            state: "TIMEOUT",
            reason: "time limit",
          },
        ],
      }),
      expected: [{ kind: "out-of-time", limit: "scheduler" }],
    },
    {
      name: "knows preemption from Slurm's state",
      given: facts({
        events: [
          { kind: "ended-by-scheduler", scheduler: "slurm", state: "PREEMPTED", reason: "" },
        ],
      }),
      expected: [{ kind: "preemption" }],
    },
    {
      name: "names the rank whose loss was not a number first",
      given: facts({
        outcome: { kind: "missed", reason: "not-a-number" },
        lines: [
          [2, "step 7 loss=nan"],
          [0, "step 8 loss=nan"],
        ],
        events: [{ kind: "stopping", reason: "not-a-number" }],
      }),
      expected: [{ kind: "not-a-number", ranks: [2], hosts: ["node2"] }],
    },
    {
      name: "names a limit that the user set",
      given: facts({ outcome: { kind: "missed", reason: "max-time" } }),
      expected: [{ kind: "out-of-time", limit: "max-time" }],
    },
    {
      name: "names the launcher of a record without a result",
      given: facts({ state: "abandoned", outcome: undefined }),
      expected: [{ kind: "launcher-killed" }],
    },
    {
      name: "prefers the dumps of a hang to the timeout that it led to",
      given: facts({
        lines: [0, 1, 2].map(
          (rank) => [rank, "RuntimeError: Timed out waiting 10000ms for recv operation"] as const,
        ),
        events: [0, 1, 2].map((rank) => exited(rank, { exitCode: 1 })),
        dumps: [0, 1, 2, 3].map((rank) => {
          const world = { name: "0", ranks: [0, 1, 2, 3] };
          return madeDump(
            rank,
            rank === 3 ? [done(world, 1)] : [done(world, 1), pending(world, 2)],
          );
        }),
      }),
      expected: [{ kind: "hang", ranks: [3], hosts: ["node2"] }],
    },
    {
      name: "names a reported silence that did not end, rather than the limit that ended the run",
      given: facts({
        outcome: { kind: "missed", reason: "max-time" },
        events: [
          {
            kind: "silence",
            phase: "started",
            silentMs: 8000,
            limitMs: 8000,
            periodMs: 1000,
            during: "step",
          },
          { kind: "stopping", reason: "max-time" },
        ],
      }),
      expected: [{ kind: "hang", ranks: [], placeIsNow: false }],
    },
    {
      name: "takes a killed rank and the dump that it did not leave for one fault",
      given: facts({
        events: [exited(1, { signal: "SIGKILL" })],
        dumps: [0, 2, 3].map((rank) =>
          madeDump(rank, [pending({ name: "0", ranks: [0, 1, 2, 3] }, 1)]),
        ),
      }),
      expected: [{ kind: "killed", ranks: [1] }],
    },
    {
      name: "does not take ranks that were ended after an exception, without a dump, for faults",
      given: facts({
        lines: [[3, "IndexError: batch 40 is empty"]],
        events: [exited(3, { exitCode: 1 }), stopping, exited(1, { signal: "SIGTERM" })],
        dumps: [0, 3].map((rank) => {
          const world = { name: "0", ranks: [0, 1, 2, 3] };
          return madeDump(
            rank,
            rank === 3 ? [done(world, 1)] : [done(world, 1), pending(world, 2)],
          );
        }),
      }),
      expected: [{ kind: "crash", ranks: [3] }],
    },
  ])("$name", ({ given, expected }) => {
    const { verdict } = diagnoseRun(given);
    expect(verdict).toMatchObject({ kind: "fault" });
    expect(verdict.kind === "fault" && verdict.causes).toMatchObject(expected);
    expect(verdict.kind === "fault" && verdict.causes).toHaveLength(expected.length);
  });

  test.each([
    { name: "a run that reached its target", given: facts({ outcome: reached }) },
    {
      name: "lines about files and connections in a run that reached its target",
      given: facts({
        outcome: reached,
        lines: [
          [0, "No such file or directory: cache"],
          [1, reset],
        ],
      }),
    },
    {
      name: "ranks that were ended because the target was reached",
      given: facts({
        outcome: reached,
        events: [{ kind: "stopping", reason: "target" }, exited(0, { signal: "SIGTERM" })],
      }),
    },
    {
      name: "a silence that ended",
      given: facts({
        outcome: { kind: "missed", reason: "ended" },
        events: [
          { kind: "silence", phase: "started", silentMs: 8000 },
          { kind: "silence", phase: "ended", silentMs: 30_000 },
        ],
      }),
    },
    { name: "a run that the user interrupted", given: facts({ outcome: { kind: "interrupted" } }) },
    {
      name: "a run that ended below its target",
      given: facts({ outcome: { kind: "missed", reason: "ended" } }),
    },
  ])("finds no fault in $name", ({ given }) => {
    expect(diagnoseRun(given).verdict).toEqual({ kind: "no-fault" });
  });

  test("is not sure if every rank only lost its connection, and says what it looked at", () => {
    const found = diagnoseRun(
      facts({
        lines: [0, 1, 2, 3].map((rank) => [rank, reset] as const),
        events: [0, 1, 2, 3].map((rank) => exited(rank, { exitCode: 1 })),
      }),
    );
    expect(found.verdict).toMatchObject({ kind: "not-sure" });
    expect(found.alternatives).toMatchObject([{ kind: "connection-lost" }]);
    expect(found.lookedAt).toContainEqual({ what: "log-lines", count: 4 });
  });

  test("gives the out-of-memory killer as an alternative to a kill from outside", () => {
    const { alternatives } = diagnoseRun(facts({ events: [exited(1, { signal: "SIGKILL" })] }));
    expect(alternatives).toMatchObject([{ kind: "out-of-memory", ranks: [1], likelihood: 0.25 }]);
  });

  test("points to the line and the event that show it", () => {
    const { verdict } = diagnoseRun(
      facts({
        lines: [
          [0, "step 1"],
          [0, "OSError: [Errno 28] No space left on device"],
        ],
        events: [exited(0, { exitCode: 1 })],
      }),
    );
    expect(verdict.kind === "fault" && verdict.causes[0]?.evidence).toMatchObject([
      { kind: "line", file: "log.txt", line: 2, rank: 0 },
      { kind: "event", index: 4 },
    ]);
  });
});
