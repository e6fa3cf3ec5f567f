import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detectFormat } from "./detect-format.ts";
import { formats } from "./formats.ts";

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe("detectFormat", () => {
  test.each([
    {
      name: "takes a folder for MLPerf logs",
      sample: { kind: "folder", name: "training_v5.1" },
      format: "mlperf",
    },
    {
      name: "knows an archive by its first bytes",
      sample: { kind: "file", name: "round", firstBytes: Uint8Array.of(0x1f, 0x8b, 8) },
      format: "mlperf",
    },
    {
      name: "knows an archive by its ending, so that a damaged one is reported as such",
      sample: { kind: "file", name: "round.tar.gz", firstBytes: text("<html>") },
      format: "mlperf",
    },
    {
      name: "knows DAWNBench's table by its columns, in any order",
      sample: {
        kind: "file",
        name: "table.txt",
        firstBytes: text(
          "hours_to_target,task,file,date,author,model,framework,hardware,computed_cost_usd,total_cost_usd\n",
        ),
      },
      format: "dawnbench",
    },
    {
      name: "knows the speedrun's table, even if the sample ends in its first line",
      sample: {
        kind: "file",
        name: "records.csv",
        firstBytes: text("record,minutes,description,date"),
      },
      format: "nanogpt-speedrun",
    },
    {
      name: "does not take just any CSV file",
      sample: { kind: "file", name: "table.csv", firstBytes: text("a,b\n1,2\n") },
      format: undefined,
    },
  ] as const)("$name", ({ sample, format }) => {
    expect(detectFormat(sample)?.name).toBe(format);
  });

  test("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 600 }), (name, firstBytes) => {
        expect(() => detectFormat({ kind: "file", name, firstBytes })).not.toThrow();
      }),
    );
  });
});

describe("formats", () => {
  test("have distinct names, and each is read or written", () => {
    expect(new Set(formats.map(({ name }) => name)).size).toBe(formats.length);
    for (const { name, read, write } of formats)
      expect([read, write], name).not.toEqual([undefined, undefined]);
  });
});
