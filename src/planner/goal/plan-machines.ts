import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { PlanLimits } from "../search/choose-offers.ts";
import { ownPrice, priceOffers } from "../search/price-offers.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { Region } from "../../schema/plan/plan-tables.ts";
import type { PlannedPrice, PlanObjective } from "../../schema/plan/run-plan.ts";
import { acceleratorNames } from "./accelerator-names.ts";
import { parseGivenPrice } from "./parse-given-price.ts";
import type { PlanData } from "../../schema/plan/plan-data.ts";
import type { TrainingChoices } from "./plan-times.ts";
import type { TrainingAmount } from "./read-goal.ts";

/** What to plan, as the user asked for it. */
export interface PlanCall extends TrainingChoices {
  /** A benchmark, or a model. */
  goal: string;
  /** How much to train a model. */
  amount: TrainingAmount;
  limits: PlanLimits;
  objective: PlanObjective;
  /** Names or starts of names; empty: all with a price. */
  accelerators: readonly string[];
  /** Providers; empty: all. */
  clouds: readonly string[];
  spot: boolean;
  maxCount: number;
  region: string | undefined;
  queueMs: number;
  seed: string;
  /** `h100-sxm=2.50`: dollars per hour of one accelerator, beside the prices that the data has of the user. */
  ownPrices: readonly string[];
  ignoresOwnRuns: boolean;
}

/** Machines, prices and the region that a plan may use. */
export interface PlanMachines {
  accelerators: readonly Accelerator[];
  prices: ReadonlyMap<string, readonly PlannedPrice[]>;
  region: Region;
}

/** @throws UserError `unknown-cloud`, `unknown-region`, `unknown-accelerator`, `price-unknown`, `price-invalid` */
export function planMachines(call: PlanCall, data: PlanData): PlanMachines {
  checkClouds(call.clouds, data.entries);
  const region = regionOf(call.region, data.regions);
  const prices = pricesOf(call, data);
  return { accelerators: wantedAccelerators(call, data, prices), prices, region };
}

function wantedAccelerators(
  call: PlanCall,
  { accelerators, entries }: PlanData,
  prices: ReadonlyMap<string, readonly PlannedPrice[]>,
): readonly Accelerator[] {
  if (call.accelerators.length === 0) return accelerators;
  const named = call.accelerators.map((text) => ({
    text,
    names: acceleratorNames(text, accelerators, "--accelerators"),
  }));
  const unpriced = named.filter(({ names }) => !names.some((name) => prices.has(name)));
  if (unpriced.length > 0) throw unknownPrice(unpriced, { clouds: call.clouds, entries });
  const wanted = new Set(named.flatMap(({ names }) => names));
  return accelerators.filter(({ name }) => wanted.has(name));
}

/** @param unpriced what the user named, and the accelerators that it means */
function unknownPrice(
  unpriced: readonly { text: string; names: readonly string[] }[],
  { clouds, entries }: { clouds: readonly string[]; entries: PlanData["entries"] },
): UserError {
  const texts = unpriced.map(({ text }) => `\`${text}\``).join(", ");
  const where = clouds.length > 0 ? ` from ${clouds.join(", ")}` : "";
  const isListed = entries.some(({ accelerator }) =>
    unpriced.some(({ names }) => names.some((name) => name === accelerator)),
  );
  const options = unpriced.map(
    ({ text, names: [first = text] }) => `--price ${first}=<dollars per accelerator-hour>`,
  );
  return new UserError(
    "price-unknown",
    isListed
      ? `no price of ${texts}${where} from the last two years`
      : `no known price of ${texts}: no provider in the catalog publishes one`,
    {
      at: "--accelerators",
      hint: `give ${options.length > 1 ? "them" : "one"}: \`${options.join(" ")}\``,
    },
  );
}

function pricesOf(
  call: PlanCall,
  { entries, givenPrices, accelerators }: PlanData,
): ReadonlyMap<string, readonly PlannedPrice[]> {
  const { clouds, spot, region } = call;
  const own = call.ownPrices.flatMap((text) => parseGivenPrice(text, accelerators));
  const prices = new Map(priceOffers(entries, { clouds, spot, region }));
  for (const { accelerator, usdPerHour, source } of [...givenPrices, ...own])
    prices.set(accelerator, [ownPrice(usdPerHour, source)]);
  return prices;
}

function checkClouds(clouds: readonly string[], entries: readonly { provider: string }[]): void {
  const known = [...new Set(entries.map(({ provider }) => provider))].toSorted();
  const unknown = clouds.find((cloud) => !known.includes(cloud));
  if (unknown === undefined) return;
  const nearest = nearestWord(unknown, known);
  throw new UserError("unknown-cloud", `no prices of a provider \`${unknown}\``, {
    at: "--clouds",
    hint: nearest === undefined ? `known are ${known.join(", ")}` : `did you mean \`${nearest}\`?`,
  });
}

function regionOf(
  name: string | undefined,
  { entries, default: unknown }: PlanData["regions"],
): Region {
  if (name === undefined) return unknown;
  const found = entries.find(({ region }) => region === name.toLowerCase());
  if (found !== undefined) return found;
  const known = entries.map(({ region }) => region);
  const nearest = nearestWord(name, known);
  throw new UserError("unknown-region", `unknown region \`${name}\``, {
    at: "--region",
    hint: nearest === undefined ? `known are ${known.join(", ")}` : `did you mean \`${nearest}\`?`,
  });
}
