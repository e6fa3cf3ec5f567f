import type { JSX } from "preact";
import { formatCount } from "../../../src/foundation/numbers/units.ts";
import {
  chanceText,
  kwhText,
  layoutText,
  priceText,
  timeText,
  usdText,
} from "../../../src/report/plan/plan-wording.ts";
import { lossLines } from "../../../src/report/plan/plan-page.ts";
import { shownOffers } from "../../../src/report/plan/shown-offers.ts";
import { countOf } from "../../../src/report/wording.ts";
import type { PlanOffer, RunPlan } from "../../../src/schema/plan/run-plan.ts";
import { Panel } from "../../components/panel.tsx";
import { chooseOffer } from "./front-panel.tsx";
import { offerId } from "./view-model.ts";
import { Prose } from "../../components/prose.tsx";

/** The offers as the command line lists them; a row chooses one. */
export function OfferTable({ plan, chosenId }: { plan: RunPlan; chosenId: string }): JSX.Element {
  const { front, recommended, consideredCount } = plan;
  const best = front[recommended];
  const offers = shownOffers(plan);
  const hasOdds = front.some((one) => oddsOf(one) !== undefined);
  return (
    <Panel
      title="Offers"
      note={`${countOf(front.length, "offer")} of ${formatCount(consideredCount)} that no other beats in time, cost and energy`}
      state={{ kind: "ready" }}
      class="wide"
    >
      <div class="scroll-box offer-table" tabIndex={0} role="region" aria-label="table of offers">
        <table class="data-table">
          <thead>
            <tr>
              <th scope="col" class="left">
                offer
              </th>
              {["time", "p90", "cost", "kWh", ...(hasOdds ? ["odds"] : [])].map((head) => (
                <th scope="col">{head}</th>
              ))}
              <th scope="col" class="left">
                price
              </th>
              <th scope="col" class="left">
                layout
              </th>
            </tr>
          </thead>
          <tbody>
            {offers.map((offer) => (
              <OfferRow
                key={offerId(offer)}
                offer={offer}
                isChosen={offerId(offer) === chosenId}
                isRecommended={offer === best}
                hasOdds={hasOdds}
              />
            ))}
          </tbody>
        </table>
      </div>
      {plan.losses.length === 0 ? undefined : (
        <details class="plan-losses">
          <summary>{countOf(plan.losses.length, "accelerator")} not on the front</summary>
          <ul class="chart-notes">
            {lossLines(plan).map((line) => (
              <li>
                <Prose text={line} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}

function OfferRow({
  offer,
  isChosen,
  isRecommended,
  hasOdds,
}: {
  offer: PlanOffer;
  isChosen: boolean;
  isRecommended: boolean;
  hasOdds: boolean;
}): JSX.Element {
  const { count, accelerator, timeMs, usd, energy, price, layout } = offer;
  const choose = (): void => chooseOffer(offerId(offer));
  return (
    <tr data-offer={offerId(offer)} class={isChosen ? "chosen" : ""} onClick={choose}>
      <th scope="row" class="left">
        <label>
          <input type="radio" name="plan-offer" checked={isChosen} onChange={choose} />
          {formatCount(count)} x {accelerator}
          {isRecommended ? <span class="badge">recommended</span> : undefined}
        </label>
      </th>
      <td data-column="time">{timeText(timeMs.p50)}</td>
      <td data-column="p90">{timeText(timeMs.p90)}</td>
      <td data-column="cost">{usdText(usd?.p50)}</td>
      <td data-column="kWh">{kwhText(energy?.kwh)}</td>
      {hasOdds ? <td data-column="odds">{chanceText(oddsOf(offer))}</td> : undefined}
      <td class="left">{price === undefined ? "" : priceText(price)}</td>
      <td class="left">{layoutText(layout)}</td>
    </tr>
  );
}

function oddsOf({ both, doneByDeadline, withinBudget }: PlanOffer): number | undefined {
  return both ?? doneByDeadline ?? withinBudget;
}
