import { describe, expect, test } from "vitest";
import type { LaunchTargetOf } from "../../../schema/run/hosts/launch-target.ts";
import { gpusInGres } from "../client/gres.ts";
import { nodesFor, parseNodes, parsePartitions } from "./slurm-cluster.ts";
import { parseSlurmTime } from "../client/slurm-time.ts";

const cluster = {
  partitions: parsePartitions(
    [
      "PartitionName=main Default=YES MaxNodes=UNLIMITED MaxTime=UNLIMITED Nodes=node[1-4] State=UP",
      "PartitionName=short Default=NO MaxNodes=1 MaxTime=00:10:00 Nodes=node[1-4] State=UP",
    ].join("\n"),
  ),
  nodes: parseNodes(
    [
      "node1|main*|drained|8|64000|gpu:a100:4(S:0-1)|a100,ib",
      "node1|short|drained|8|64000|gpu:a100:4(S:0-1)|a100,ib",
      "node2|main*|idle|8|64000|gpu:a100:4|a100,ib",
      "node2|short|idle|8|64000|gpu:a100:4|a100,ib",
      "node3|main*|allocated|8|64000|(null)|(null)",
      "node3|short|allocated|8|64000|(null)|(null)",
    ].join("\n"),
  ),
};

type Target = LaunchTargetOf<"slurm">;
const target: Target = { kind: "slurm", nodes: 1, ranks: { perHost: 1, starter: "direct" } };

describe("nodesFor", () => {
  test.each<{ name: string; given: Partial<Target>; nodes: string[] }>([
    { name: "uses the default partition", given: {}, nodes: ["node2", "node3", "node1"] },
    { name: "lists nodes that are up first", given: { gres: "gpu:4" }, nodes: ["node2", "node1"] },
    { name: "compares features", given: { constraint: "ib" }, nodes: ["node2", "node1"] },
    {
      name: "leaves expressions of features to Slurm",
      given: { constraint: "ib|x" },
      nodes: ["node2", "node3", "node1"],
    },
    {
      name: "takes the best of several partitions",
      given: { partition: "short,main", nodes: 3 },
      nodes: ["node2", "node3", "node1"],
    },
  ])("$name", ({ given, nodes }) => {
    const found = nodesFor({ ...target, ...given }, cluster);
    expect(found.map(({ name }) => name)).toEqual(nodes);
  });

  test.each<{ name: string; given: Partial<Target>; code: string; message: string }>([
    {
      name: "refuses a partition that does not exist",
      given: { partition: "mian" },
      code: "partition-unknown",
      message: "there is no partition `mian`",
    },
    {
      name: "refuses more nodes than the partition has",
      given: { nodes: 4 },
      code: "too-few-nodes",
      message: "`--nodes 4`, but partition `main` allows 3 nodes",
    },
    {
      name: "refuses more nodes than the partition allows",
      given: { partition: "short", nodes: 2 },
      code: "too-few-nodes",
      message: "`--nodes 2`, but partition `short` allows 1 node",
    },
    {
      name: "refuses more nodes than have the resources",
      given: { gres: "gpu:8" },
      code: "too-few-nodes",
      message: "`--nodes 1`, but partition `main` allows 0 nodes with `--gres gpu:8`",
    },
    {
      name: "refuses a time above the limit of the partition",
      given: { partition: "short", time: "11" },
      code: "slurm-time-invalid",
      message: "`--time 11` is above the limit of partition `short`",
    },
  ])("$name", ({ given, code, message }) => {
    expect(() => nodesFor({ ...target, ...given }, cluster)).toThrow(
      expect.objectContaining({ code, message }),
    );
  });
});

test.each([
  { text: "gpu:4", gpus: { count: 4, type: undefined } },
  { text: "gpu:a100:4(S:0-1)", gpus: { count: 4, type: "a100" } },
  { text: "gpu", gpus: { count: 1, type: undefined } },
  { text: "gpu:a100", gpus: { count: 1, type: "a100" } },
  { text: "license:2,gpu:h100:8", gpus: { count: 8, type: "h100" } },
  { text: "(null)", gpus: { count: 0, type: undefined } },
])("reads the GPUs of `$text`", ({ text, gpus }) => {
  expect(gpusInGres(text)).toEqual(gpus);
});

test.each([
  { text: "30", minutes: 30 },
  { text: "30:30", minutes: 30.5 },
  { text: "2:00:00", minutes: 120 },
  { text: "1-12", minutes: 2160 },
  { text: "1-00:30", minutes: 1470 },
  { text: "infinite", minutes: Infinity },
  { text: "2h", minutes: undefined },
  { text: "", minutes: undefined },
])("reads the time `$text` as $minutes minutes", ({ text, minutes }) => {
  expect(parseSlurmTime(text)).toBe(minutes === undefined ? undefined : minutes * 60_000);
});
