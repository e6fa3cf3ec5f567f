import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { formatCount, formatUsd } from "../../../src/foundation/numbers/units.ts";
import type { Candidate } from "../../../src/planner/search/candidate.ts";
import { chanceText, kwhText, timeText } from "../../../src/report/plan/plan-wording.ts";
import type { PlanData } from "../../../src/schema/plan/plan-data.ts";
import type { PlanOffer } from "../../../src/schema/plan/run-plan.ts";
import {
  frontChart,
  nearestPoint,
  pointAfterKey,
  type FrontAxis,
  type FrontMarks,
  type FrontOffer,
  type FrontPoint,
} from "../../charts/plan/front-chart.ts";
import { Panel } from "../../components/panel.tsx";
import { SaveFigure } from "../../components/figures/save-figure.tsx";
import { SvgAxes, SvgFigure, type FigureSize } from "../../components/figures/svg-figure.tsx";
import { useMedia } from "../../components/use-media.ts";
import { place, storeInAddress } from "../../router.ts";
import type { PlanView } from "./plan-engine.ts";
import { consideredValues, frontOffers, offerId } from "./view-model.ts";

export function chooseOffer(id: string | undefined, { asStep = true } = {}): void {
  storeInAddress({ offer: id }, { asStep });
}

interface FrontProps {
  view: PlanView;
  data: PlanData;
  front: readonly PlanOffer[];
  /** Undefined if no plan meets the limits. */
  chosenId: string | undefined;
  recommendedId: string | undefined;
}

/** The Pareto front: time against cost or energy. */
export function FrontPanel({
  view,
  data,
  front,
  chosenId,
  recommendedId,
}: FrontProps): JSX.Element {
  const axis = place.value.query["front"] === "energy" ? "energy" : "cost";
  const figure = useRef<SVGSVGElement>(null);
  const isNarrow = useMedia("(max-width: 520px)");
  const { limits, queueMs } = view.call;
  const candidates = view.unlimited?.candidates ?? none;
  const rows = {
    offers: frontOffers(front, data),
    others: useMemo(() => consideredValues(candidates, queueMs), [candidates, queueMs]),
    axis,
    deadlineMs: limits.deadlineMs,
    limit: axis === "cost" ? limits.budgetUsd : limits.maxEnergyKwh,
  } as const;
  const marksAt = onceForSize((size) => frontChart(rows, size));
  const unit = axis === "cost" ? "US dollars" : "kilowatt-hours";
  const third = axis === "cost" ? "energy" : "cost";
  return (
    <Panel
      title={`Time and ${axis}`}
      note={`${unit} against time, medians; point area: ${third}`}
      tools={
        <>
          <AxisChoice axis={axis} />
          <SaveFigure name={`plan-front-${axis}`} title={`Time and ${axis}`} figure={figure} />
        </>
      }
      state={{ kind: "ready" }}
      class="plan-front"
    >
      <SvgFigure
        figure={figure}
        height={isNarrow ? 300 : 380}
        label={`${front.length} offers that no other beats in time, cost and energy`}
        overlay={(size) => {
          const marks = marksAt(size);
          return marks && <FrontOverlay {...{ marks, size, front, chosenId }} />;
        }}
      >
        {(size) => {
          const marks = marksAt(size);
          return marks && <FrontDrawing {...{ marks, chosenId, recommendedId }} />;
        }}
      </SvgFigure>
      <FrontLegend
        offers={rows.offers}
        consideredCount={rows.others.length}
        hasLimit={rows.deadlineMs !== undefined || rows.limit !== undefined}
      />
    </Panel>
  );
}

const none: readonly Candidate[] = [];

/** The drawing and what is laid over it have the same marks. */
function onceForSize<Marks>(compute: (size: FigureSize) => Marks): (size: FigureSize) => Marks {
  let last: { width: number; height: number; marks: Marks } | undefined;
  return ({ width, height }) => {
    if (last?.width !== width || last.height !== height)
      last = { width, height, marks: compute({ width, height }) };
    return last.marks;
  };
}

function AxisChoice({ axis }: { axis: FrontAxis }): JSX.Element {
  return (
    <span class="segments small" role="radiogroup" aria-label="vertical axis">
      {(["cost", "energy"] as const).map((one) => (
        <label>
          <input
            type="radio"
            name="front-axis"
            checked={one === axis}
            onChange={() => storeInAddress({ front: one === "cost" ? undefined : one })}
          />
          {one}
        </label>
      ))}
    </span>
  );
}

function FrontLegend({
  offers,
  consideredCount,
  hasLimit,
}: {
  offers: readonly FrontOffer[];
  consideredCount: number;
  hasLimit: boolean;
}): JSX.Element {
  return (
    <ul class="chart-legend">
      {[...new Map(offers.map(({ accelerator, hue }) => [accelerator, hue]))].map(
        ([accelerator, hue]) => (
          <li key={accelerator}>
            <i class="key family" data-hue={hue} /> {accelerator}
          </li>
        ),
      )}
      <li>
        <i class="key ring" /> chosen
      </li>
      <li>
        <i class="key star" /> recommended
      </li>
      <li>
        <i class="key dot" /> {formatCount(consideredCount)} considered
      </li>
      {hasLimit ? (
        <li>
          <i class="key limit" /> limit
        </li>
      ) : undefined}
    </ul>
  );
}

function FrontDrawing({
  marks,
  chosenId,
  recommendedId,
}: {
  marks: FrontMarks;
  chosenId: string | undefined;
  recommendedId: string | undefined;
}): JSX.Element {
  const { box, points, deadlineX, limitY } = marks;
  const chosen = points.find(({ id }) => id === chosenId);
  const recommended = points.find(({ id }) => id === recommendedId);
  return (
    <>
      <SvgAxes {...marks} />
      {deadlineX === undefined ? undefined : (
        <rect
          class="svg-beyond"
          x={deadlineX}
          y={box.top}
          width={Math.max(0, box.right - deadlineX)}
          height={box.bottom - box.top}
        />
      )}
      {limitY === undefined ? undefined : (
        <rect
          class="svg-beyond"
          x={box.left}
          y={box.top}
          width={box.right - box.left}
          height={Math.max(0, limitY - box.top)}
        />
      )}
      <path class="svg-dots" d={marks.dots} />
      <path class="svg-front" d={marks.line} />
      {deadlineX === undefined ? undefined : (
        <line class="svg-limit" x1={deadlineX} x2={deadlineX} y1={box.top} y2={box.bottom} />
      )}
      {limitY === undefined ? undefined : (
        <line class="svg-limit" x1={box.left} x2={box.right} y1={limitY} y2={limitY} />
      )}
      {points.map(({ id, x, y, radius, hue }) => (
        <circle key={id} cx={x} cy={y} r={radius} class="svg-point" data-hue={hue} />
      ))}
      {recommended === undefined ? undefined : (
        <circle class="svg-core" cx={recommended.x} cy={recommended.y} r={2.6} />
      )}
      {chosen === undefined ? undefined : (
        <circle class="svg-chosen" cx={chosen.x} cy={chosen.y} r={chosen.radius + 4} />
      )}
    </>
  );
}

/** Chooses offers by pointer and arrow keys, and describes the one pointed at. */
function FrontOverlay({
  marks,
  size,
  front,
  chosenId,
}: {
  marks: FrontMarks;
  size: FigureSize;
  front: readonly PlanOffer[];
  chosenId: string | undefined;
}): JSX.Element {
  const [pointedId, setPointed] = useState<string>();
  const area = useRef<HTMLDivElement>(null);
  const { points } = marks;
  const nearest = (event: MouseEvent): string | undefined => {
    const edge = area.current?.getBoundingClientRect();
    if (edge === undefined) return undefined;
    return nearestPoint(points, event.clientX - edge.left, event.clientY - edge.top)?.id;
  };
  const onKey = (event: KeyboardEvent): void => {
    const next = pointAfterKey(points, chosenId, event.key);
    if (event.key === "Escape") chooseOffer(undefined);
    else if (next === undefined) return;
    else chooseOffer(next.id, { asStep: false });
    event.preventDefault();
  };
  const pointed = points.find(({ id }) => id === pointedId);
  const chosen = front.find((offer) => offerId(offer) === chosenId);
  return (
    <div
      ref={area}
      class="plot-overlay"
      style={{ width: `${size.width}px`, height: `${size.height}px` }}
      role="application"
      aria-roledescription="chart"
      aria-label={`front, ${points.length} offers: arrow keys choose one, Escape returns to the recommended`}
      tabIndex={0}
      onKeyDown={onKey}
      onMouseMove={(event) => setPointed(nearest(event))}
      onMouseLeave={() => setPointed(undefined)}
      onClick={(event) => {
        const id = nearest(event);
        if (id !== undefined) chooseOffer(id);
      }}
    >
      {pointed === undefined ? undefined : (
        <FrontTip
          point={pointed}
          width={size.width}
          text={offerText(front.find((offer) => offerId(offer) === pointed.id))}
        />
      )}
      <span class="hidden-text" aria-live="polite">
        {chosen === undefined ? "" : `${chosen.count} ${chosen.accelerator}: ${offerText(chosen)}`}
      </span>
    </div>
  );
}

function FrontTip({
  point,
  width,
  text,
}: {
  point: FrontPoint;
  width: number;
  text: string;
}): JSX.Element {
  const { x, y, name } = point;
  const side = x > width / 2 ? { right: `${width - x + 16}px` } : { left: `${x + 16}px` };
  return (
    <div class="plot-tip" style={{ top: `${Math.max(0, y - 70)}px`, ...side }}>
      <strong>{name}</strong>
      {text}
    </div>
  );
}

/** Time, cost, energy and odds of an offer. */
function offerText(offer: PlanOffer | undefined): string {
  if (offer === undefined) return "";
  const { timeMs, usd, energy, both, doneByDeadline, withinBudget } = offer;
  const chance = both ?? doneByDeadline ?? withinBudget;
  return [
    timeText(timeMs.p50),
    ...(usd === undefined || usd.p50 === null ? [] : [formatUsd(usd.p50)]),
    ...(energy === undefined ? [] : [`${kwhText(energy.kwh)} kWh`]),
    ...(chance === undefined ? [] : [`${chanceText(chance)} within limits`]),
  ].join(", ");
}
