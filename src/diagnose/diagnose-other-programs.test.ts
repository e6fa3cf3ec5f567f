import { describe, expect, test } from "vitest";
import { exited, facts, reached, reset, stopping } from "../../tests/support/made-facts.ts";
import { diagnoseRun } from "./diagnose-run.ts";
import type { RunFacts } from "./run-facts.ts";

const timedOut = "RuntimeError: Timed out waiting 8000ms for recv operation to complete";
const watchdog = (rank: number, operation: string, number = 808): string =>
  `[rank${rank}]:[E1] [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=${number}, OpType=${operation}, NumelIn=980, NumelOut=980, Timeout(ms)=600000) ran for 600020 milliseconds before timing out.`;
const terminate = "terminate called after throwing an instance of 'c10::DistBackendError'";
const stopped = (rank: number): ReturnType<typeof exited> => exited(rank, { signal: "SIGTERM" });

/** A job of one rank, which starts processes itself. */
function ofOneRank(texts: readonly string[]): RunFacts {
  const made = facts({
    lines: texts.map((text) => [0, text] as const),
    events: [exited(0, { exitCode: 1 })],
  });
  const isOther = ({ event }: (typeof made.events)[number]): boolean =>
    event.kind === "launched" && event.rank > 0;
  return { ...made, events: made.events.filter((each) => !isOther(each)) };
}

/** What programs show that print and end in other ways than those which the diagnosis was made for. */
describe("diagnoseRun", () => {
  test.each([
    {
      name: "names the rank that the others waited for until their limit, though the launcher ended it",
      given: facts({
        lines: [
          [0, timedOut],
          [1, timedOut],
          [3, timedOut],
        ],
        events: [
          exited(0, { exitCode: 1 }),
          exited(3, { exitCode: 1 }),
          exited(1, { exitCode: 1 }),
          stopped(2),
        ],
      }),
      expected: [{ kind: "hang", ranks: [2], waitingRanks: 3 }],
    },
    {
      name: "still blames a rank that was ended by SIGTERM before the others lost it",
      given: facts({
        lines: [
          [0, reset],
          [1, reset],
          [3, reset],
        ],
        events: [stopped(2), exited(0, { exitCode: 1 }), exited(1, { exitCode: 1 })],
      }),
      expected: [{ kind: "killed", ranks: [2] }],
    },
    {
      name: "names the rank that NCCL's watchdog aborts no process of",
      given: facts({
        lines: [0, 1, 3].flatMap((rank) => [
          [rank, watchdog(rank, "ALLREDUCE")] as const,
          [rank, terminate] as const,
        ]),
        events: [
          exited(0, { signal: "SIGABRT" }),
          exited(1, { signal: "SIGABRT" }),
          stopping,
          stopped(2),
        ],
      }),
      expected: [{ kind: "hang", ranks: [2] }],
    },
    {
      name: "names the rank that timed out in another collective at the same place",
      given: facts({
        lines: [0, 1, 2, 3].map((rank) => {
          return [rank, watchdog(rank, rank === 2 ? "BROADCAST" : "ALLREDUCE")] as const;
        }),
        events: [0, 1, 2, 3].map((rank) => exited(rank, { signal: "SIGABRT" })),
      }),
      expected: [{ kind: "collective-mismatch", ranks: [2], how: "other-operation" }],
    },
    {
      name: "names the rank that timed out in a later collective, though the others are not done with theirs",
      given: facts({
        lines: [0, 1, 2, 3].map((rank) => {
          const call = rank === 0 ? watchdog(rank, "ALLGATHER", 810) : watchdog(rank, "BROADCAST");
          return [rank, call] as const;
        }),
        events: [0, 1, 2, 3].map((rank) => exited(rank, { signal: "SIGABRT" })),
      }),
      expected: [{ kind: "collective-mismatch", ranks: [0], how: "other-operation" }],
    },
    {
      name: "takes ranks that NCCL aborts for victims of the rank with an error of its own",
      given: facts({
        lines: [
          [0, "NCCL communicator was aborted on rank 0."],
          [0, terminate],
          [3, "RuntimeError: cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"],
        ],
        events: [exited(0, { signal: "SIGABRT" }), exited(3, { exitCode: 1 })],
      }),
      expected: [{ kind: "accelerator-error", ranks: [3] }],
    },
    {
      name: "prefers an error of the language to an exception of the program's own, which a lost rank raises too",
      given: facts({
        lines: [
          [0, "Traceback (most recent call last):"],
          [0, '  File "star.py", line 91, in receive'],
          [0, "PeerGone: worker 2 left the star"],
          [2, "Traceback (most recent call last):"],
          [2, '  File "data.py", line 9, in read'],
          [2, "struct.error: unpack requires a buffer of 16 bytes"],
        ],
        events: [exited(0, { exitCode: 1 }), exited(2, { exitCode: 1 })],
      }),
      expected: [{ kind: "crash", ranks: [2] }],
    },
    {
      name: "blames the rank of a host that prints its error first, though its end is noticed later",
      given: facts({
        lines: [
          [1, "RuntimeError: shard 7 has no end"],
          [0, "RuntimeError: all reduce has no result"],
        ],
        events: [exited(0, { exitCode: 1 }), exited(1, { exitCode: 1 })],
      }),
      expected: [{ kind: "crash", ranks: [1] }],
    },
    {
      name: "takes errors in which a program says itself that another rank is gone for those of victims",
      given: facts({
        lines: [
          [3, "RuntimeError: ring broken: no data from the left neighbour (rank 2)"],
          [0, "PeerGone: worker 2 left the ring"],
        ],
        events: [
          exited(3, { exitCode: 1 }),
          exited(0, { exitCode: 1 }),
          exited(2, { signal: "SIGQUIT" }),
        ],
      }),
      expected: [{ kind: "killed", ranks: [2], signal: "SIGQUIT" }],
    },
    {
      name: "reads what C++ throws below the line about it",
      given: facts({
        lines: [
          [0, terminate],
          [0, "  what():  NCCL error: remote process exited or there was a network error"],
          [2, "torch.AcceleratorError: CUDA error: an illegal instruction was encountered"],
        ],
        events: [exited(0, { signal: "SIGABRT" }), exited(2, { exitCode: 1 })],
      }),
      expected: [{ kind: "accelerator-error", ranks: [2] }],
    },
    {
      name: "finds no fault in a loss that was no number before the first step of a run below its target",
      given: facts({
        outcome: { kind: "missed", reason: "ended" },
        lines: [
          [2, "sanity check: val_loss=nan"],
          [0, "step 1 loss 0.5"],
        ],
      }),
      expected: [],
    },
    {
      name: "gives the text of an exception whose name does not look like one",
      given: facts({
        lines: [
          [1, "Traceback (most recent call last):"],
          [1, '  File "data.py", line 9, in read'],
          [1, "shards.Torn: shard 7"],
        ],
        events: [exited(1, { exitCode: 1 })],
      }),
      expected: [{ kind: "crash", ranks: [1], error: "shards.Torn: shard 7" }],
    },
    {
      name: "blames the process that torchrun names inside a program, not the one that started it",
      given: ofOneRank([
        "[rank2]: Traceback (most recent call last):",
        "[rank2]: ValueError: sample 8812 has no input_ids",
        "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ",
      ]),
      expected: [{ kind: "crash", ranks: [2] }],
    },
    {
      name: "reads from torchrun's table which process was killed inside a program",
      given: ofOneRank([
        `[rank0]: ${reset}`,
        "Root Cause (first observed failure):",
        "  rank      : 1 (local_rank: 1)",
        "  traceback : Signal 9 (SIGKILL) received by PID 4711",
      ]),
      expected: [{ kind: "killed", ranks: [1] }],
    },
    {
      name: "blames the process that PyTorch's spawn names",
      given: ofOneRank([
        "-- Process 1 terminated with the following error:",
        "Traceback (most recent call last):",
        '  File "train.py", line 9, in train',
        "KeyError: 'labels'",
      ]),
      expected: [{ kind: "crash", ranks: [1] }],
    },
    {
      name: "blames the process that PyTorch's spawn says was killed",
      given: ofOneRank([
        "torch.multiprocessing.spawn.ProcessExitedException: process 2 terminated with signal SIGKILL",
      ]),
      expected: [{ kind: "killed", ranks: [2] }],
    },
    {
      name: "takes the exit code of `timeout` for a limit of time",
      given: facts({ events: [exited(1, { exitCode: 124 })] }),
      expected: [{ kind: "out-of-time", ranks: [], limit: "command" }],
    },
    {
      name: "takes the exception of SIGINT in one rank for that signal",
      given: facts({
        lines: [[1, "KeyboardInterrupt"]],
        events: [exited(1, { exitCode: 130 })],
      }),
      expected: [{ kind: "killed", ranks: [1], signal: "SIGINT" }],
    },
    {
      name: "names no rank if most ranks end with a loss that is not a number",
      given: facts({
        lines: [0, 1, 3].map((rank) => [rank, "Loss is nan, stopping training"] as const),
        events: [0, 1, 3].map((rank) => exited(rank, { exitCode: 1 })),
      }),
      expected: [{ kind: "not-a-number", ranks: [] }],
    },
    {
      name: "names the rank whose loss stays no number in a run that claims its target",
      given: facts({
        outcome: reached,
        lines: [1, 2, 3, 4].flatMap((step) =>
          [0, 1, 2, 3].map((rank) => {
            return [rank, `step ${step} loss ${rank === 2 ? "nan" : "0.5"}`] as const;
          }),
        ),
      }),
      expected: [{ kind: "not-a-number", ranks: [2] }],
    },
    {
      name: "finds no fault in a loss that was no number for a while",
      given: facts({
        outcome: reached,
        lines: ["nan", "nan", "nan", "nan", "0.5", "0.5"].map((loss) => [0, `loss ${loss}`]),
      }),
      expected: [],
    },
    {
      name: "reads the last state of a progress bar",
      given: facts({
        outcome: reached,
        lines: [[0, ["0.9", "nan", "nan", "nan"].map((loss) => `\r 4/60 loss=${loss}`).join("")]],
      }),
      expected: [{ kind: "not-a-number" }],
    },
    {
      name: "names the host on which alone a package is too old",
      given: facts({
        lines: [2, 3].map((rank) => {
          return [rank, "RuntimeError: kernels 2.0 or newer is required, found 1.4"] as const;
        }),
        events: [exited(2, { exitCode: 1 }), exited(3, { exitCode: 1 })],
      }),
      expected: [{ kind: "configuration", ranks: [2, 3], hosts: ["node2"] }],
    },
    {
      name: "takes a package that is too old everywhere for a crash",
      given: facts({
        lines: [0, 1, 2, 3].map((rank) => {
          return [rank, "RuntimeError: kernels 2.0 or newer is required, found 1.4"] as const;
        }),
        events: [0, 1, 2, 3].map((rank) => exited(rank, { exitCode: 1 })),
      }),
      expected: [{ kind: "crash", ranks: [0, 1, 2, 3] }],
    },
  ])("$name", ({ given, expected }) => {
    const { verdict } = diagnoseRun(given);
    const causes = verdict.kind === "fault" ? verdict.causes : [];
    expect(causes).toMatchObject(expected);
    expect(causes).toHaveLength(expected.length);
  });
});
