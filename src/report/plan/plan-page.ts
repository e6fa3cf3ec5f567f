import { formatCount } from "../../foundation/numbers/units.ts";
import type { PlanOffer, RunPlan } from "../../schema/plan/run-plan.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";
import { offerDetails } from "./offer-details.ts";
import { shownOffers } from "./shown-offers.ts";
import {
  chanceText,
  kwhText,
  layoutText,
  priceText,
  recommendationText,
  timeText,
  usdText,
} from "./plan-wording.ts";

interface PlanLook {
  width: number;
  paint: Paint;
  /** Says why accelerators and counts are not on the front. */
  explain: boolean;
}

/** A plan: the recommended offer in a sentence, the front as a table, and what it rests on. */
export function planPage(plan: RunPlan, { width, paint, explain }: PlanLook): string {
  const { front, recommended, consideredCount, notes, losses } = plan;
  const offer = front[recommended];
  if (offer === undefined) throw new RangeError("a plan recommends one of its offers");
  const shown = shownOffers(plan);
  const [head = "", ...lines] = fitTable(columnsOf(plan), shown, width);
  return [
    paint.strong(recommendationText(plan, offer)),
    "",
    `${countOf(front.length, "offer")} of ${formatCount(consideredCount)} that no other beats in time, cost and energy${hiddenText(front.length - shown.length)}`,
    "",
    paint.faint(head),
    ...lines,
    "",
    ...offerDetails(offer).map(({ label, text }) => `${label.padEnd(10)}  ${text}`),
    ...(plan.command === undefined ? [] : ["", plan.command]),
    ...(explain ? ["", ...frontLines(plan), ...lossLines(plan)] : []),
    "",
    ...notes.map((note) => paint.faint(note)),
    ...(explain || losses.length === 0
      ? []
      : [
          paint.faint(
            `${countOf(losses.length, "accelerator")} not on the front; \`--explain\` says why`,
          ),
        ]),
  ].join("\n");
}

function hiddenText(count: number): string {
  return count === 0 ? "" : `; ${count} more in \`--json\``;
}

function columnsOf({ front, recommended }: RunPlan): FittedColumn<PlanOffer>[] {
  const chosen = front[recommended];
  const hasOdds = front.some((one) => one.both ?? one.doneByDeadline ?? one.withinBudget);
  return [
    {
      head: "#",
      align: "left",
      cell: (one) => `${front.indexOf(one) + 1}${one === chosen ? " *" : ""}`,
    },
    { head: "time", align: "right", cell: (one) => timeText(one.timeMs.p50) },
    { head: "p90", align: "right", cell: (one) => timeText(one.timeMs.p90), dropAt: 3 },
    { head: "cost", align: "decimal", cell: (one) => usdText(one.usd?.p50) },
    { head: "kWh", align: "decimal", cell: (one) => kwhText(one.energy?.kwh), dropAt: 1 },
    ...(hasOdds
      ? [
          {
            head: "odds",
            align: "right" as const,
            cell: (one: PlanOffer) =>
              chanceText(one.both ?? one.doneByDeadline ?? one.withinBudget),
          },
        ]
      : []),
    { head: "chips", align: "right", cell: (one) => formatCount(one.count) },
    { head: "kind", align: "left", cell: (one) => one.accelerator, shrinkTo: 8 },
    {
      head: "price",
      align: "left",
      cell: (one) => (one.price === undefined ? "" : priceText(one.price)),
      dropAt: 1,
      shrinkTo: 14,
    },
    {
      head: "layout",
      align: "left",
      cell: (one) => layoutText(one.layout),
      dropAt: 2,
      shrinkTo: 10,
    },
    { head: "based on", align: "left", cell: basisText, dropAt: 4 },
    { head: "limited by", align: "left", cell: (one) => one.limitedBy, dropAt: 5, shrinkTo: 16 },
  ];
}

/** A model and published results that differ by more than this are shown beside each other. */
const agreement = 1.15;

function basisText({ basis, other, trainMs }: PlanOffer): string {
  if (other === undefined) return basis;
  const ratio = other.trainMs / trainMs;
  const agrees = Math.max(ratio, 1 / ratio) <= agreement;
  return agrees ? `${basis}, ${other.basis}` : `${basis}; ${other.basis} ${ratio.toFixed(2)}x`;
}

/** How offers of the front that were not recommended differ: other numbers of that accelerator, and the best of each other. */
function frontLines({ front, recommended }: RunPlan): string[] {
  const chosen = front[recommended];
  if (chosen === undefined) return [];
  const others = new Map<string, PlanOffer>();
  for (const offer of front) {
    if (offer === chosen) continue;
    const isSame = offer.accelerator === chosen.accelerator;
    const key = isSame ? `${offer.count} ${offer.accelerator}` : offer.accelerator;
    const known = others.get(key);
    if (known === undefined || productOf(offer) < productOf(known)) others.set(key, offer);
  }
  return [...others.values()].map((offer) => {
    const ratios = [
      ...ratioText(offer.timeMs.p90, chosen.timeMs.p90, "the p90 time"),
      ...ratioText(offer.usd?.p90, chosen.usd?.p90, "the p90 cost"),
      ...ratioText(offer.energy?.kwh, chosen.energy?.kwh, "the energy"),
    ];
    return `${offer.accelerator}, on the front: ${formatCount(offer.count)} of them take ${ratios.join(", ")} of the recommended ${formatCount(chosen.count)} ${chosen.accelerator}`;
  });
}

function productOf({ timeMs, usd }: PlanOffer): number {
  return (timeMs.p90 ?? Number.POSITIVE_INFINITY) * (usd?.p90 ?? Number.POSITIVE_INFINITY);
}

function ratioText(
  one: number | null | undefined,
  other: number | null | undefined,
  what: string,
): string[] {
  if (typeof one !== "number" || typeof other !== "number" || other === 0) return [];
  const ratio = one / other;
  return [`${ratio.toFixed(ratio < 9.95 ? 2 : 0)}x ${what}`];
}

/** Why other accelerators are not on the front. */
export function lossLines({ losses }: Pick<RunPlan, "losses">): string[] {
  if (losses.length === 0) return ["every accelerator with a price and a time is on the front"];
  return losses.map(({ accelerator, text }) => `${accelerator}: ${text}`);
}
