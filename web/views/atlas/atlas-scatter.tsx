import type { JSX } from "preact";
import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import { resultsCsv } from "../../../src/report/atlas/result-lines.ts";
import { countOf } from "../../../src/report/wording.ts";
import type { MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import { type AtlasChart, kindWords, pointAfterKey } from "../../charts/atlas/atlas-chart.ts";
import { drawAtlas } from "../../charts/atlas/draw-atlas.ts";
import type { DrawnPlot, PlotLook } from "../../charts/atlas/plot-look.ts";
import { Isolated } from "../../components/isolated.tsx";
import { type DrawPlot, PlotPanel } from "../../components/figures/plot-panel.tsx";
import { storeInAddress } from "../../router.ts";
import type { AtlasView } from "./atlas-view.ts";
import { ShapeIcon } from "./shape-icon.tsx";
import {
  atlasChart,
  chartNotes,
  familyCounts,
  processors,
  tipOf,
  toggledFamily,
} from "./view-model.ts";
import { Prose } from "../../components/prose.tsx";

const chartId = "atlas-points";

/** Focuses the chart after a panel that it opened is closed. */
export function focusChart(): void {
  document.querySelector<HTMLElement>(`#${chartId}`)?.focus();
}

function heightAt(width: number): number {
  return Math.round(Math.max(280, Math.min(580, width * 0.56)));
}

const emptyChart: AtlasChart = {
  title: "Results against accelerators",
  yLabel: "",
  x: { from: 1, to: 2 },
  y: { from: 1, to: 2 },
  points: [],
  lines: [],
  familyLabels: [],
  hues: new Map(),
};

/** The selected results against the size of their systems. A click on a point opens its result. */
export function AtlasScatter({
  view,
  rows,
}: {
  view: AtlasView;
  rows: readonly MeasuredRow[];
}): JSX.Element {
  const { measure, benchmark, withFront } = view;
  const chart = useMemo(
    () => atlasChart(rows, { measure, benchmark, withFront }),
    [rows, measure, benchmark, withFront],
  );
  const shown = chart ?? emptyChart;
  const byId = useMemo(() => new Map(rows.map((one) => [one.row.rowId, one])), [rows]);
  const draw: DrawPlot = useCallback((Plot, look) => drawAtlas(Plot, shown, look), [shown]);
  return (
    <PlotPanel
      name={`atlas-${benchmark}-${measure}`}
      title={shown.title}
      note={shown.yLabel}
      state={
        chart === undefined
          ? {
              kind: "empty",
              text:
                rows.length === 0
                  ? `No ${benchmark} results match the filters.`
                  : `None of these ${rows.length} results has a value for this measure.`,
            }
          : { kind: "ready" }
      }
      draw={draw}
      heightAt={heightAt}
      csv={() => resultsCsv(rows)}
      label={`${shown.title}: ${countOf(shown.points.length, "result")}`}
      overlay={(drawn, look) => (
        <Points chart={shown} byId={byId} drawn={drawn} look={look} view={view} />
      )}
    >
      <Families rows={rows} hues={shown.hues} accelerator={view.filter.accelerator} />
      <Legend chart={shown} withFront={withFront} />
      <ul class="chart-notes">
        {chartNotes(rows, measure).map((note) => (
          <li>
            <Prose text={note} />
          </li>
        ))}
      </ul>
    </PlotPanel>
  );
}

interface PointsProps {
  chart: AtlasChart;
  byId: ReadonlyMap<string, MeasuredRow>;
  drawn: DrawnPlot;
  look: PlotLook;
  view: AtlasView;
}

/** An overlay of the chart that selects points by pointer or arrow keys, describes them, and opens them. */
function Points({ chart, byId, drawn, look, view }: PointsProps): JSX.Element {
  const [pointedId, setPointed] = useState<string>();
  const box = useRef<HTMLDivElement>(null);
  const pointed = chart.points.find(({ rowId }) => rowId === pointedId);
  const opened = chart.points.find(({ rowId }) => rowId === view.rowId);
  const find = (event: MouseEvent): string | undefined => {
    const edge = box.current?.getBoundingClientRect();
    if (edge === undefined) return undefined;
    return nearestPoint(chart, drawn, event.clientX - edge.left, event.clientY - edge.top);
  };
  const onKey = (event: KeyboardEvent): void => {
    const next = pointAfterKey(chart.points, pointedId ?? view.rowId, event.key);
    if (next !== undefined) setPointed(next.rowId);
    else if (event.key === "Enter" && pointed !== undefined) openResult(pointed.rowId);
    else if (event.key === "Escape") {
      setPointed(undefined);
      storeInAddress({ row: undefined }, { asStep: true });
    } else return;
    event.preventDefault();
  };
  return (
    <div
      ref={box}
      id={chartId}
      class="plot-overlay"
      style={{ width: `${look.width}px`, height: `${look.height}px` }}
      role="application"
      aria-roledescription="chart"
      aria-label={`${chart.title}, ${countOf(chart.points.length, "result")}: arrow keys go from point to point, Enter opens one, Escape closes it`}
      tabIndex={0}
      onKeyDown={onKey}
      onMouseMove={(event) => setPointed(find(event))}
      onMouseLeave={() => setPointed(undefined)}
      onBlur={() => setPointed(undefined)}
      onClick={(event) => {
        const found = find(event);
        if (found !== undefined) openResult(found);
      }}
    >
      {opened === undefined ? undefined : <Ring point={opened} drawn={drawn} isOpened />}
      {pointed === undefined ? undefined : (
        <>
          <Ring point={pointed} drawn={drawn} isOpened={false} />
          <Tip
            measured={byId.get(pointed.rowId)}
            at={drawn.placeOf(pointed.x, pointed.y)}
            {...{ look, view }}
          />
        </>
      )}
      <span class="hidden-text" aria-live="polite">
        {spoken(byId.get(pointed?.rowId ?? ""), view)}
      </span>
    </div>
  );
}

function openResult(rowId: string): void {
  storeInAddress({ row: rowId }, { asStep: true });
}

/** Maximum distance in pixels between the pointer and a selected point. */
const maxDistance = 26;

function nearestPoint(
  { points }: AtlasChart,
  drawn: DrawnPlot,
  left: number,
  top: number,
): string | undefined {
  let best: { rowId: string; distance: number } | undefined;
  for (const point of points) {
    const at = drawn.placeOf(point.x, point.y);
    const distance = Math.hypot(at.left - left, at.top - top);
    if (distance <= maxDistance && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { rowId: point.rowId, distance };
  }
  return best?.rowId;
}

function Ring({
  point,
  drawn,
  isOpened,
}: {
  point: { x: number; y: number };
  drawn: DrawnPlot;
  isOpened: boolean;
}): JSX.Element {
  const { left, top } = drawn.placeOf(point.x, point.y);
  return (
    <div
      class={isOpened ? "plot-ring opened" : "plot-ring"}
      style={{ left: `${left}px`, top: `${top}px` }}
    />
  );
}

interface TipProps {
  measured: MeasuredRow | undefined;
  at: { left: number; top: number };
  look: PlotLook;
  view: AtlasView;
}

function Tip({ measured, at, look, view }: TipProps): JSX.Element | null {
  if (measured === undefined) return null;
  const { head, lines } = tipOf(measured, view.measure);
  const isRight = at.left > look.width / 2;
  const isLow = at.top > look.height / 2;
  const style = {
    ...(isRight ? { right: `${look.width - at.left + 16}px` } : { left: `${at.left + 16}px` }),
    ...(isLow ? { bottom: `${look.height - at.top + 8}px` } : { top: `${at.top + 8}px` }),
  };
  return (
    <div class="plot-tip" style={style}>
      <strong>{lines[0]}</strong>
      <div>
        <Isolated parts={head} />
      </div>
      {lines.slice(1).map((line) => (
        <div>
          <bdi>{line}</bdi>
        </div>
      ))}
    </div>
  );
}

function spoken(measured: MeasuredRow | undefined, view: AtlasView): string {
  if (measured === undefined) return "";
  const { head, lines } = tipOf(measured, view.measure);
  return [...head, ...lines].join(", ");
}

/** A legend of accelerator families that filters the results. */
function Families({
  rows,
  hues,
  accelerator,
}: {
  rows: readonly MeasuredRow[];
  hues: AtlasChart["hues"];
  accelerator: string | undefined;
}): JSX.Element {
  const chosen = (accelerator ?? "").split(",");
  return (
    <ul class="families" aria-label="accelerator families">
      {familyCounts(rows).map(({ family, count }) => (
        <li>
          <button
            type="button"
            disabled={family === processors}
            aria-pressed={chosen.includes(family)}
            title={`only ${family}`}
            onClick={() =>
              storeInAddress({ accelerator: toggledFamily(accelerator, family) }, { asStep: true })
            }
          >
            <span class="swatch" style={{ color: `var(--family-${hues.get(family) ?? 0})` }} />
            {family} <span class="count">{count}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Legend({ chart, withFront }: { chart: AtlasChart; withFront: boolean }): JSX.Element {
  const kinds = [...new Set(chart.points.map(({ kind }) => kind))].toSorted();
  return (
    <ul class="shapes" aria-label="shapes">
      {kinds.map((kind) => (
        <li>
          <ShapeIcon kind={kind} />
          {kindWords[kind]}
        </li>
      ))}
      {chart.points.some(({ isOpen }) => isOpen) ? (
        <li>
          <ShapeIcon kind="cloud" isOpen />
          hollow: open division
        </li>
      ) : undefined}
      <li>
        <label class="field">
          <input
            type="checkbox"
            checked={withFront}
            onChange={() => storeInAddress({ front: withFront ? "no" : undefined })}
          />
          ring: Pareto-optimal in time, cost, and energy
        </label>
      </li>
      {chart.lines.length > 0 ? <li>dotted lines: constant accelerator-time</li> : undefined}
    </ul>
  );
}
