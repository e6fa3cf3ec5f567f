import type { MeasuringRod } from "../../atlas/rows/measures.ts";
import { priceAccelerators } from "../../atlas/prices/price-accelerators.ts";
import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import { readAccelerators, readPriceEntries } from "../../store/catalogue/catalogue.ts";
import { readCompatibility } from "../../store/catalogue/read-atlas-tables.ts";
import { readResultRows } from "../../store/results/read-results.ts";
import { resultsFolders } from "../../store/results/results-folders.ts";

/** All results, with the data for measuring and comparing them. */
export interface Atlas {
  rows: readonly ResultRow[];
  rod: MeasuringRod;
  groups: readonly CompatibilityGroup[];
  accelerators: readonly Accelerator[];
  /** The sources of the rows. */
  folders: readonly string[];
  problems: readonly ResultsProblem[];
}

/** The atlas's sources. */
export interface AtlasRequest {
  /** The home whose imports are included. */
  home: string | undefined;
  /** A file with the user's prices, which take precedence over the catalog's. */
  pricesPath?: string | undefined;
  /** Prices from the command line, `h100-sxm=2.50`, which take precedence over the file's. */
  givenPrices?: readonly string[] | undefined;
}

/**
 * Reads the shipped results and the user's imports.
 *
 * @throws UserError what `readPriceFile` and `parseGivenPrice` throw
 */
export async function loadAtlas({
  home,
  pricesPath,
  givenPrices = [],
}: AtlasRequest): Promise<Atlas> {
  const folders = resultsFolders(home);
  const [collection, accelerators, groups, entries] = await Promise.all([
    readResultRows(folders),
    readAccelerators(),
    readCompatibility(),
    readPriceEntries(),
  ]);
  const prices = new Map(priceAccelerators(entries));
  if (pricesPath !== undefined) {
    const { readPriceFile } = await import("../../store/catalogue/read-price-file.ts");
    for (const price of await readPriceFile(pricesPath, accelerators))
      prices.set(price.accelerator, price);
  }
  if (givenPrices.length > 0) {
    const { parseGivenPrice } = await import("../../planner/goal/parse-given-price.ts");
    for (const price of givenPrices.flatMap((text) => parseGivenPrice(text, accelerators)))
      prices.set(price.accelerator, price);
  }
  const powerLimitWatts = new Map(
    accelerators.flatMap(({ name, powerLimitWatts: watts }) =>
      watts === undefined ? [] : [[name, watts] as const],
    ),
  );
  const { rows, problems } = collection;
  return { rows, rod: { prices, powerLimitWatts }, groups, accelerators, folders, problems };
}
