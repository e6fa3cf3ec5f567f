import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

describe("filters of the atlas commands", () => {
  test("find RetinaNet by the name that v3.1 published it under, with a note", async () => {
    const words = ["results", "--benchmark", "ssd", "--round", "v3.1", "--division", "closed"];
    const ran = await pitwall([...words, "--limit", "1", "--json"]);
    const { result } = JSON.parse(ran.stdout);
    expect(result.rows[0].row.scoreMs / 60_000).toBeCloseTo(0.9193, 4);
    expect(result.rows[0].row).toMatchObject({ benchmark: "retinanet", acceleratorCount: 2048 });
    expect(ran.stderr).toBe("note: showing `retinanet`: `ssd` is another name of it in v3.1\n");
  });

  test("select an exact number of accelerators", async () => {
    const words = ["--benchmark", "llama2_70b_lora", "--round", "v5.0", "--division", "closed"];
    const exact = await pitwall(["results", ...words, "--accelerators", "8", "--json"]);
    const range = ["--min-accelerators", "8", "--max-accelerators", "8"];
    const ranged = await pitwall(["results", ...words, ...range, "--json"]);
    expect(exact.stdout).toBe(ranged.stdout);
    expect(JSON.parse(exact.stdout).result.rows[0].row.submitter).toBe("Oracle");
  });

  test("refuse an exact number beside a range", async () => {
    const ran = await pitwall(["results", "--accelerators", "8", "--min-accelerators", "4"]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain("error[option-unused]: `--accelerators` cannot be combined with");
  });
});

describe("--price", () => {
  const words = ["--benchmark", "gpt3", "--round", "v3.1", "--accelerator", "h100"];

  test("gives the same dollars as a price file", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "prices.yaml"), "h100-sxm: 2.50\n");
    const [flag, file] = await Promise.all(
      [
        ["--price", "h100-sxm=2.50"],
        ["--prices", "prices.yaml"],
      ].map(async (price) => {
        const args = ["results", ...words, "--per", "dollar", ...price, "--json"];
        return JSON.parse((await pitwall(args, { cwd })).stdout).result.rows;
      }),
    );
    expect(flag[0].figures.dollar.value).toBeCloseTo(1243.775, 2);
    expect(flag[0].row.acceleratorCount).toBe(512);
    const dollars = (rows: typeof flag): number[] =>
      rows.map(({ figures }: (typeof flag)[0]) => figures.dollar.value);
    expect(dollars(flag)).toEqual(dollars(file));
  });

  test.each([
    { price: "h100-sxm", error: "error[price-invalid]: invalid price `h100-sxm`" },
    { price: "h100-sxmm=2", error: "error[unknown-accelerator]: unknown accelerator `h100-sxmm`" },
  ])("rejects $price", async ({ price, error }) => {
    const ran = await pitwall(["results", ...words, "--price", price]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(error);
  });
});
