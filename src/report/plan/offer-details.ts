import {
  formatCount,
  formatDuration,
  formatSignificant,
  formatUsd,
} from "../../foundation/numbers/units.ts";
import type { PlanOffer } from "../../schema/plan/run-plan.ts";
import { kwhText, layoutText, regionText } from "./plan-wording.ts";

/** A fact about an offer. */
export interface OfferDetail {
  label: string;
  text: string;
}

/** What an offer rests on, in the order of its table. */
export function offerDetails(offer: PlanOffer): OfferDetail[] {
  const { evidence, energy, measuredEnergy, price, layout, samples, other } = offer;
  return [
    ...(evidence === undefined ? [] : [{ label: "evidence", text: evidence.text }]),
    ...(other === undefined
      ? []
      : [
          {
            label: "otherwise",
            text: `${formatDuration(other.trainMs)} of training by ${basisNames[other.basis]}, in place of ${formatDuration(offer.trainMs)} by ${basisNames[offer.basis]}`,
          },
        ]),
    ...(layoutText(layout) === ""
      ? []
      : [{ label: "layout", text: `${layoutText(layout)} (${layout.source})` }]),
    ...(samples === undefined
      ? []
      : [{ label: "samples", text: `${formatCount(samples.amount)}: ${samples.basis}` }]),
    ...(price === undefined || price.terms === "own"
      ? []
      : [
          {
            label: "price",
            text: `${price.provider}/${price.instance}, ${price.asOf}: ${price.source}${wholeMachinesText(offer)}`,
          },
        ]),
    { label: "goodput", text: reliabilityText(offer) },
    ...(energy === undefined ? [] : [{ label: "energy", text: energyText(energy) }]),
    ...(measuredEnergy === undefined
      ? []
      : [{ label: "measured", text: measuredText(measuredEnergy) }]),
    { label: "limited by", text: offer.limitedBy },
  ];
}

/** Whole machines are paid, also for fewer accelerators. */
function wholeMachinesText({ price, count }: PlanOffer): string {
  const paid = price === undefined ? count : Math.ceil(count / price.perMachine) * price.perMachine;
  return paid === count ? "" : `; paid for whole machines: ${formatCount(paid)} accelerators`;
}

const basisNames = { model: "the analytic model", published: "published results" } as const;

function reliabilityText(offer: PlanOffer): string {
  const { goodput, expectedInterruptions, checkpointIntervalMs, effectiveUsdPerAcceleratorHour } =
    offer;
  const effective =
    effectiveUsdPerAcceleratorHour === undefined
      ? ""
      : `, ${formatUsd(effectiveUsdPerAcceleratorHour)}/h effective`;
  const every =
    checkpointIntervalMs === null
      ? ""
      : `, checkpoint every ${formatDuration(checkpointIntervalMs)}`;
  return `${formatSignificant(100 * goodput, 3)} %, ${formatSignificant(expectedInterruptions, 2)} interruptions expected${every}${effective}`;
}

function energyText(energy: NonNullable<PlanOffer["energy"]>): string {
  const share = (kwh: number): string => `${Math.round((100 * kwh) / energy.kwh)} %`;
  const carbon = `${kwhText(energy.carbonKg)} kg CO2e`;
  return `${kwhText(energy.kwh)} kWh ${energy.label}: accelerators ${share(energy.acceleratorKwh)}, hosts ${share(energy.hostKwh)}, network ${share(energy.networkKwh)}, cooling ${share(energy.coolingKwh)}; ${carbon} (${regionText(energy.region)})`;
}

function measuredText(measured: NonNullable<PlanOffer["measuredEnergy"]>): string {
  const { kwh, estimatedKwh, count, timeMs, rowId } = measured;
  const estimate =
    estimatedKwh === undefined
      ? ""
      : `; the estimate for it, without cooling, is ${kwhText(estimatedKwh)} kWh`;
  return `${kwhText(kwh)} kWh on ${count} in ${formatDuration(timeMs)} (${rowId})${estimate}`;
}
