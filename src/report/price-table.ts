import { formatUsd } from "../foundation/numbers/units.ts";
import type { PriceEntry } from "../schema/catalogue.ts";
import { type FittedColumn, fitTable } from "./fitted-table.ts";
import type { Paint } from "./paint.ts";

/** Catalog entries in a table that fits into a width, cheapest per accelerator first. The first column is a value that `--price` accepts. */
export function priceTable(
  entries: readonly PriceEntry[],
  { width, paint }: { width: number; paint: Paint },
): string {
  const sorted = entries.toSorted((a, b) => perAccelerator(a) - perAccelerator(b));
  const columns: FittedColumn<PriceEntry>[] = [
    {
      head: "--price",
      align: "left",
      cell: (entry) => `${entry.provider}/${entry.instance}`,
      paint: (text) => paint.name(text),
      shrinkTo: 12,
    },
    {
      head: "accelerators",
      align: "left",
      cell: (entry) => `${entry.acceleratorCount} × ${entry.acceleratorLabel}`,
      shrinkTo: 10,
    },
    {
      head: "$/h",
      align: "decimal",
      cell: (entry) => dollars(entry.onDemandUsdPerHour),
      dropAt: 1,
    },
    {
      head: "$/h each",
      align: "decimal",
      cell: (entry) =>
        dollars(entry.onDemandUsdPerHour === undefined ? undefined : perAccelerator(entry)),
    },
    {
      head: "spot $/h",
      align: "decimal",
      cell: (entry) => dollars(entry.spotUsdPerHour),
      dropAt: 3,
    },
    { head: "region", align: "left", cell: (entry) => entry.region ?? "", dropAt: 4 },
    {
      head: "as of",
      align: "left",
      cell: (entry) => (entry.status === "listed" ? entry.asOf : `${entry.asOf}, ${entry.status}`),
      dropAt: 2,
    },
  ];
  return fitTable(columns, sorted, width).join("\n");
}

function perAccelerator(entry: PriceEntry): number {
  const usdPerHour = entry.onDemandUsdPerHour ?? entry.spotUsdPerHour ?? Number.POSITIVE_INFINITY;
  return usdPerHour / entry.acceleratorCount;
}

function dollars(usd: number | undefined): string {
  return usd === undefined ? "" : formatUsd(usd).slice(1);
}
