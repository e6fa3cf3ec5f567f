import { nearestWord } from "../../foundation/text/nearest-word.ts";
import type {
  Accelerator,
  AcceleratorList,
  PowerEstimate,
  PriceEntry,
  PriceList,
} from "../../schema/catalogue.ts";
import type { Price } from "../../schema/run/request/price.ts";
import { readShippedTable } from "./read-shipped-table.ts";

/** All rentable machines, with their prices. */
export async function readPriceEntries(): Promise<readonly PriceEntry[]> {
  return (await readShippedTable<PriceList>("prices.json")).entries;
}

/** All accelerators with known specifications. */
export async function readAccelerators(): Promise<readonly Accelerator[]> {
  return (await readShippedTable<AcceleratorList>("accelerators.json")).entries;
}

/** Coefficients for the energy of a machine without a power meter. */
export function readPowerEstimate(): Promise<PowerEstimate> {
  return readShippedTable<PowerEstimate>("power-estimate.json");
}

/** Result of a lookup; the other kinds contain what the error message needs. */
export type Found<Thing> =
  | { kind: "found"; value: Thing }
  | { kind: "unknown"; wanted: string; nearest: string | undefined; known: readonly string[] }
  | { kind: "no-price"; wanted: string; offered: readonly string[] };

/**
 * Finds the price for a catalogue name: `aws/p4d.24xlarge`, `aws/p4d.24xlarge@spot`, with a region
 * `aws/p5.48xlarge@us-east-2@spot`, or per accelerator `lambda/h100-sxm`.
 *
 * Uses the newest of several entries, and the most expensive of equally new ones, so that costs are
 * not underestimated; the price includes its region and date.
 */
export function findPrice(name: string, entries: readonly PriceEntry[]): Found<Price> {
  const [machine = "", ...modifiers] = name.trim().toLowerCase().split("@");
  const isSpot = modifiers.includes("spot");
  const region = modifiers.find((modifier) => modifier !== "spot" && modifier !== "on-demand");
  const [byInstance, byAccelerator] = [instanceName, acceleratorName].map((nameOf) =>
    entries.filter((entry) => nameOf(entry) === machine),
  );
  const per = (byInstance ?? []).length > 0 ? "node" : "accelerator";
  const named = (per === "node" ? byInstance : byAccelerator) ?? [];
  if (named.length === 0) return unknownName(machine, allNames(entries));

  const inRegion = named.filter((entry) => region === undefined || entry.region === region);
  if (inRegion.length === 0) {
    const regions = [...new Set(named.flatMap((entry) => entry.region ?? []))];
    return unknownName(
      `${machine}@${region}`,
      regions.map((known) => `${machine}@${known}`),
    );
  }
  const prices = inRegion.flatMap((entry) => {
    const usdPerHour = isSpot ? entry.spotUsdPerHour : entry.onDemandUsdPerHour;
    if (usdPerHour === undefined) return [];
    return { entry, usdPerHour: per === "node" ? usdPerHour : usdPerHour / entry.acceleratorCount };
  });
  const [best] = prices.toSorted(
    (a, b) => compareText(b.entry.asOf, a.entry.asOf) || b.usdPerHour - a.usdPerHour,
  );
  if (best === undefined) return { kind: "no-price", wanted: name, offered: offersOf(inRegion) };
  const { entry, usdPerHour } = best;
  const source = sourceOf(entry, isSpot);
  return { kind: "found", value: { usdPerHour, per, source, date: entry.date } };
}

function instanceName(entry: PriceEntry): string {
  return `${entry.provider}/${entry.instance}`;
}

function acceleratorName(entry: PriceEntry): string | undefined {
  return entry.accelerator === undefined ? undefined : `${entry.provider}/${entry.accelerator}`;
}

function allNames(entries: readonly PriceEntry[]): readonly string[] {
  const names = entries.flatMap((entry) =>
    [instanceName(entry), acceleratorName(entry) ?? []].flat(),
  );
  return [...new Set(names)].toSorted();
}

function offersOf(entries: readonly PriceEntry[]): readonly string[] {
  return [
    ...(entries.some((entry) => entry.onDemandUsdPerHour !== undefined) ? ["on-demand"] : []),
    ...(entries.some((entry) => entry.spotUsdPerHour !== undefined) ? ["spot"] : []),
  ];
}

function sourceOf(entry: PriceEntry, isSpot: boolean): string {
  const terms = [isSpot ? "spot" : "on demand", entry.region, entry.status].filter(
    (term) => term !== undefined && term !== "listed",
  );
  return `${instanceName(entry)} (${terms.join(", ")}): ${entry.source}`;
}

function unknownName(wanted: string, known: readonly string[]): Found<never> {
  return { kind: "unknown", wanted, nearest: nearestWord(wanted, known), known };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
