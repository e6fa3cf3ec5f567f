import uPlot from "uplot";
import { axisScale } from "../axes/axis-scale.ts";
import { chartExtent, type Extent } from "./chart-extent.ts";
import { chartRows } from "./chart-rows.ts";
import type { AxisUnit, ChartSpec, Mark } from "./chart-spec.ts";
import { bandOpacity, chartFont, dashes, withOpacity, type Palette } from "../palette.ts";
import { diagonalOf, placeLevelLabel, type LevelLabel, type Place } from "./place-level-label.ts";
import { logTicks } from "../axes/log-ticks.ts";
import { tickText, ticksBetween, timesBetween } from "../axes/ticks.ts";

/** Callbacks for interactions with a chart. */
export interface ChartActions {
  /** The cursor moved to a row, or to none. */
  pointAt: (index: number | undefined) => void;
  /** The user chose a range of x in the unit of the axis; undefined for everything. */
  choose: (range: { fromX: number; toX: number } | undefined) => void;
}

/** A drawn chart that can be updated. */
export interface DrawnChart {
  /** Draws another chart of the same shape: the same lines and bands with other rows. */
  update: (spec: ChartSpec) => void;
  resize: (width: number, height: number) => void;
  /** Moves the cursor by `count` rows, or to an end if infinite. Without a cursor, starts at the last row. */
  step: (count: number) => void;
  canvas: () => HTMLCanvasElement;
  destroy: () => void;
}

/** Charts with the same shape differ only in their rows, so that one can be updated to the other. */
export function shapeOf({ name, x, y, marks }: ChartSpec): string {
  const lines = marks.filter((mark) => mark.kind === "line" || mark.kind === "band");
  return JSON.stringify([
    name,
    x,
    y.unit,
    y.isLog,
    lines.map((mark) => [mark.kind, mark.label, mark.tone]),
  ]);
}

/** Half of a label such as `17:06:40` at the end of the axis, pixels. */
const timeOfDayOverhang = 30;

/** Draws a chart on a canvas inside `host`; charts with the same `syncKey` share their cursor. */
export function drawUplot(
  host: HTMLElement,
  first: ChartSpec,
  look: { palette: Palette; width: number; height: number; syncKey: string },
  actions: ChartActions,
): DrawnChart {
  let spec = first;
  let extent = chartExtent(spec);
  const plot = new uPlot(
    {
      width: look.width,
      height: look.height,
      padding: [8, spec.x.unit === "epoch milliseconds" ? timeOfDayOverhang : 10, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, range: () => [extent.fromX, extent.toX] },
        y: {
          range: () => [extent.fromY, extent.toY],
          distr: first.y.isLog === true ? 3 : 1,
        },
      },
      series: [{}, ...seriesOf(spec, look.palette)],
      bands: bandsOf(spec, look.palette),
      axes: axesOf(() => ({ spec, extent }), look.palette),
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        points: { size: 6 },
        sync: { key: look.syncKey, scales: ["x", null] },
      },
      hooks: {
        setCursor: [(self) => actions.pointAt(self.cursor.idx ?? undefined)],
        setSelect: [(self) => chooseSelected(self, actions)],
        drawAxes: [(self) => drawFixedMarks(self, spec.marks, look.palette)],
      },
    },
    alignedData(spec),
    host,
  );
  plot.over.addEventListener("dblclick", () => actions.choose(undefined));
  return {
    update: (next) => {
      spec = next;
      extent = chartExtent(next);
      plot.setData(alignedData(next));
    },
    resize: (width, height) => plot.setSize({ width, height }),
    step: (count) => stepCursor(plot, count),
    canvas: () => plot.ctx.canvas,
    destroy: () => plot.destroy(),
  };
}

function alignedData(spec: ChartSpec): uPlot.AlignedData {
  const { x, columns } = chartRows(spec);
  if (spec.y.isLog !== true) return [x, ...columns.map(({ values }) => values)];
  return [x, ...columns.map(({ values }) => values.map(positive))];
}

/** A logarithmic axis has no place for 0 and below. */
function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

function seriesOf({ marks }: ChartSpec, palette: Palette): uPlot.Series[] {
  return marks.flatMap((mark): uPlot.Series[] => {
    if (mark.kind === "band") {
      const edge: uPlot.Series = { spanGaps: true, width: 0, points: { show: false } };
      return [edge, { ...edge }];
    }
    if (mark.kind !== "line") return [];
    const color = palette.tones[mark.tone];
    return [
      {
        spanGaps: true,
        stroke: color,
        width: 1.5,
        dash: [...dashes[mark.stroke]],
        points: { show: mark.withPoints === true || mark.x.length === 1, size: 5, fill: color },
      },
    ];
  });
}

/** Uses the column numbers of `chartRows`: one column for a line, two for a band. */
function bandsOf({ marks }: ChartSpec, palette: Palette): uPlot.Band[] {
  const bands: uPlot.Band[] = [];
  let column = 1;
  for (const mark of marks) {
    if (mark.kind === "band") {
      const fill = withOpacity(palette.tones[mark.tone], bandOpacity);
      bands.push({ series: [column + 1, column], fill });
      column += 2;
    } else if (mark.kind === "line") column++;
  }
  return bands;
}

function axesOf(now: () => { spec: ChartSpec; extent: Extent }, palette: Palette): uPlot.Axis[] {
  const look: uPlot.Axis = {
    stroke: palette.muted,
    font: chartFont,
    labelFont: chartFont,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { show: false },
  };
  const scaleOf = (which: "x" | "y"): ReturnType<typeof axisScale> => {
    const { spec, extent } = now();
    const max = which === "x" ? extent.toX : Math.max(Math.abs(extent.fromY), Math.abs(extent.toY));
    return axisScale(spec[which], max);
  };
  // Ticks are round in the displayed unit, which can differ from the unit of the scale.
  const ticks = (which: "x" | "y"): Pick<uPlot.Axis, "splits" | "values"> => ({
    splits: (self) => {
      const { divisor, isTime } = scaleOf(which);
      const [min = 0, max = 1] = [self.scales[which]?.min, self.scales[which]?.max];
      if (min === null || max === null) return [];
      const count = tickCount(self, which);
      if (which === "y" && now().spec.y.isLog === true)
        return logTicks({ from: min, to: max }, count);
      const between = isTime ? timesBetween : ticksBetween;
      return between(min / divisor, max / divisor, count).map((tick) => tick * divisor);
    },
    values: (_self, splits) =>
      which === "y" && now().spec.y.isLog === true
        ? splits.map((split) => String(Number((split / scaleOf("y").divisor).toPrecision(3))))
        : splitTexts(splits, now().spec[which].unit, scaleOf(which).divisor),
  });
  return [
    { ...look, ...ticks("x"), size: 26, gap: 8, space: 64 },
    { ...look, ...ticks("y"), size: 48, gap: 6, space: 32 },
  ];
}

/** The number of ticks that fit without overlap. */
function tickCount({ bbox }: uPlot, which: "x" | "y"): number {
  const pixels = (which === "x" ? bbox.width : bbox.height) / devicePixelRatio;
  return Math.max(2, Math.floor(pixels / (which === "x" ? 60 : 34)));
}

function splitTexts(splits: readonly number[], unit: AxisUnit, divisor: number): string[] {
  const ticks = splits.map((split) => split / divisor);
  if (unit !== "epoch milliseconds") return ticks.map((tick) => tickText(tick, ticks));
  const stepSeconds = Math.abs((ticks[1] ?? 0) - (ticks[0] ?? 0));
  const clock = new Intl.DateTimeFormat(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    ...(stepSeconds < 60 ? { second: "2-digit" } : {}),
    ...(ticks.length > 1 && stepSeconds < 1 ? { fractionalSecondDigits: 1 } : {}),
    hourCycle: "h23",
  });
  return splits.map((split) => clock.format(split));
}

/** Draws targets and predicted ranges below the lines. */
function drawFixedMarks(plot: uPlot, marks: readonly Mark[], palette: Palette): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = chartFont.replace(/^\d+/u, (size) => String(Number(size) * devicePixelRatio));
  ctx.lineWidth = devicePixelRatio;
  const labels: Place[][] = [];
  for (const mark of marks) {
    if (mark.kind === "level") labels.push(drawLevel(plot, mark, palette, labels));
    if (mark.kind === "range") drawRange(plot, mark, palette);
  }
  ctx.restore();
}

/** @returns what the label covers */
function drawLevel(
  plot: uPlot,
  mark: Extract<Mark, { kind: "level" }>,
  palette: Palette,
  earlier: readonly Place[][],
): Place[] {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(mark.y, "y", true);
  ctx.strokeStyle = palette.text;
  ctx.setLineDash([devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  const size = { width: ctx.measureText(mark.label).width, height: 12 * devicePixelRatio };
  const label = placeLevelLabel({
    frame: frameOf(bbox),
    levelY: y,
    ...size,
    gap: 4 * devicePixelRatio,
    lines: [...linesOf(plot), ...earlier],
  });
  ctx.fillStyle = palette.text;
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  ctx.fillText(mark.label, label.x, label.y);
  return diagonalOf(label, size);
}

function frameOf({ left, top, width, height }: uPlot.BBox): LevelLabel["frame"] {
  return { left, top, right: left + width, bottom: top + height };
}

/** Where the points of each line are on the canvas. */
function linesOf(plot: uPlot): { x: number; y: number }[][] {
  const [xs, ...columns] = plot.data;
  return columns.map((values) =>
    Array.from(xs).flatMap((at, index) => {
      const value = values[index];
      if (value === undefined || value === null) return [];
      return [{ x: plot.valToPos(at, "x", true), y: plot.valToPos(value, "y", true) }];
    }),
  );
}

function drawRange(plot: uPlot, mark: Extract<Mark, { kind: "range" }>, palette: Palette): void {
  const { ctx, bbox } = plot;
  const [from, to, at] = [mark.fromX, mark.toX, mark.atX].map((x) => plot.valToPos(x, "x", true));
  if (from === undefined || to === undefined || at === undefined) return;
  ctx.fillStyle = withOpacity(palette.tones[1], bandOpacity / 2);
  ctx.fillRect(from, bbox.top, Math.max(1, to - from), bbox.height);
  ctx.strokeStyle = palette.tones[1];
  ctx.setLineDash(dashes.dotted.map((length) => length * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(at, bbox.top);
  ctx.lineTo(at, bbox.top + bbox.height);
  ctx.stroke();
}

function chooseSelected(plot: uPlot, actions: ChartActions): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  const [fromX, toX] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  actions.choose({ fromX, toX });
}

function stepCursor(plot: uPlot, count: number): void {
  const [x] = plot.data;
  const last = x.length - 1;
  if (last < 0) return;
  const now = plot.cursor.idx;
  const from = typeof now === "number" ? now + count : Number.isFinite(count) ? last : count;
  const to = Math.max(0, Math.min(last, from));
  const value = x[to];
  if (value === undefined || value === null) return;
  plot.setCursor({ left: plot.valToPos(value, "x"), top: plot.over.clientHeight / 2 });
}
