import { groupBy } from "../../foundation/collections/group-by.ts";
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
 * The cheapest prices of each accelerator on demand and, if wished, as spot instances: of any machine and, if that has one
 * accelerator, of one with several. Of each provider the newest entry
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

/**
 * The prices that count for a number of accelerators. Machines of one accelerator have no fast links between them: several
 * are used only where no other machine has a price.
 */
export function pricesFor(prices: readonly PlannedPrice[], count: number): readonly PlannedPrice[] {
  if (count === 1) return prices;
  return prices.filter(
    (price) =>
      !isOfSingle(price) ||
      !prices.some((other) => other.terms === price.terms && !isOfSingle(other)),
  );
}

/** `1x-h100-sxm` is the price of an accelerator, whatever machine it is in. */
function isOfSingle({ terms, perMachine, instance }: PlannedPrice): boolean {
  return terms !== "own" && perMachine === 1 && !instance.startsWith("1x-");
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
  const sorted = newestOfEach
    .toSorted((a, b) => a.usd - b.usd)
    .map((one) => plannedPriceOf(one, terms));
  const [best] = sorted;
  const ofSeveral = sorted.find((price) => !isOfSingle(price));
  if (best === undefined) return [];
  return ofSeveral === undefined || ofSeveral === best ? [best] : [best, ofSeveral];
}

function plannedPriceOf({ entry, usd }: PricedEntry, terms: "on-demand" | "spot"): PlannedPrice {
  return {
    usdPerAcceleratorHour: usd,
    terms,
    provider: entry.provider,
    instance: entry.instance,
    perMachine: entry.acceleratorCount,
    region: entry.region,
    asOf: entry.asOf,
    source: entry.source,
  };
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
