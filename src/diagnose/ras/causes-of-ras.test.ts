import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type MadeRank, madeRas } from "../../../tests/support/made-ras.ts";
import { causesOfRas } from "./causes-of-ras.ts";
import { parseRasStatus } from "./parse-ras-status.ts";
import type { RasStatus } from "./ras-status.ts";

function read(text: string): RasStatus {
  const status = parseRasStatus(text, "ras.json");
  if (status === undefined) throw new Error("not an answer of RAS");
  return status;
}

const answer = (communicators: Record<string, Record<number, MadeRank>>): RasStatus =>
  read(madeRas(communicators));

function fixture(name: string): RasStatus {
  const url = new URL(`../../../tests/fixtures/dumps/${name}/ras.txt`, import.meta.url);
  return read(readFileSync(url, "utf8"));
}

const ahead = { AllReduce: 641, Broadcast: 2 };
const behind = { AllReduce: 640, Broadcast: 2 };
const isStuck = { isStuck: true };

describe("causesOfRas", () => {
  test("names the rank that launched fewer collectives than the others", () => {
    const found = causesOfRas(
      [answer({ "0xa": { 0: ahead, 1: ahead, 2: behind, 3: ahead } })],
      isStuck,
    );
    expect(found).toMatchObject([
      {
        kind: "hang",
        ranks: [2],
        likelihood: 0.85,
        collective: { operation: "AllReduce", number: 641, group: "0xa" },
        waitingRanks: 3,
      },
    ]);
  });

  test("takes a rank that waits in another communicator for a victim", () => {
    const status = answer({
      "0xwhole": { 0: ahead, 1: ahead, 2: behind, 3: behind },
      "0xpair": { 2: { AllGather: 7 }, 3: { AllGather: 6 } },
    });
    expect(causesOfRas([status], isStuck)).toMatchObject([{ kind: "hang", ranks: [3] }]);
  });

  test("needs a second answer to tell a hang from a job that runs", () => {
    const first = answer({ "0xa": { 0: ahead, 1: behind } });
    const moved = answer({ "0xa": { 0: ahead, 1: ahead } });
    const further = answer({ "0xa": { 0: { AllReduce: 650 }, 1: { AllReduce: 649 } } });
    const running = { isStuck: false };
    expect(causesOfRas([first], running)).toMatchObject([{ ranks: [1], likelihood: 0.45 }]);
    expect(causesOfRas([first, first], running)).toMatchObject([{ ranks: [1], likelihood: 0.85 }]);
    expect(causesOfRas([first, moved], running)).toEqual([]);
    expect(causesOfRas([first, further], running)).toEqual([]);
  });

  test("names ranks that NCCL has given up, and those that do not answer", () => {
    const status = answer({ "0xa": { 0: ahead, 1: ahead, 2: "dead", 3: "silent", 4: ahead } });
    expect(causesOfRas([status], { isStuck: false })).toMatchObject([
      { kind: "crash", ranks: [2] },
      { kind: "hang", ranks: [3], waitingRanks: 4 },
    ]);
  });

  test("takes a process that does not answer twice for one that has ended", () => {
    const status = answer({ "0xa": { 0: ahead, 1: ahead, 2: ahead, 3: "silent" } });
    expect(causesOfRas([status, status], { isStuck: false })).toMatchObject([
      { kind: "crash", ranks: [3], likelihood: 0.6 },
    ]);
  });

  test("reads the count of a single rank in the words of text", () => {
    const text = [
      "NCCL version 2.27.5 compiled with CUDA 12.9",
      "  0  1  4  8  4  4  RUNNING  MISMATCH",
      "#0-0 (7c1e93daea854b06) MISMATCH",
      "  Communicator ranks have different AllReduce operation counts",
      "  3 ranks have launched up to operation 8812",
      "  1 rank has launched up to operation 8811",
      "  Rank 2 -- GPU 2 managed by process 44106 on node 10.30.0.1",
    ].join("\n");
    const status = read(text);
    expect(causesOfRas([status, status], { isStuck: false })).toMatchObject([
      { kind: "hang", ranks: [2], likelihood: 0.85 },
    ]);
  });

  test("finds nothing where all ranks have launched the same", () => {
    expect(causesOfRas([answer({ "0xa": { 0: ahead, 1: ahead } })], isStuck)).toEqual([]);
  });

  test("reads a real mismatch of 32 ranks: most are behind, so none is named", () => {
    const [cause, ...more] = causesOfRas([fixture("ras-mismatch")], { isStuck: false });
    expect(more).toEqual([]);
    expect(cause).toMatchObject({
      kind: "hang",
      ranks: [],
      likelihood: 0.45,
      collective: { operation: "AllGather", number: 641, group: "fa93daea854b060b" },
      waitingRanks: 2,
    });
  });

  test("reads a real answer without one rank", () => {
    expect(causesOfRas([fixture("ras-incomplete")], { isStuck: false })).toMatchObject([
      {
        kind: "hang",
        ranks: [1],
        evidence: [{ text: "process 60004 on 10.4.109.13, GPU 0 does not answer" }],
      },
    ]);
  });
});

describe("parseRasStatus", () => {
  test("skips the replies of the protocol before the answer", () => {
    const text = `SERVER PROTOCOL 2\nOK\nOK\n${madeRas({ "0xa": { 0: ahead } })}`;
    expect(parseRasStatus(text, "x")).toMatchObject({ ncclVersion: "2.28.3" });
  });

  test.each([
    { name: "other JSON", text: '{"version":"2.9","entries":[]}' },
    { name: "JSON that was cut off", text: madeRas({ "0xa": { 0: ahead } }).slice(0, -20) },
    { name: "a log", text: "step 1 loss 0.3\n" },
    { name: "nothing", text: "" },
  ])("refuses $name", ({ text }) => {
    expect(parseRasStatus(text, "x")).toBeUndefined();
  });
});
