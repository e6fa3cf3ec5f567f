import { ownPrice, priceOffers, pricesFor } from "../../planner/search/price-offers.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { FinishedTraining } from "../../schema/plan/finished-training.ts";
import type { PlannedPrice } from "../../schema/plan/run-plan.ts";
import type { PlanData } from "../../schema/plan/plan-data.ts";

/** What an hour of the training's accelerators costs. */
export interface ReviewedPrice {
  usdPerHour: number | undefined;
  /** Where it is from, if it is a price per accelerator. */
  planned: PlannedPrice | undefined;
  /** Where it is from, if it is the price of the record. */
  recorded: string | undefined;
}

interface PriceQuestion {
  training: FinishedTraining;
  accelerator: Accelerator | undefined;
  count: number;
  call: { clouds: readonly string[] };
  data: PlanData;
}

/** The price that the user gives, else that of the run's record, else the cheapest on demand in the catalog. */
export function priceOfTraining(question: PriceQuestion): ReviewedPrice {
  const { training, accelerator, count, call, data } = question;
  const none = { usdPerHour: undefined, planned: undefined, recorded: undefined };
  const given = data.givenPrices.find((one) => one.accelerator === accelerator?.name);
  if (given !== undefined) return perAccelerator(ownPrice(given.usdPerHour, given.source), count);
  if (training.usdPerHour !== undefined) {
    const { amount, source } = training.usdPerHour;
    return { usdPerHour: amount, planned: undefined, recorded: source };
  }
  if (accelerator === undefined) return none;
  const offers = priceOffers(data.entries, { clouds: call.clouds, spot: false });
  const [planned] = pricesFor(offers.get(accelerator.name) ?? [], count);
  return planned === undefined ? none : perAccelerator(planned, count);
}

/** Whole machines are paid. */
function perAccelerator(planned: PlannedPrice, count: number): ReviewedPrice {
  const paid = Math.ceil(count / planned.perMachine) * planned.perMachine;
  return { usdPerHour: paid * planned.usdPerAcceleratorHour, planned, recorded: undefined };
}
