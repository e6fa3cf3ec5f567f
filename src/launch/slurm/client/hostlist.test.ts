import { expect, test } from "vitest";
import { expandHostlist } from "./hostlist.ts";
import { nodesInOrder } from "../nodes/slurm-topology.ts";

test.each([
  ["node1", ["node1"]],
  ["node[1-3,07],login", ["node1", "node2", "node3", "node07", "login"]],
  ["gpu[08-11]", ["gpu08", "gpu09", "gpu10", "gpu11"]],
  ["r[1-2]n[1-2]-ib", ["r1n1-ib", "r1n2-ib", "r2n1-ib", "r2n2-ib"]],
  ["", []],
  ["odd[x]", ["oddx"]],
])("%j is %j", (text, names) => {
  expect(expandHostlist(text)).toEqual(names);
});

test("nodes below the same switch are together, and leaf switches below the same one above", () => {
  const tree = [
    "SwitchName=leaf1 Level=0 LinkSpeed=1 Nodes=node[1,5]",
    "SwitchName=leaf2 Level=0 LinkSpeed=1 Nodes=node[2,6]",
    "SwitchName=leaf3 Level=0 LinkSpeed=1 Nodes=node[3-4]",
    "SwitchName=spine1 Level=1 LinkSpeed=1 Nodes=node[1,3-5] Switches=leaf[1,3]",
    "SwitchName=spine2 Level=1 LinkSpeed=1 Nodes=node[2,6] Switches=leaf2",
  ].join("\n");
  expect(nodesInOrder(tree)).toEqual(["node1", "node5", "node3", "node4", "node2", "node6"]);
});

test("blocks are groups too, and no topology is an empty list", () => {
  const blocks = "BlockName=b1 BlockIndex=0 Nodes=n[1,3]\nBlockName=b2 BlockIndex=1 Nodes=n2";
  expect(nodesInOrder(blocks)).toEqual(["n1", "n3", "n2"]);
  expect(nodesInOrder("No topology information available\n")).toEqual([]);
});
