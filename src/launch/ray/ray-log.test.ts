import { expect, test } from "vitest";
import { readRayLog } from "./ray-log.ts";

const facts = {
  hostname: "node1",
  timeMs: 1,
  home: "/root",
  homeId: "x",
  python: "python3",
  pythonVersion: "3.11.7",
  system: "Linux",
  operatingSystem: "Debian",
  cpuModel: "",
  coreCount: 4,
  memoryBytes: 1e9,
  gpus: [],
  interfaces: {},
  reachedAt: null,
  freePort: 1,
};

test("finds where a job was placed, among other lines", () => {
  const placed = { kind: "placed", timeMs: 5, hosts: [{ host: "node1", facts }] };
  const log = readRayLog(
    `Runtime env is setting up.\n:::PITWALL-RAY ${JSON.stringify(placed)}\n:::PITWALL-FRAMES node1 0 AAAA\n:::PITWALL-RAY {"kind": "ended", "host": "node1"}\n`,
  );
  expect(log).toEqual({
    placed,
    waiting: undefined,
    failed: undefined,
    setUpFailed: undefined,
    endedHosts: new Set(["node1"]),
    otherLines: ["Runtime env is setting up."],
  });
});

test("keeps the last reason why a job waits, and why it failed", () => {
  const lines = [
    ':::PITWALL-RAY {"kind": "waiting", "reason": "no CPU"}',
    ':::PITWALL-RAY {"kind": "waiting", "reason": "no GPU"}',
    ':::PITWALL-RAY {"kind": "failed", "reason": "RuntimeError: x"}',
    ':::PITWALL-RAY {"kind": "unknown"}',
    ":::PITWALL-RAY {broken",
  ];
  expect(readRayLog(lines.join("\n"))).toMatchObject({
    placed: undefined,
    waiting: "no GPU",
    failed: "RuntimeError: x",
  });
});
