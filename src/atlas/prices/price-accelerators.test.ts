import { describe, expect, test } from "vitest";
import type { PriceEntry } from "../../schema/catalogue.ts";
import { priceAccelerators } from "./price-accelerators.ts";

const entry = (
  provider: string,
  usd: number | undefined,
  more: Partial<PriceEntry> = {},
): PriceEntry => ({
  provider,
  instance: `${provider}-${usd}`,
  accelerator: "h100-sxm",
  acceleratorLabel: "H100",
  acceleratorCount: 1,
  onDemandUsdPerHour: usd,
  date: "2026",
  asOf: "2026-01",
  source: "a test",
  status: "listed",
  ...more,
});
const usdOf = (entries: readonly PriceEntry[]): number | undefined =>
  priceAccelerators(entries).get("h100-sxm")?.usdPerHour;

describe("priceAccelerators", () => {
  test.each([
    {
      name: "is the median over providers",
      entries: [entry("a", 1), entry("b", 2), entry("c", 9)],
      usd: 2,
    },
    { name: "is per accelerator", entries: [entry("a", 16, { acceleratorCount: 8 })], usd: 2 },
    {
      name: "counts a provider once, by its newest entry",
      entries: [entry("a", 9, { asOf: "2025-01" }), entry("a", 3), entry("b", 5)],
      usd: 4,
    },
    {
      name: "prefers the largest machine of a day",
      entries: [entry("a", 9), entry("a", 24, { acceleratorCount: 8 })],
      usd: 3,
    },
    {
      name: "leaves out prices two years older than the newest",
      entries: [entry("a", 9, { asOf: "2023-12" }), entry("b", 3)],
      usd: 3,
    },
    {
      name: "keeps prices not quite as old",
      entries: [entry("a", 9, { asOf: "2024-01" }), entry("b", 3)],
      usd: 6,
    },
    {
      name: "takes a lone year for its end",
      entries: [entry("a", 9, { asOf: "2024" }), entry("b", 3)],
      usd: 6,
    },
    {
      name: "takes recalled prices only where there is no other",
      entries: [entry("a", 9, { status: "recalled" }), entry("b", 3)],
      usd: 3,
    },
    {
      name: "takes a recalled price before none",
      entries: [entry("a", 9, { status: "recalled" })],
      usd: 9,
    },
    {
      name: "leaves out spot prices",
      entries: [entry("a", undefined, { spotUsdPerHour: 1 })],
      usd: undefined,
    },
    {
      name: "leaves out machines of unclear accelerators",
      entries: [entry("a", 1, { accelerator: undefined })],
      usd: undefined,
    },
  ])("$name", ({ entries, usd }) => {
    expect(usdOf(entries)).toBe(usd);
    expect(usdOf(entries.toReversed())).toBe(usd);
  });

  test("reports the price range, the providers and the newest date", () => {
    const prices = priceAccelerators([entry("b", 2, { asOf: "2025-03" }), entry("a", 4)]);
    expect(prices.get("h100-sxm")).toMatchObject({
      lowUsdPerHour: 2,
      highUsdPerHour: 4,
      providers: ["a", "b"],
      date: "2026-01",
    });
  });
});
