import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { axisScale, formatValue } from "../../charts/axes/axis-scale.ts";
import { chartExtent } from "../../charts/run/chart-extent.ts";
import { chartRows, type ChartRows } from "../../charts/run/chart-rows.ts";
import type { ChartSpec, Mark } from "../../charts/run/chart-spec.ts";
import {
  drawUplot,
  shapeOf,
  type ChartActions,
  type DrawnChart,
} from "../../charts/run/draw-uplot.ts";
import { dashes, type Palette } from "../../charts/palette.ts";
import { chartFileKinds, saveChart } from "../../charts/save/save-chart.ts";
import { place, storeInAddress } from "../../router.ts";
import { paletteVersion } from "../../theme.ts";
import { DataTable } from "../tables/data-table.tsx";
import { Panel, type PanelState } from "../panel.tsx";
import { followWidth } from "../follow-width.ts";
import { screenPalette } from "./screen-palette.ts";

interface ChartPanelProps {
  spec: ChartSpec;
  state: PanelState;
  note?: string | undefined;
  height: number;
  /** What the chart is of: part of the title and the name of saved files. */
  subject?: string;
  class?: string;
  /** Charts of the same group share their cursor. */
  group: string;
  choose: ChartActions["choose"];
}

/** A panel with a chart, its table, and buttons that save it as a file. */
export function ChartPanel(props: ChartPanelProps): JSX.Element {
  const { spec, state, note, height, group, choose } = props;
  const drawn = useRef<DrawnChart>(undefined);
  const isTable = useComputed(() => tablesShown().includes(spec.name)).value;
  const save = (kind: (typeof chartFileKinds)[number]): void => {
    void saveChart(spec, kind, props.subject);
  };
  const tools = (
    <>
      <button
        type="button"
        data-kind="quiet"
        aria-pressed={isTable}
        onClick={() => toggleTable(spec.name)}
      >
        table
      </button>
      {chartFileKinds.map((kind) => (
        <button
          type="button"
          data-kind="quiet"
          aria-label={`save ${spec.title} as ${kind}`}
          onClick={() => save(kind)}
        >
          {kind}
        </button>
      ))}
    </>
  );
  return (
    <Panel title={spec.title} state={state} note={note} tools={tools} class={props.class ?? ""}>
      <Chart spec={spec} height={height} group={group} choose={choose} drawn={drawn} />
      {isTable ? <ChartTable spec={spec} /> : undefined}
    </Panel>
  );
}

/** The charts whose tables are shown, from the address. */
function tablesShown(): string[] {
  return (place.value.query["tables"] ?? "").split(",").filter((name) => name !== "");
}

function toggleTable(name: string): void {
  const shown = tablesShown();
  const next = shown.includes(name) ? shown.filter((each) => each !== name) : [...shown, name];
  storeInAddress({ tables: next.join(",") });
}

interface ChartProps {
  spec: ChartSpec;
  height: number;
  group: string;
  choose: ChartActions["choose"];
  drawn: { current: DrawnChart | undefined };
}

function Chart({ spec, height, group, choose, drawn }: ChartProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<number>();
  const palette = paletteVersion.value;
  const shape = shapeOf(spec);
  const latest = useRef({ spec, choose });
  latest.current = { spec, choose };
  useLayoutEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const look = { palette: screenPalette(), width: element.clientWidth, height, syncKey: group };
    const chart = drawUplot(element, latest.current.spec, look, {
      pointAt: setPointed,
      choose: (range) => latest.current.choose(range),
    });
    // A ref is an output of this component.
    drawn.current = chart;
    const stop = followWidth(element, () => chart.resize(element.clientWidth, height));
    return () => {
      stop();
      chart.destroy();
      drawn.current = undefined;
    };
  }, [shape, palette, height, group]);
  useEffect(() => drawn.current?.update(spec), [spec]);
  return (
    <div class="chart">
      <div class="axis-label">{axisLabelBeside(spec.title, axisLabels(spec).y)}</div>
      <div
        ref={host}
        class="plot"
        role="img"
        tabIndex={0}
        aria-label={`${spec.title}: ${describeChart(spec)}. Arrow keys read out values, + and - zoom, 0 shows everything`}
        onKeyDown={(event) => readKey(event, spec, pointed, { drawn, choose })}
      />
      <Legend spec={spec} pointed={pointed} palette={screenPalette()} />
    </div>
  );
}

/** The label without the words of the title beside it: only its unit, or nothing. */
function axisLabelBeside(title: string, label: string): string {
  const [name = "", unit] = label.split(" (");
  if (!title.toLowerCase().startsWith(name.toLowerCase())) return label;
  return unit === undefined ? "" : `(${unit}`;
}

/** The axis labels with the units of their ticks. */
function axisLabels(spec: ChartSpec): { x: string; y: string } {
  const { fromY, toX, toY } = chartExtent(spec);
  return {
    x: axisScale(spec.x, toX).label,
    y: axisScale(spec.y, Math.max(Math.abs(fromY), Math.abs(toY))).label,
  };
}

function readKey(
  event: KeyboardEvent,
  spec: ChartSpec,
  pointed: number | undefined,
  to: Pick<ChartProps, "drawn" | "choose">,
): void {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: event.shiftKey ? -10 : -1,
    ArrowRight: event.shiftKey ? 10 : 1,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  };
  const step = steps[event.key];
  const zoom = { "+": 0.5, "=": 0.5, "-": 2 }[event.key];
  if (step === undefined && zoom === undefined && event.key !== "0") return;
  event.preventDefault();
  if (step !== undefined) to.drawn.current?.step(step);
  else if (zoom === undefined) to.choose(undefined);
  else to.choose(zoomed(spec, pointed, zoom));
}

/** The shown range, zoomed around the cursor. */
function zoomed(
  spec: ChartSpec,
  pointed: number | undefined,
  factor: number,
): { fromX: number; toX: number } | undefined {
  const { x } = chartRows(spec);
  const [first, last] = [x.at(0), x.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  const middle = x[pointed ?? -1] ?? (first + last) / 2;
  return { fromX: middle - (middle - first) * factor, toX: middle + (last - middle) * factor };
}

function describeChart(spec: ChartSpec): string {
  const lines = spec.marks.filter((mark) => mark.kind === "line");
  return lines
    .map((line) => {
      const last = line.y.at(-1);
      return last === undefined
        ? line.label
        : `${line.label} is ${formatValue(last, spec.y.unit)} at the end`;
    })
    .join(", ");
}

/** Lists the lines with their values at the cursor, or at the end without one. */
function Legend({
  spec,
  pointed,
  palette,
}: {
  spec: ChartSpec;
  pointed: number | undefined;
  palette: Palette;
}): JSX.Element {
  const rows = pointed === undefined ? undefined : chartRows(spec);
  const x = rows?.x[pointed ?? 0];
  const listed = spec.marks.filter(isListed);
  return (
    <ul class="chart-legend" aria-live={pointed === undefined ? "off" : "polite"}>
      {listed.map((mark) => (
        <LegendEntry
          mark={mark}
          label={labelBeside(spec.title, mark.label, { isOnly: listed.length === 1, x })}
          text={markText(spec, mark, rows, pointed)}
          palette={palette}
        />
      ))}
      <li class="at">
        {x === undefined ? `over ${axisLabels(spec).x}` : `at ${spec.x.label} `}
        <span class="value">{x === undefined ? "" : formatValue(x, spec.x.unit)}</span>
      </li>
    </ul>
  );
}

/** The title names the only line; without a cursor, its value is the last. */
function labelBeside(
  title: string,
  label: string,
  { isOnly, x }: { isOnly: boolean; x: number | undefined },
): string {
  if (!isOnly || !title.toLowerCase().startsWith(label.toLowerCase())) return label;
  return x === undefined ? "last" : "";
}

/** Bands are listed with their lines; levels are labeled in the chart. */
function isListed(mark: Mark): boolean {
  return mark.kind === "line" || mark.kind === "range";
}

function LegendEntry({
  mark,
  label,
  text,
  palette,
}: {
  mark: Mark;
  label: string;
  text: string;
  palette: Palette;
}): JSX.Element {
  const color = palette.tones[mark.kind === "line" ? mark.tone : 1];
  return (
    <li>
      <svg viewBox="0 0 18 10" aria-hidden="true">
        {mark.kind === "line" ? (
          <path
            d="M0 5h18"
            stroke={color}
            stroke-width="2"
            stroke-dasharray={dashes[mark.stroke].join(" ")}
          />
        ) : (
          <rect width="18" height="10" fill={color} fill-opacity="0.25" />
        )}
      </svg>
      {label} <span class="value">{text}</span>
    </li>
  );
}

function markText(
  spec: ChartSpec,
  mark: Mark,
  rows: ChartRows | undefined,
  pointed: number | undefined,
): string {
  if (mark.kind === "range") {
    return `${formatValue(mark.fromX, spec.x.unit)} … ${formatValue(mark.toX, spec.x.unit)}`;
  }
  if (mark.kind !== "line") return "";
  const at = rows === undefined || pointed === undefined ? undefined : rows.x[pointed];
  const value = mark.y[indexOf(mark.x, at)];
  if (value === undefined) return "";
  return `${formatValue(value, spec.y.unit)}${bandText(spec, mark, at)}`;
}

/** The range of the band around a line at the same position. */
function bandText(spec: ChartSpec, line: Mark, at: number | undefined): string {
  const band = spec.marks.find(
    (mark) => mark.kind === "band" && line.kind === "line" && mark.tone === line.tone,
  );
  if (band?.kind !== "band") return "";
  const index = indexOf(band.x, at);
  const [low, high] = [band.low[index], band.high[index]];
  if (low === undefined || high === undefined) return "";
  return ` (${formatValue(low, spec.y.unit)} … ${formatValue(high, spec.y.unit)})`;
}

/** The last index at or before x; the last index if x is undefined. */
function indexOf(x: readonly number[], at: number | undefined): number {
  return at === undefined ? x.length - 1 : (nearest(x, at) ?? 0);
}

/** The last index at or before x; 0 if all values are greater. */
function nearest(x: readonly number[], at: number | undefined): number | undefined {
  if (at === undefined || x.length === 0) return undefined;
  let [low, high] = [0, x.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((x[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

const shownRowCount = 500;

function ChartTable({ spec }: { spec: ChartSpec }): JSX.Element {
  const { x, columns } = chartRows(spec);
  const rows = x.slice(-shownRowCount).map((value, index) => {
    const position = Math.max(0, x.length - shownRowCount) + index;
    const cells = columns.map(({ values }) => {
      const cell = values[position];
      return cell === undefined ? "" : formatValue(cell, spec.y.unit);
    });
    return [formatValue(value, spec.x.unit)].concat(cells);
  });
  const note = x.length > shownRowCount ? `, the last ${shownRowCount} of ${x.length} rows` : "";
  return (
    <DataTable
      caption={`${spec.title}${note}`}
      heads={[spec.x.label, ...columns.map(({ label }) => label)]}
      rows={rows}
    />
  );
}
