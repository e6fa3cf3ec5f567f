import { describe, expect, test } from "vitest";
import { UserError } from "../../foundation/errors/user-error.ts";
import { readAccelerators } from "./catalogue.ts";
import { parsePriceFile, readPriceFile } from "./read-price-file.ts";

const accelerators = await readAccelerators();
const parse = (text: string) => parsePriceFile(text, "my.yaml", accelerators);
const errorOf = (text: string): UserError => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was wrong with it");
};

describe("parsePriceFile", () => {
  test("reads a plain number, and a price with more fields", () => {
    const text =
      "h100-sxm: 2.50\nmi300x: { usdPerHour: 2, provider: acme, source: contract, date: 2026-03 }\n";
    expect(parse(text)).toEqual([
      {
        accelerator: "h100-sxm",
        usdPerHour: 2.5,
        lowUsdPerHour: 2.5,
        highUsdPerHour: 2.5,
        providers: [],
        date: "as given",
        source: "my.yaml",
        origin: "given",
      },
      expect.objectContaining({
        accelerator: "mi300x",
        usdPerHour: 2,
        providers: ["acme"],
        source: "contract",
        date: "2026-03",
      }),
    ]);
  });

  test("accepts the accelerator names that drivers report", () => {
    expect(parse("NVIDIA H100 80GB HBM3: 3")[0]?.accelerator).toBe("h100-sxm");
  });

  test.each([
    {
      name: "an unknown accelerator",
      text: "h100-sxm: 1\nh100-smx: 2\n",
      code: "prices-invalid",
      at: "my.yaml:2:1",
      hint: "did you mean `h100-sxm`?",
    },
    {
      name: "a price that is none",
      text: "# mine\nh100-sxm: cheap\n",
      code: "prices-invalid",
      at: "my.yaml:2:11",
    },
    {
      name: "a negative price",
      text: "h100-sxm: -1\n",
      code: "prices-invalid",
      at: "my.yaml:1:11",
    },
    {
      name: "an unknown field",
      text: "h100-sxm:\n  usd: 1\n",
      code: "prices-invalid",
      at: "my.yaml:2:3",
    },
    { name: "a list", text: "- 1\n", code: "prices-invalid", at: "my.yaml:1:1" },
    { name: "an empty file", text: "", code: "prices-invalid", at: "my.yaml:1:1" },
    { name: "broken YAML", text: "h100-sxm: [1\n", code: "yaml-broken", at: "my.yaml:2:1" },
  ])("reports the position: $name", ({ text, code, at, hint }) => {
    const error = errorOf(text);
    expect(error).toMatchObject({ code, at, ...(hint === undefined ? {} : { hint }) });
  });

  test("reports a missing file", async () => {
    await expect(readPriceFile("/nowhere/prices.yaml", accelerators)).rejects.toMatchObject({
      code: "price-file-unreadable",
      saw: "no such file",
    });
  });
});
