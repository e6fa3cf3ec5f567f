import { describe, expect, test } from "vitest";
import { ranksOfLogs } from "./ranks-in-names.ts";

const ranks = (...names: string[]): Record<string, number> =>
  Object.fromEntries(ranksOfLogs(names));

describe("ranksOfLogs", () => {
  test("takes no number of a job, a host or a day for a rank", () => {
    expect(ranks("slurm-48112.out", "node-1.log", "dmesg-gpu-2.txt", "train-2026.log")).toEqual({});
    expect(ranks("gpu1.log", "gpu2.log")).toEqual({});
  });

  test("reads words, folders of torchrun, and logs that are numbered from 0", () => {
    expect(ranks("worker-3.log")).toEqual({ "worker-3.log": 3 });
    expect(ranks("cgroup/rank-2.scope/memory.events")).toEqual({
      "cgroup/rank-2.scope/memory.events": 2,
    });
    expect(ranks("logs/x/attempt_0/3/stderr.log")).toEqual({ "logs/x/attempt_0/3/stderr.log": 3 });
    expect(ranks("out.0", "out.1", "out.3")).toEqual({ "out.0": 0, "out.1": 1, "out.3": 3 });
    expect(ranks("host0.log", "host1.log")).toEqual({ "host0.log": 0, "host1.log": 1 });
  });

  test("counts the workers of Kubernetes after the master", () => {
    expect(ranks("job-master-0.log", "job-worker-0.log")).toEqual({
      "job-master-0.log": 0,
      "job-worker-0.log": 1,
    });
  });

  test("finds the number that counts the logs, wherever it is", () => {
    expect(ranks("gpu-0/stderr.txt", "gpu-1/stderr.txt")).toEqual({
      "gpu-0/stderr.txt": 0,
      "gpu-1/stderr.txt": 1,
    });
    expect(ranks("train.0-of-2.txt", "train.1-of-2.txt")).toEqual({
      "train.0-of-2.txt": 0,
      "train.1-of-2.txt": 1,
    });
    expect(ranks("out-1-of-2", "out-2-of-2")).toEqual({ "out-1-of-2": 0, "out-2-of-2": 1 });
  });

  test("names no rank where hosts and the processes on each are counted", () => {
    expect(ranks("h0-g0.log", "h0-g1.log", "h1-g0.log", "h1-g1.log")).toEqual({});
    expect(ranks("attempt_0/log", "attempt_1/log")).toEqual({});
  });
});
