import { describe, expect, test } from "vitest";
import { haveTaskLabels, RankSections, speakerOfLine } from "./speaker-of-line.ts";

describe("speakerOfLine", () => {
  test.each([
    ["[rank3]: KeyError: 1", 3, undefined, "KeyError: 1"],
    ["[default12]:step 3", 12, undefined, "step 3"],
    ["[1,7]<stderr>:Segmentation fault", 7, undefined, "Segmentation fault"],
    ["(RayTrainWorker pid=2211, ip=10.2.0.4) [rank1]: x", 1, 2211, "x"],
    ["(Worker(train-1) pid=18, ip=10.2.0.4) x", 1, 18, "x"],
    ["n4: [rank13]: x", 13, undefined, "x"],
    ["[1,mpirank:3,algo-1]<stderr>:x", 3, undefined, "x"],
    ["[pod/llm-worker-2/trainer] x", 2, undefined, "x"],
    ["2026-12-01 00:34:33 10.164.0.8 [3] x", 3, undefined, "x"],
    ["[job][worker-2] x", 2, undefined, "x"],
    ["trainer-2  | x", 2, undefined, "x"],
    ["[2026-12-01T10:31:43.9Z] 5c902731 [rank=3] || x", 3, undefined, "x"],
    ["epoch 2 | x", undefined, undefined, "epoch 2 | x"],
    ["(raylet, ip=10.2.0.4) x", undefined, undefined, "(raylet, ip=10.2.0.4) x"],
    ["3: x", undefined, undefined, "3: x"],
  ])("reads %s", (line, rank, process, text) => {
    expect(speakerOfLine(line, {})).toEqual({ rank, process, text });
  });

  test("takes numbers before lines for tasks only in logs where most lines have one", () => {
    expect(speakerOfLine(" 3: x", { hasTasks: true })).toEqual({
      rank: 3,
      process: undefined,
      text: "x",
    });
    expect(haveTaskLabels(["0: a", "1: a", "0: b", "", "srun: error"])).toBe(true);
    expect(haveTaskLabels(["0: aeroplane", "1: boat", "2: cat", "3: dog"])).toBe(false);
    expect(haveTaskLabels(["step 1", "0: a", "step 2", "step 3"])).toBe(false);
  });

  test("knows sections whose title names the process, too", () => {
    const sections = new RankSections();
    expect(sections.push("===== rank 3 (pid 7203) =====")).toBe(3);
    expect(sections.push("step 3 (of 10) done")).toBe(3);
  });

  test("knows in whose section of a collected output a line is", () => {
    const sections = new RankSections();
    const lines = ["a", "---Begin global rank 3 STDERR---", "b", "---End global rank 3 STDERR---"];
    expect(lines.map((line) => sections.push(line))).toEqual([undefined, 3, 3, undefined]);
  });
});
