import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { formatDuration, formatUsd } from "../../../src/foundation/numbers/units.ts";
import { offerDetails } from "../../../src/report/plan/offer-details.ts";
import { chanceText, timeText, usdText, kwhText } from "../../../src/report/plan/plan-wording.ts";
import type { PlanData } from "../../../src/schema/plan/plan-data.ts";
import type { PlanOffer } from "../../../src/schema/plan/run-plan.ts";
import type { PlotBox } from "../../charts/plan/chart-scale.ts";
import { oddsChart } from "../../charts/plan/odds-chart.ts";
import { scalingChart, type PublishedPoint } from "../../charts/plan/scaling-chart.ts";
import { Panel } from "../../components/panel.tsx";
import { SaveFigure } from "../../components/figures/save-figure.tsx";
import { SvgAxes, SvgFigure } from "../../components/figures/svg-figure.tsx";
import type { PlannedAnswer, PlanView } from "./plan-engine.ts";
import {
  billNote,
  billShares,
  budgetMs,
  carbonNote,
  energyShares,
  publishedPoints,
  scalingSteps,
  stepShares,
  type SharePart,
} from "./view-model.ts";

const chartHeight = 250;

interface OfferProps {
  view: PlanView;
  answer: PlannedAnswer;
  data: PlanData;
  offer: PlanOffer;
  /** Drawn times until the end, without the queue. */
  paidMs: Float64Array;
}

/** What is known of the chosen offer. */
export function OfferPanels(props: OfferProps): JSX.Element {
  const { offer } = props;
  return (
    <>
      <OddsPanel {...props} />
      <ScalingPanel {...props} />
      <StepPanel offer={offer} />
      <SharePanel
        title="Bill"
        total={usdText(offer.usd?.p50)}
        note={offer.price === undefined ? "" : billNote(offer.price, offer.count)}
        parts={billShares(offer)}
        empty="No price is known for this machine."
      />
      <SharePanel
        title="Energy"
        total={offer.energy === undefined ? "" : `${kwhText(offer.energy.kwh)} kWh`}
        note={carbonNote(offer)}
        parts={energyShares(offer)}
        empty="The power limit of this accelerator is not known."
      />
      <Panel title="Based on" state={{ kind: "ready" }}>
        <dl class="facts">
          {offerDetails(offer).map(({ label, text }) => (
            <>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </>
          ))}
        </dl>
      </Panel>
    </>
  );
}

function offerName({ count, accelerator }: PlanOffer): string {
  return `${count} x ${accelerator}`;
}

function OddsPanel({ view, offer, paidMs }: OfferProps): JSX.Element {
  const figure = useRef<SVGSVGElement>(null);
  const { limits, queueMs } = view.call;
  const { deadlineMs } = limits;
  const doneMs = useMemo(() => paidMs.map((ms) => ms + queueMs), [paidMs, queueMs]);
  const rows = {
    doneMs,
    deadlineMs,
    budgetMs: budgetMs(offer, { budgetUsd: limits.budgetUsd, queueMs }),
  };
  const odds = [
    ...(deadlineMs === undefined
      ? []
      : [`within ${formatDuration(deadlineMs)} ${chanceText(offer.doneByDeadline)}`]),
    ...(limits.budgetUsd === undefined
      ? []
      : [`at most ${formatUsd(limits.budgetUsd)} ${chanceText(offer.withinBudget)}`]),
  ];
  const range = `p10 ${timeText(offer.timeMs.p10)}, p50 ${timeText(offer.timeMs.p50)}, p90 ${timeText(offer.timeMs.p90)}`;
  return (
    <Panel
      title="Probability of being done"
      note={odds.length === 0 ? range : `${odds.join(", ")}; ${range}`}
      tools={<SaveFigure name="plan-odds" title={`${offerName(offer)}: odds`} figure={figure} />}
      state={{ kind: "ready" }}
    >
      <SvgFigure
        figure={figure}
        height={chartHeight}
        label={`Probability of being done over time: ${range}`}
      >
        {(size) => {
          const marks = oddsChart(rows, size);
          const { box, deadlineX, budgetX } = marks;
          return (
            <>
              <SvgAxes {...marks} />
              <path class="svg-band" d={marks.band} />
              <path class="svg-line" d={marks.curve} />
              <circle class="svg-mark" cx={marks.p50.x} cy={marks.p50.y} r={3.5} />
              <OddsLimit x={deadlineX} text="deadline" above={8} box={box} width={size.width} />
              <OddsLimit x={budgetX} text="budget" above={24} box={box} width={size.width} />
            </>
          );
        }}
      </SvgFigure>
    </Panel>
  );
}

/** A limit as a line over the whole height, with its name above the axis. */
function OddsLimit({
  x,
  text,
  above,
  box,
  width,
}: {
  x: number | undefined;
  text: string;
  above: number;
  box: PlotBox;
  width: number;
}): JSX.Element | null {
  if (x === undefined) return null;
  const isAtEnd = x > width - 80;
  return (
    <>
      <line class="svg-limit" x1={x} x2={x} y1={box.top} y2={box.bottom} />
      <text
        class="svg-limit-text"
        x={isAtEnd ? x - 5 : x + 5}
        text-anchor={isAtEnd ? "end" : "start"}
        y={box.bottom - above}
      >
        {text}
      </text>
    </>
  );
}

function ScalingPanel({ answer, data, offer }: OfferProps): JSX.Element {
  const figure = useRef<SVGSVGElement>(null);
  const { accelerator, count } = offer;
  const { candidates, goal } = answer;
  const steps = useMemo(() => scalingSteps(candidates, accelerator), [candidates, accelerator]);
  const published = useMemo(
    () => publishedPoints(goal, accelerator, data),
    [goal, accelerator, data],
  );
  const rows = { steps, published, chosenCount: count };
  return (
    <Panel
      title="Scaling"
      note={`time to train against ${accelerator}, without initialization; 80 % interval`}
      tools={<SaveFigure name="plan-scaling" title={`Scaling of ${accelerator}`} figure={figure} />}
      state={{ kind: "ready" }}
    >
      <SvgFigure
        figure={figure}
        height={chartHeight}
        label={`Time to train on ${steps.map(({ count: one, timeMs }) => `${one}: ${formatDuration(timeMs)}`).join("; ")}`}
      >
        {(size) => {
          const marks = scalingChart(rows, size);
          if (marks === undefined) return undefined;
          return (
            <>
              <SvgAxes {...marks} />
              <path class="svg-band" d={marks.band} />
              <path class="svg-ideal" d={marks.ideal} />
              <path class="svg-line" d={marks.line} />
              {marks.published.map(({ id, text, x, y }) => (
                <rect key={id} class="svg-published" x={x - 3} y={y - 3} width={6} height={6}>
                  <title>{text}</title>
                </rect>
              ))}
              {marks.chosen === undefined ? undefined : (
                <circle class="svg-chosen" cx={marks.chosen.x} cy={marks.chosen.y} r={6} />
              )}
            </>
          );
        }}
      </SvgFigure>
      <ScalingLegend published={published} accelerator={accelerator} />
    </Panel>
  );
}

function ScalingLegend({
  published,
  accelerator,
}: {
  published: readonly PublishedPoint[];
  accelerator: string;
}): JSX.Element {
  const sorted = published.toSorted((a, b) => a.count - b.count || a.timeMs - b.timeMs);
  return (
    <>
      <ul class="chart-legend">
        <li>
          <i class="key line" /> predicted
        </li>
        <li>
          <i class="key dashed" /> perfect scaling
        </li>
        <li>
          {sorted.length === 0 ? undefined : <i class="key square" />}
          {sorted.length === 0
            ? `no published result on ${accelerator}`
            : `${sorted.length} published by MLPerf`}
        </li>
      </ul>
      {sorted.length === 0 ? undefined : (
        <details class="plan-losses">
          <summary>published results</summary>
          <ul class="chart-notes">
            {sorted.map(({ id, text }) => (
              <li key={id}>{text}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function StepPanel({ offer }: { offer: PlanOffer }): JSX.Element {
  const parts = stepShares(offer);
  const totalMs = parts.reduce((sum, { amount }) => sum + amount, 0);
  return (
    <SharePanel
      title="Step"
      total={parts.length === 0 ? "" : formatDuration(totalMs)}
      note={
        offer.mfu === undefined
          ? "by the analytic model"
          : `by the analytic model, MFU ${Math.round(100 * offer.mfu)} %`
      }
      parts={parts}
      empty="The time of this offer is from published results; the analytic model has no layout for it."
    />
  );
}

function SharePanel({
  title,
  total,
  note,
  parts,
  empty,
}: {
  title: string;
  total: string;
  note: string;
  parts: readonly SharePart[];
  empty: string;
}): JSX.Element {
  const sum = parts.reduce((all, { amount }) => all + amount, 0);
  return (
    <Panel
      title={total === "" ? title : `${title}: ${total}`}
      note={note}
      state={parts.length === 0 ? { kind: "empty", text: empty } : { kind: "ready" }}
    >
      <div class="share-bar" aria-hidden="true">
        {parts.map(({ label, amount }, at) => (
          <i
            key={label}
            data-part={at % 6}
            style={{ flexGrow: String(Math.max(0.001, amount / sum)) }}
          />
        ))}
      </div>
      <ul class="share-list">
        {parts.map(({ label, amount, text }, at) => (
          <li key={label}>
            <i data-part={at % 6} />
            <span>{label}</span>
            <span class="share-text">{text}</span>
            <span class="share-percent">{shareText(amount / sum)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function shareText(share: number): string {
  return share > 0 && share < 0.005 ? "< 1 %" : `${Math.round(100 * share)} %`;
}
