import { describe, expect, test } from "vitest";
import { pitwall } from "../support/pitwall.ts";

const lora = ["--benchmark", "llama2_70b_lora"];
const mi325x = ["compare", "--best", "mi325x", "h200", ...lora, "--round", "v5.0"];

describe("pitwall compare --best", () => {
  test("compares the fastest result of each accelerator on 8 chips in v5.0", async () => {
    const { stdout } = await pitwall([...mi325x, "--accelerators", "8", "--json"]);
    const { subjects, pairs } = JSON.parse(stdout).result;
    const minutes = subjects.map(
      ({ measured }: { measured: { row: { scoreMs: number } } }) => measured.row.scoreMs / 60_000,
    );
    // MI325X and H200 as in the round's table.
    expect(minutes[0]).toBeCloseTo(21.5751, 3);
    expect(minutes[1]).toBeCloseTo(23.0807, 3);
    expect(1 / pairs[0].split.totalRatio).toBeCloseTo(1.06978, 4);
    expect(pairs[0].test.pValue).toBeCloseTo(0.315, 3);
  });

  test("prints the price below which one is cheaper", async () => {
    const prices = ["--price", "mi325x=2", "--price", "h200-sxm=2"];
    const words = [...mi325x, "--accelerators", "8", ...prices];
    // Equal numbers of chips: 2 x 21.5751 / 23.0807.
    const { stdout } = await pitwall(words);
    expect(stdout).toMatch(
      / is cheaper below \$1\.87\/h per h200-sxm, with \$2\.00\/h per mi325x/u,
    );
  });

  test("accepts vendors, and compares under the newest rules that both have", async () => {
    const words = ["compare", "--best", "amd", "nvidia", ...lora, "--round", "v5.1"];
    const { stdout } = await pitwall([...words, "--accelerators", "8", "--json"]);
    const { subjects, refusals } = JSON.parse(stdout).result;
    expect(refusals).toEqual([]);
    const kinds = subjects.map(
      ({ measured }: { measured: { row: { accelerator: string } } }) => measured.row.accelerator,
    );
    expect(kinds).toEqual(["mi355x", "gb300-nvl72"]);
  });

  test.each([
    { more: ["h100", "b200"], error: "error[one-benchmark-needed]" },
    { more: ["h100", "h100-sxm", ...lora], error: "error[same-result-twice]" },
    { more: ["h100", "b200", ...lora, "--accelerators", "7"], error: "error[no-such-result]" },
    { more: ["h1000", "b200", ...lora], error: "error[unknown-accelerator]" },
  ])("refuses $more", async ({ more, error }) => {
    const { exitCode, stderr } = await pitwall(["compare", "--best", ...more]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(error);
  });

  test("refuses its filters without `--best`", async () => {
    const { stderr } = await pitwall(["compare", "a", "b", "--min-accelerators", "8"]);
    expect(stderr).toContain("`--min-accelerators` requires `--best`");
  });
});
