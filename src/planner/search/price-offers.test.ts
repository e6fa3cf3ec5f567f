import { describe, expect, test } from "vitest";
import type { PriceEntry } from "../../schema/catalogue.ts";
import { priceOffers, pricesFor } from "./price-offers.ts";

function entry(rest: Partial<PriceEntry>): PriceEntry {
  return {
    provider: "aws",
    instance: "p5.48xlarge",
    accelerator: "h100-sxm",
    acceleratorLabel: "H100",
    acceleratorCount: 8,
    onDemandUsdPerHour: 40,
    date: "2026-05",
    asOf: "2026-05",
    source: "example",
    status: "listed",
    ...rest,
  };
}

const all = { clouds: [], spot: false };

describe("priceOffers", () => {
  test("takes the cheapest provider", () => {
    const entries = [entry({}), entry({ provider: "lambda", onDemandUsdPerHour: 24 })];
    expect(priceOffers(entries, all).get("h100-sxm")).toMatchObject([
      { provider: "lambda", usdPerAcceleratorHour: 3, terms: "on-demand" },
    ]);
    expect(priceOffers(entries, { ...all, clouds: ["aws"] }).get("h100-sxm")).toMatchObject([
      { provider: "aws", usdPerAcceleratorHour: 5 },
    ]);
  });

  test("takes machines of one accelerator for one alone, if others have a price", () => {
    const single = entry({
      provider: "verda",
      instance: "1h100",
      acceleratorCount: 1,
      onDemandUsdPerHour: 2,
    });
    const prices = priceOffers([entry({}), single], all).get("h100-sxm") ?? [];
    const providers = (count: number) => pricesFor(prices, count).map(({ provider }) => provider);
    expect(providers(1)).toEqual(["verda", "aws"]);
    expect(providers(8)).toEqual(["aws"]);
    const alone = priceOffers([single], all).get("h100-sxm") ?? [];
    expect(pricesFor(alone, 8)).toEqual(alone);
    const unit = priceOffers([entry({}), { ...single, instance: "1x-h100-sxm" }], all);
    expect(pricesFor(unit.get("h100-sxm") ?? [], 8)).toMatchObject([{ provider: "verda" }]);
  });

  test("takes the newest price of a provider, not its cheapest", () => {
    const entries = [entry({}), entry({ asOf: "2025-12", onDemandUsdPerHour: 8 })];
    expect(priceOffers(entries, all).get("h100-sxm")).toMatchObject([{ usdPerAcceleratorHour: 5 }]);
  });

  test("does not use prices from more than two years before the newest", () => {
    const old = entry({ accelerator: "gh200", asOf: "2023", onDemandUsdPerHour: 0.8 });
    expect(priceOffers([entry({}), old], all).has("gh200")).toBe(false);
  });

  test("adds spot prices if they are wished", () => {
    const entries = [entry({ spotUsdPerHour: 16 })];
    expect(priceOffers(entries, { ...all, spot: true }).get("h100-sxm")).toMatchObject([
      { terms: "on-demand" },
      { terms: "spot", usdPerAcceleratorHour: 2 },
    ]);
  });

  test("keeps prices of the region, and those that name none", () => {
    const entries = [
      entry({ region: "us-east-1", onDemandUsdPerHour: 8 }),
      entry({ region: "eu-north-1", onDemandUsdPerHour: 32 }),
      entry({ provider: "lambda", onDemandUsdPerHour: 48 }),
    ];
    const found = priceOffers(entries, { ...all, region: "eu-north-1" });
    expect(found.get("h100-sxm")).toMatchObject([{ usdPerAcceleratorHour: 4 }]);
  });
});
