import { describe, expect, test } from "vitest";
import type { CheckedHost } from "../../schema/run/hosts/host-check.ts";
import { judgeHosts } from "./judge-hosts.ts";

const gpu = {
  index: "0",
  name: "NVIDIA H100",
  driver: "550.1",
  memoryMib: "81559",
  usedMib: "0",
  eccErrors: "0",
  slowdown: "Not Active",
  thermal: "Not Active",
};

describe("the findings about hosts", () => {
  test("are none for equal, healthy hosts", () => {
    const links = [{ from: "a", to: "b", roundTripMs: 0.1, bytesPerSecond: 1e9 }];
    expect(judgeHosts([host("a", {}), host("b", {})], links)).toEqual([]);
  });

  const cases: [string, string, "breaks" | "doubtful", Partial<CheckedHost["facts"]>][] = [
    ["another torch", "torch-differs", "breaks", { program: { python: "3.11.7", torch: "2.5.0" } }],
    [
      "another Python",
      "python-differs",
      "breaks",
      { program: { python: "3.9.1", torch: "2.6.0" } },
    ],
    [
      "another CUDA",
      "cuda-differs",
      "doubtful",
      { program: { python: "3.11.7", torch: "2.6.0", cuda: "12.4" } },
    ],
    ["no Python", "program-python-missing", "breaks", { program: { error: "not found" } }],
    ["no rsync", "rsync-missing", "breaks", { hasRsync: false }],
    ["a full disk", "disk-nearly-full", "breaks", { freeBytes: { "/home/me": 1e8 } }],
    ["little disk", "disk-nearly-full", "doubtful", { freeBytes: { "/home/me": 5e9 } }],
    ["little shared memory", "shared-memory-small", "doubtful", { sharedMemoryBytes: 64 << 20 }],
    ["an unknown own name", "own-name-unresolved", "doubtful", { ownAddresses: null }],
    [
      "few open files",
      "open-files-limited",
      "doubtful",
      { limits: { nofile: 1024, memlock: null } },
    ],
    [
      "little locked memory",
      "locked-memory-limited",
      "doubtful",
      { limits: { nofile: null, memlock: 65536 } },
    ],
    ["another job", "host-busy", "doubtful", { otherJobs: { "train-1.a": 9 } }],
    ["no GPU", "gpus-differ", "doubtful", { gpus: null }],
    ["a driver that fails", "nvidia-smi-fails", "breaks", { gpus: "No devices were found" }],
    ["memory errors", "gpu-ecc", "breaks", { gpus: [{ ...gpu, eccErrors: "3" }] }],
    ["a slow GPU", "gpu-throttled", "doubtful", { gpus: [{ ...gpu, thermal: "Active" }] }],
    ["driver errors", "gpu-xid", "doubtful", { xids: ["NVRM: Xid (PCI:0000:01:00): 79"] }],
  ];

  test.each(cases)("name a host with %s: %s", (_, code, weight, facts) => {
    const found = judgeHosts([host("a", {}), host("b", {}), host("c", facts)], []);
    expect(found).toContainEqual(expect.objectContaining({ code, weight, hosts: ["c"] }));
  });

  test.each([
    { offsetMs: 400, roundTripMs: 1, weight: undefined },
    { offsetMs: 1200, roundTripMs: 800, weight: undefined },
    { offsetMs: -5000, roundTripMs: 1, weight: "doubtful" },
    { offsetMs: 180_000, roundTripMs: 1, weight: "breaks" },
  ])("weigh a clock that is off by $offsetMs ms", ({ weight, ...clock }) => {
    const [found] = judgeHosts([{ ...host("a", {}), clock }], []);
    expect(found?.weight).toBe(weight);
  });

  test("name both ends of a connection that fails or is slow", () => {
    const speed = (from: string, to: string, bytesPerSecond: number) => {
      return { from, to, roundTripMs: 0.1, bytesPerSecond };
    };
    const links = [
      { from: "a", to: "b", error: "Connection refused" },
      speed("b", "a", 1e9),
      speed("b", "c", 1e9),
      speed("c", "b", 1e8),
      speed("a", "c", 1e9),
    ];
    expect(judgeHosts([], links)).toEqual([
      expect.objectContaining({ code: "hosts-unconnected", weight: "breaks", hosts: ["a", "b"] }),
      expect.objectContaining({ code: "link-slow", weight: "doubtful", hosts: ["c", "b"] }),
    ]);
  });

  test("compare the pairs of torch.distributed with their median", () => {
    const pair = (a: string, b: string, roundTripMs: number, bytesPerSecond: number) => {
      return { hosts: [a, b], backend: "gloo" as const, roundTripMs, bytesPerSecond };
    };
    const rings = [
      pair("a", "b", 0.2, 1e9),
      pair("a", "c", 0.3, 9e8),
      pair("b", "c", 0.2, 1e8),
      pair("a", "d", 40, 1e9),
      { hosts: ["b", "d"], backend: "gloo" as const, error: "timed out" },
      // All together are as slow as their slowest pair.
      {
        hosts: ["a", "b", "c", "d"],
        backend: "gloo" as const,
        roundTripMs: 50,
        bytesPerSecond: 1e7,
      },
    ];
    expect(judgeHosts([], [], rings)).toEqual([
      expect.objectContaining({ code: "process-group-fails", weight: "breaks", hosts: ["b", "d"] }),
      expect.objectContaining({ code: "pair-slow", weight: "doubtful", hosts: ["b", "c"] }),
      expect.objectContaining({ code: "pair-late", weight: "doubtful", hosts: ["a", "d"] }),
    ]);
    expect(judgeHosts([], [], rings.slice(1, 3))).toEqual([]);
  });

  test("join the same finding of several hosts", () => {
    const broken = { hasRsync: false };
    const [found] = judgeHosts([host("a", broken), host("b", broken)], []);
    expect(found?.hosts).toEqual(["a", "b"]);
  });
});

function host(name: string, facts: Partial<CheckedHost["facts"]>): CheckedHost {
  return {
    host: name,
    home: "/home/me",
    homeId: name,
    clock: { offsetMs: 0.2, roundTripMs: 0.5 },
    facts: {
      hostname: name,
      program: { python: "3.11.7", torch: "2.6.0" },
      freeBytes: { "/home/me": 1e12 },
      sharedMemoryBytes: 64e9,
      ownAddresses: ["10.0.0.1"],
      limits: { nofile: 65536, memlock: null },
      hasRsync: true,
      gpus: [gpu],
      xids: [],
      otherJobs: {},
      ...facts,
    },
  };
}
