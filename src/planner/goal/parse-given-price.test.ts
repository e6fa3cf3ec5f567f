import { describe, expect, test } from "vitest";
import { readAccelerators } from "../../store/catalogue/catalogue.ts";
import { parseGivenPrice } from "./parse-given-price.ts";

describe("parseGivenPrice", async () => {
  const accelerators = await readAccelerators();

  test.each(["h100-sxm=2.50", "NVIDIA H100 80GB HBM3 = $2.5", "h100-sxm=2.50/h"])(
    "reads %s",
    (text) => {
      expect(parseGivenPrice(text, accelerators)).toMatchObject([
        { accelerator: "h100-sxm", usdPerHour: 2.5, origin: "given" },
      ]);
    },
  );

  test("applies the price of a family to its variants", () => {
    const names = parseGivenPrice("a100=1", accelerators).map(({ accelerator }) => accelerator);
    expect(names).toEqual(expect.arrayContaining(["a100-sxm-80gb", "a100-sxm-40gb"]));
  });

  test.each([
    { text: "2.50", code: "price-invalid" },
    { text: "h100-sxm=cheap", code: "price-invalid" },
    { text: "h100-sxm=0", code: "price-invalid" },
    { text: "h100-sxm=1=2", code: "price-invalid" },
    { text: "h10O-sxm=2", code: "unknown-accelerator" },
  ])("rejects $text", ({ text, code }) => {
    expect(() => parseGivenPrice(text, accelerators)).toThrow(expect.objectContaining({ code }));
  });
});
