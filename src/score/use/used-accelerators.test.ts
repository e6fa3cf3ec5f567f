import { describe, expect, test } from "vitest";
import type { PresentGpu } from "../../schema/accelerator-use.ts";
import { usedAccelerators } from "./used-accelerators.ts";

const gpus: readonly PresentGpu[] = [0, 1, 2, 3].map((index) => ({
  index,
  uuid: `GPU-${index}`,
  migUuids: [`MIG-${index}a`, `MIG-${index}b`],
}));
const python = ["python", "train.py"];
const all = ["GPU-0", "GPU-1", "GPU-2", "GPU-3"];

function used(env: Record<string, string>, command: readonly string[], present = gpus) {
  const use = usedAccelerators(env, command, present);
  return use.uuids ?? present.map(({ uuid }) => uuid);
}

describe("usedAccelerators", () => {
  test.each([
    { name: "unset is all", visible: undefined, expected: all },
    { name: "empty is none", visible: "", expected: [] },
    { name: "minus one is none", visible: "-1", expected: [] },
    { name: "a word is none", visible: "NoDevFiles", expected: [] },
    { name: "indices in any order", visible: "2, 0", expected: ["GPU-0", "GPU-2"] },
    { name: "an index twice counts once", visible: "1,1", expected: ["GPU-1"] },
    { name: "minus one ends the list", visible: "1,-1,2", expected: ["GPU-1"] },
    { name: "an unknown index ends the list", visible: "1,9,2", expected: ["GPU-1"] },
    { name: "the beginning of a UUID", visible: "GPU-1", expected: ["GPU-1"] },
    { name: "the GPU that holds a MIG device", visible: "MIG-3b", expected: ["GPU-3"] },
    {
      name: "two MIG devices of one GPU are one GPU",
      visible: "MIG-3a,MIG-3b",
      expected: ["GPU-3"],
    },
    { name: "an old-style MIG device", visible: "MIG-GPU-2/1/0", expected: ["GPU-2"] },
  ])("CUDA_VISIBLE_DEVICES: $name", ({ visible, expected }) => {
    expect(used(visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible }, python)).toEqual(
      expected,
    );
  });

  test.each([
    { name: "env", command: ["env", "CUDA_VISIBLE_DEVICES=3", ...python], expected: ["GPU-3"] },
    {
      name: "env by its path, among other variables and flags",
      command: ["/usr/bin/env", "-u", "X", "A=1", "CUDA_VISIBLE_DEVICES=2,3", ...python],
      expected: ["GPU-2", "GPU-3"],
    },
    {
      name: "env that unsets the variable",
      command: ["env", "-u", "CUDA_VISIBLE_DEVICES", ...python],
      expected: all,
    },
    { name: "env that clears everything", command: ["env", "-i", ...python], expected: all },
    {
      name: "a shell's prefix",
      command: ["sh", "-c", "CUDA_VISIBLE_DEVICES=3 python train.py"],
      expected: ["GPU-3"],
    },
    {
      name: "a shell's export, in quotes",
      command: ["bash", "-lc", `cd x && export CUDA_VISIBLE_DEVICES="1,2"; python train.py`],
      expected: ["GPU-1", "GPU-2"],
    },
    {
      name: "a shell that starts two programs",
      command: ["sh", "-c", "CUDA_VISIBLE_DEVICES=1 a & CUDA_VISIBLE_DEVICES=2 b"],
      expected: ["GPU-1", "GPU-2"],
    },
    {
      name: "a shell behind env behind nohup",
      command: ["nohup", "env", "A=1", "sh", "-c", "CUDA_VISIBLE_DEVICES=1 python train.py"],
      expected: ["GPU-1"],
    },
    {
      name: "a computed value is unknown, and the environment stands",
      command: ["sh", "-c", "CUDA_VISIBLE_DEVICES=$N python train.py"],
      expected: ["GPU-0"],
    },
    {
      name: "an argument of the program that looks alike sets nothing",
      command: ["python", "train.py", "CUDA_VISIBLE_DEVICES=3"],
      expected: ["GPU-0"],
    },
    {
      name: "a longer name is another variable",
      command: ["env", "MY_CUDA_VISIBLE_DEVICES=3", ...python],
      expected: ["GPU-0"],
    },
  ])("command: $name", ({ command, expected }) => {
    expect(used({ CUDA_VISIBLE_DEVICES: "0" }, command)).toEqual(expected);
  });

  test.each([
    { name: "HIP counts", env: { HIP_VISIBLE_DEVICES: "0,1" }, count: 2 },
    { name: "ROCR counts, by UUID too", env: { ROCR_VISIBLE_DEVICES: "0,GPU-f1" }, count: 2 },
    {
      name: "HIP selects from what ROCR leaves",
      env: { ROCR_VISIBLE_DEVICES: "2,3,4", HIP_VISIBLE_DEVICES: "0" },
      count: 1,
    },
    { name: "minus one is none", env: { HIP_VISIBLE_DEVICES: "-1" }, count: 0 },
    { name: "nothing is known without them", env: {}, count: 0 },
  ])("accelerators that nvidia-smi does not list: $name", ({ env, count }) => {
    expect(usedAccelerators(env, python, []).count).toBe(count);
  });

  test("says what selects them", () => {
    expect(usedAccelerators({ CUDA_VISIBLE_DEVICES: "" }, python, gpus).selectedBy).toBe(
      'CUDA_VISIBLE_DEVICES=""',
    );
  });
});
