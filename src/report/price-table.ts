import { layOutTable } from "../foundation/text-table.ts";
import { formatUsd } from "../foundation/units.ts";
import type { PriceEntry } from "../schema/catalogue.ts";
import type { Paint } from "./paint.ts";

/** Catalog entries, cheapest per accelerator first. The first column is a value that `--price` accepts. */
export function priceTable(entries: readonly PriceEntry[], paint: Paint): string {
  const sorted = entries.toSorted((a, b) => perAccelerator(a) - perAccelerator(b));
  return layOutTable(
    [
      { head: "--price", align: "left" },
      { head: "accelerators", align: "left" },
      { head: "$/h", align: "decimal" },
      { head: "$/h each", align: "decimal" },
      { head: "spot $/h", align: "decimal" },
      { head: "region", align: "left" },
      { head: "as of", align: "left" },
    ],
    sorted.map((entry) => [
      paint.name(`${entry.provider}/${entry.instance}`),
      `${entry.acceleratorCount} × ${entry.acceleratorLabel}`,
      dollars(entry.onDemandUsdPerHour),
      dollars(entry.onDemandUsdPerHour === undefined ? undefined : perAccelerator(entry)),
      dollars(entry.spotUsdPerHour),
      entry.region ?? "",
      entry.status === "listed" ? entry.asOf : `${entry.asOf}, ${entry.status}`,
    ]),
  ).join("\n");
}

function perAccelerator(entry: PriceEntry): number {
  const usdPerHour = entry.onDemandUsdPerHour ?? entry.spotUsdPerHour ?? Number.POSITIVE_INFINITY;
  return usdPerHour / entry.acceleratorCount;
}

function dollars(usd: number | undefined): string {
  return usd === undefined ? "" : formatUsd(usd).slice(1);
}
