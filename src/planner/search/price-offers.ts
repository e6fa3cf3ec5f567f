import { groupBy } from "../../foundation/group-by.ts";
import type { PriceEntry } from "../../schema/catalogue.ts";
import type { PlannedPrice } from "../../schema/plan/run-plan.ts";

/** Which prices count. */
export interface PriceWishes {
  /** Lower-case names of providers; empty: all. */
  clouds: readonly string[];
  /** Spot prices too. */
  spot: boolean;
  /** Only prices of this region, where an entry names one. */
  region?: string | undefined;
}

/** The maximum age of a price relative to the newest price of the catalog. */
const staleAfterMonths = 24;

/**
 * The cheapest price of each accelerator on demand and, if wished, as spot instances. Of each provider the newest entry
 * counts, of equally new ones the largest machine. Prices that are more than 24 months older than the newest price of the
 * catalog do not count.
 */
export function priceOffers(
  entries: readonly PriceEntry[],
  { clouds, spot, region }: PriceWishes,
): ReadonlyMap<string, readonly PlannedPrice[]> {
  const newest = Math.max(...entries.map(({ asOf }) => monthOf(asOf)));
  const wanted = entries.filter(
    (entry) =>
      newest - monthOf(entry.asOf) <= staleAfterMonths &&
      (clouds.length === 0 || clouds.includes(entry.provider)) &&
      (region === undefined || entry.region === undefined || entry.region === region),
  );
  const priced = wanted.flatMap((entry) =>
    entry.accelerator === undefined ? [] : [{ entry, accelerator: entry.accelerator }],
  );
  const offers = new Map<string, readonly PlannedPrice[]>();
  for (const [accelerator, all] of groupBy(priced, (one) => one.accelerator)) {
    const own = all.map(({ entry }) => entry);
    const found = [
      ...cheapest(own, "on-demand", (entry) => entry.onDemandUsdPerHour),
      ...(spot ? cheapest(own, "spot", (entry) => entry.spotUsdPerHour) : []),
    ];
    if (found.length > 0) offers.set(accelerator, found);
  }
  return offers;
}

/** Prices that the user gave, per accelerator and hour. */
export function ownPrice(usdPerAcceleratorHour: number, source: string): PlannedPrice {
  return {
    usdPerAcceleratorHour,
    terms: "own",
    provider: "own",
    instance: "own",
    perMachine: 1,
    asOf: "today",
    source,
  };
}

function cheapest(
  entries: readonly PriceEntry[],
  terms: "on-demand" | "spot",
  usdOf: (entry: PriceEntry) => number | undefined,
): PlannedPrice[] {
  const priced = entries.flatMap((entry) => {
    const usd = usdOf(entry);
    return usd === undefined ? [] : [{ entry, usd: usd / entry.acceleratorCount }];
  });
  const listed = priced.filter(({ entry }) => entry.status === "listed");
  const counted = listed.length > 0 ? listed : priced;
  const newestOfEach = [...groupBy(counted, ({ entry }) => entry.provider).values()].flatMap(
    (own) => own.toSorted(newestLargestCheapest).slice(0, 1),
  );
  const [best] = newestOfEach.toSorted((a, b) => a.usd - b.usd);
  if (best === undefined) return [];
  const { entry, usd } = best;
  return [
    {
      usdPerAcceleratorHour: usd,
      terms,
      provider: entry.provider,
      instance: entry.instance,
      perMachine: entry.acceleratorCount,
      region: entry.region,
      asOf: entry.asOf,
      source: entry.source,
    },
  ];
}

interface PricedEntry {
  entry: PriceEntry;
  usd: number;
}

function newestLargestCheapest(a: PricedEntry, b: PricedEntry): number {
  return (
    monthOf(b.entry.asOf) - monthOf(a.entry.asOf) ||
    b.entry.acceleratorCount - a.entry.acceleratorCount ||
    a.usd - b.usd
  );
}

/** Converts `2025-12` or `2025-03-07` to months since year 0; a year without a month counts as its end. */
function monthOf(day: string): number {
  const [year = "0", month = "12"] = day.split("-");
  return Number(year) * 12 + Number(month);
}
