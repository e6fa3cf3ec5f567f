import { describe, expect, test } from "vitest";
import {
  acceptsSteps,
  parseJobState,
  phaseOf,
  whyNeverStarts,
  whySlurmEnded,
} from "./job-state.ts";

const running =
  "JobId=1 JobName=pitwall-r UserId=root(0) Account=(null) JobState=RUNNING Reason=None ExitCode=0:0 SubmitTime=2026-11-28T23:02:07 StartTime=2026-11-28T23:02:08 ReqNodeList=(null) ExcNodeList=(null) NodeList=node[1-2] BatchHost=node1";

describe("parseJobState", () => {
  test("reads the state, the start and the nodes", () => {
    expect(parseJobState(running)).toEqual({
      state: "RUNNING",
      batchHost: "node1",
      reason: undefined,
      startMs: Date.UTC(2026, 10, 28, 23, 2, 8),
      nodeList: "node[1-2]",
      exitCode: 0,
      restartCount: 0,
    });
  });

  test("reads a job that waits", () => {
    const line =
      "JobId=2 JobState=PENDING Reason=Resources ExitCode=0:0 StartTime=Unknown NodeList=(null)";
    expect(parseJobState(line)).toEqual({
      state: "PENDING",
      reason: "Resources",
      startMs: undefined,
      nodeList: undefined,
      exitCode: 0,
      restartCount: 0,
    });
  });

  test("reads nothing from an error", () => {
    expect(parseJobState("slurm_load_jobs error: Invalid job id specified")).toBeUndefined();
  });
});

describe("phaseOf", () => {
  test.each([
    { state: "PENDING", phase: "waiting" },
    { state: "CONFIGURING", phase: "waiting" },
    { state: "RUNNING", phase: "active" },
    { state: "COMPLETING", phase: "active" },
    { state: "COMPLETED", phase: "ended" },
    { state: "NODE_FAIL", phase: "ended" },
    { state: "A_STATE_OF_THE_FUTURE", phase: "ended" },
  ])("$state is $phase", ({ state, phase }) => {
    expect(phaseOf({ state })).toBe(phase);
  });
});

describe("acceptsSteps", () => {
  test.each([
    { state: "PENDING", accepts: false },
    { state: "RUNNING", accepts: true },
    { state: "COMPLETING", accepts: false },
    { state: "STAGE_OUT", accepts: false },
    { state: "CANCELLED", accepts: false },
  ])("$state: $accepts", ({ state, accepts }) => {
    expect(acceptsSteps({ state })).toBe(accepts);
  });
});

describe("whyNeverStarts", () => {
  test.each([
    { reason: "PartitionConfig", why: "the partition cannot provide what it requests" },
    { reason: "PartitionTimeLimit", why: "the time limit is above that of the partition" },
    { reason: "Resources", why: undefined },
    { reason: "Priority", why: undefined },
    { reason: undefined, why: undefined },
  ])("$reason: $why", ({ reason, why }) => {
    expect(whyNeverStarts({ reason })).toBe(why);
  });
});

describe("whySlurmEnded", () => {
  test.each([
    { state: "TIMEOUT", why: "its time limit was reached" },
    { state: "PREEMPTED", why: "it was preempted by another job" },
    { state: "NODE_FAIL", why: "a node failed" },
    { state: "FAILED", why: undefined },
    { state: "COMPLETED", why: undefined },
  ])("$state: $why", ({ state, why }) => {
    expect(whySlurmEnded({ state })).toBe(why);
  });
});
