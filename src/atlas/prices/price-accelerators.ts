import { groupBy } from "../../foundation/collections/group-by.ts";
import { median } from "../../foundation/numbers/statistics.ts";
import type { AcceleratorPrice } from "../../schema/atlas/answers/figures.ts";
import type { PriceEntry } from "../../schema/catalogue.ts";

/** The maximum age of a price relative to the newest price of its accelerator. */
const staleAfterMonths = 24;

/**
 * The on-demand price per hour of each accelerator. Uses the newest entry of each provider (among equally new ones, the
 * largest machine, because results are measured on whole systems; then the cheapest region), and the median over providers
 * whose entry is at most 24 months older than the newest. Entries that are not `listed` are used only if none is.
 */
export function priceAccelerators(
  entries: readonly PriceEntry[],
): ReadonlyMap<string, AcceleratorPrice> {
  const offers = entries.flatMap((entry) => {
    const { accelerator, onDemandUsdPerHour: usd } = entry;
    if (accelerator === undefined || usd === undefined) return [];
    return [{ entry, accelerator, usdPerHour: usd / entry.acceleratorCount }];
  });
  const prices = new Map<string, AcceleratorPrice>();
  for (const [accelerator, all] of groupBy(offers, (offer) => offer.accelerator)) {
    const listed = all.filter(({ entry }) => entry.status === "listed");
    prices.set(accelerator, priceOf(accelerator, listed.length > 0 ? listed : all));
  }
  return prices;
}

interface Offer {
  entry: PriceEntry;
  usdPerHour: number;
}

function priceOf(accelerator: string, offers: readonly Offer[]): AcceleratorPrice {
  const newestOfEach = [...groupBy(offers, ({ entry }) => entry.provider).values()].flatMap(
    (ofProvider) => ofProvider.toSorted(newestLargestCheapest).slice(0, 1),
  );
  const newest = Math.max(...newestOfEach.map(({ entry }) => monthOf(entry.asOf)));
  const counted = newestOfEach.filter(
    ({ entry }) => newest - monthOf(entry.asOf) <= staleAfterMonths,
  );
  const usd = counted.map(({ usdPerHour }) => usdPerHour);
  const providers = counted.map(({ entry }) => entry.provider).toSorted();
  const date = counted.map(({ entry }) => entry.asOf).reduce((a, b) => (a > b ? a : b));
  const sources = new Set(counted.map(({ entry }) => entry.source));
  return {
    accelerator,
    usdPerHour: median(usd),
    lowUsdPerHour: Math.min(...usd),
    highUsdPerHour: Math.max(...usd),
    providers,
    date,
    source: [...sources].join("; "),
    origin: "catalogue",
  };
}

function newestLargestCheapest(a: Offer, b: Offer): number {
  return (
    monthOf(b.entry.asOf) - monthOf(a.entry.asOf) ||
    b.entry.acceleratorCount - a.entry.acceleratorCount ||
    a.usdPerHour - b.usdPerHour
  );
}

/** Converts `2025-12` or `2025-03-07` to months since year 0; a year without a month counts as its end. */
function monthOf(day: string): number {
  const [year = "0", month = "12"] = day.split("-");
  return Number(year) * 12 + Number(month);
}
