import { describe, expect, test } from "vitest";
import { signOfWords } from "./sign-of-words.ts";

describe("signOfWords", () => {
  test.each([
    ["ggml: allocating 2048 MiB on device 0: malloc failed: out of memory", "accelerator-memory"],
    ["container killed by the agent for exceeding memory limits, 10.4 GB used", "host-memory"],
    ["write failed: out of inodes on /scratch (0 free of 12000000)", "disk-full"],
    ["ERROR saving: user quota of project p on /gpfs is used up", "disk-full"],
    ["job 8871 exceeded its wallclock limit and is being terminated", "time-limit"],
    ["notice received (reason: capacity reclaimed by provider), 120 seconds left", "preemption"],
    ["E1201 chip 1 reported an unrecoverable hardware interrupt", "accelerator-error"],
    [
      "error: restore: the checkpoint has 104 bytes, expected 419; file is incomplete",
      "bad-checkpoint",
    ],
    ["gradient norm is not finite (inf), stopping", "not-a-number"],
    ["[controller] ERROR node gpu-17 missed 5 heartbeats, marking it as down", "node-failed"],
    ["inconsistent collective: expected allgather, got reduce_scatter", "mismatch"],
    ["WARNING: input pipeline is the bottleneck", "data-wait"],
    ["the notebook tried to allocate more memory than is available", "host-memory"],
    ["Job_id=77120 Name=gpt Ended, Run time 1-00:00:21, TIMEOUT", "time-limit"],
    ["the login session was closed, ending its processes", "launcher-ended"],
    ["watch: torchrun (pid 5201) has died", "launcher-ended"],
    ["replica check FAILED: rank 2 differs from the other 3 ranks", "replicas-differ"],
  ])("reads %j as %s", (text, kind) => {
    expect(signOfWords(text)).toMatchObject({ kind, isGeneral: true });
  });

  test.each([
    "upload failed: out of memory on the server, will retry",
    "restored from the checkpoint before, because the newest checkpoint is incomplete; continuing",
    "oom=0 killed=0 step=40",
    "time_limit=3600 memory_limit=64G on_exceeded=warn",
    "0 errors, no GPU faults detected",
    "Trial 4 failed with value nan.",
    "nfs: server filer-2 not responding, still trying",
    "if the node is lost, the job is requeued",
    "step 40 of 100, memory 70 GB, disk 91 %",
    "    FIRST_TRANS_FUNC: SpatialBottleneckWithFixedBatchNorm",
    ':::MLLOG {"key": "target_accuracy_reached", "metadata": {"file": "/scratch/train.py"}}',
  ])("reads %j as no trouble", (text) => {
    expect(signOfWords(text)).toBeUndefined();
  });

  test("names the ranks that others wait for, not those that are well", () => {
    const sign = signOfWords("barrier timed out: arrived [0, 1, 2], missing [3]");
    expect(sign).toEqual({ kind: "timeout", isGeneral: true, missingRanks: [3] });
  });

  test("names the rank by any word for one of the equal processes", () => {
    expect(signOfWords("1 of 8 workers did not report progress: worker 6")?.missingRanks).toEqual([
      6,
    ]);
    expect(signOfWords("trainer[2] ran out of memory")?.namedRank).toBe(2);
    expect(signOfWords("rank 6 is 1.84x slower than the median of all ranks")?.slowRanks).toEqual([
      6,
    ]);
  });

  test("takes the number that a system gives a process for no rank", () => {
    const sign = signOfWords("service: Killing process 5201 (torchrun) with signal SIGKILL.");
    expect(sign).toEqual({ kind: "process-killed", isGeneral: true, namedProcess: 5201 });
  });
});
