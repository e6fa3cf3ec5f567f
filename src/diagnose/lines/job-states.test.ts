import { expect, test } from "vitest";
import { stateInLine } from "./job-states.ts";

test.each([
  ["88123  pretrain  h100  team1  512 OUT_OF_ME+  0:125 ", "host-memory"],
  ["JobId=771 JobState=TIMEOUT Reason=TimeLimit Dependency=(null)", "time-limit"],
  ["    reason: DeadlineExceeded", "time-limit"],
  ["  Warning  NodeNotReady  6m  node-controller  Node is not ready", "node-failed"],
  ["12s  Normal  Preempted  pod/llm-1  Preempted by pod 7c on node a3", "preemption"],
  ['      "OOMKilled": true,', "host-memory"],
])("%s", (line, kind) => {
  expect(stateInLine(line)).toBe(kind);
});

test.each([
  "88123.extern  extern  team1  512  COMPLETED  0:0 ",
  "NCCL_TIMEOUT is set to 600 s",
  '      "OOMKilled": false,',
  "the pod may be Preempted later",
])("`%s` states no end", (line) => {
  expect(stateInLine(line)).toBeUndefined();
});
