import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { yamlText } from "./yaml-text.ts";

describe("yamlText", () => {
  test("writes blocks, plain words, and everything else as JSON does", () => {
    const value = {
      name: "llama31-8b",
      on: "slurm",
      time: "14:00:00",
      yes: "no",
      nodes: 16,
      absent: undefined,
      command: ["python", "train.py", "--seed", "{seed}"],
      plan: { usd: { p50: 3.5 }, parts: [{ a: 1, b: [2] }], none: {} },
    };
    expect(yamlText(value)).toBe(`name: llama31-8b
"on": slurm
time: "14:00:00"
"yes": "no"
nodes: 16
command:
  - python
  - train.py
  - "--seed"
  - "{seed}"
plan:
  usd:
    p50: 3.5
  parts:
    - a: 1
      b:
        - 2
  none: {}`);
  });

  test("reads back as the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = yamlText(JSON.parse(JSON.stringify(value)));
        expect(parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
