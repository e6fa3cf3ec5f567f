import { describe, expect, test } from "vitest";
import { readSlurmLog } from "./slurm-log.ts";

describe("readSlurmLog", () => {
  test.each([
    {
      name: "finds the reason of an agent",
      text: '{"kind": "failed", "code": "cwd-missing", "reason": "no folder /x on this host"}\nsrun: error: node2: task 1: Exited with exit code 3\n',
      expected: {
        agentFault: "no folder /x on this host",
        outOfMemory: undefined,
        lines: ["srun: error: node2: task 1: Exited with exit code 3"],
      },
    },
    {
      name: "finds the line of the out-of-memory killer",
      text: "slurmstepd: error: Detected 1 oom_kill event in StepId=7.0. Some of the step tasks have been OOM Killed.\n",
      expected: {
        agentFault: undefined,
        outOfMemory:
          "slurmstepd: error: Detected 1 oom_kill event in StepId=7.0. Some of the step tasks have been OOM Killed.",
        lines: [
          "slurmstepd: error: Detected 1 oom_kill event in StepId=7.0. Some of the step tasks have been OOM Killed.",
        ],
      },
    },
    {
      name: "finds a memory limit that Slurm enforces itself",
      text: "slurmstepd-node2: error: StepId=2.0 exceeded memory limit (410288128 > 314572800), being killed\nsrun: error: node2: task 1: Killed\n",
      expected: {
        agentFault: undefined,
        outOfMemory:
          "slurmstepd-node2: error: StepId=2.0 exceeded memory limit (410288128 > 314572800), being killed",
        lines: [
          "slurmstepd-node2: error: StepId=2.0 exceeded memory limit (410288128 > 314572800), being killed",
          "srun: error: node2: task 1: Killed",
        ],
      },
    },
    {
      name: "leaves out what is no fault",
      text: "srun: cluster configuration lacks support for cpu binding\n\n",
      expected: { agentFault: undefined, outOfMemory: undefined, lines: [] },
    },
  ])("$name", ({ text, expected }) => {
    expect(readSlurmLog(text)).toEqual(expected);
  });
});
