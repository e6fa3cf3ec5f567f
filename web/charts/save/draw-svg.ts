import { escapedXml } from "./escaped-xml.ts";
import { axisScale, type AxisScale } from "../axes/axis-scale.ts";
import { bandOpacity, chartFont, dashes, type Palette } from "../palette.ts";
import type { ChartSpec, Mark } from "../run/chart-spec.ts";
import { diagonalOf, placeLevelLabel, type Place } from "../run/place-level-label.ts";
import { chartExtent, type Extent } from "../run/chart-extent.ts";
import { logTicks } from "../axes/log-ticks.ts";
import { tickText, ticksBetween, timesBetween } from "../axes/ticks.ts";

const margin = { top: 52, right: 18, left: 64 };
/** Below the plot: the labels of the x axis, its title, then the lines of the legend. */
const axisHeight = 44;
const legendLineHeight = 18;
/** About as wide as the letters of the font are. */
const characterWidth = 6.2;

interface Frame {
  width: number;
  height: number;
  /** The y position of the x axis. */
  bottom: number;
  x: AxisScale;
  y: AxisScale;
  extent: Extent;
  isLog: boolean;
  marks: readonly Mark[];
  palette: Palette;
  /** Converts values of an axis to pixels. */
  atX: (value: number) => number;
  atY: (value: number) => number;
  /** What the labels of the targets drawn so far cover. */
  labels: Place[][];
}

/** Draws a chart as a standalone SVG file. Sizes are in pixels. */
export function drawSvg(
  spec: ChartSpec,
  palette: Palette,
  { width, height }: { width: number; height: number } = { width: 960, height: 400 },
): string {
  const frame = frameOf(spec, palette, width, height);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escapedXml(chartFont.replace(/^\S+ /u, ""))}" font-size="11">`,
    `<title>${escapedXml(spec.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${palette.surface}"/>`,
    `<text x="${margin.left}" y="20" font-size="13" font-weight="600" fill="${palette.text}">${escapedXml(spec.title)}</text>`,
    ...axes(frame),
    ...spec.marks.map((mark) => drawMark(mark, frame)),
    ...legend(spec.marks, frame),
    "</svg>\n",
  ].join("\n");
}

function frameOf(spec: ChartSpec, palette: Palette, width: number, height: number): Frame {
  const extent = chartExtent(spec);
  const lineCount = legendEntries(spec.marks, width).at(-1)?.line ?? -1;
  const bottom = height - axisHeight - (lineCount + 1) * legendLineHeight;
  const inner = {
    width: width - margin.left - margin.right,
    height: bottom - margin.top,
  };
  const { fromX, toX, fromY, toY } = extent;
  return {
    width,
    height,
    bottom,
    x: axisScale(spec.x, toX),
    y: axisScale(spec.y, Math.max(Math.abs(fromY), Math.abs(toY))),
    extent,
    isLog: spec.y.isLog === true,
    marks: spec.marks,
    palette,
    labels: [],
    atX: (value) => margin.left + ((value - fromX) / (toX - fromX)) * inner.width,
    atY: (value) => bottom - yShare(value, extent, spec.y.isLog === true) * inner.height,
  };
}

/** The share of the height of the plot at which a value is. Values that a logarithmic axis cannot show are at its start. */
function yShare(value: number, { fromY, toY }: Extent, isLog: boolean): number {
  if (!isLog) return (value - fromY) / (toY - fromY);
  return Math.log(Math.max(value, fromY) / fromY) / Math.log(toY / fromY);
}

function axes(frame: Frame): string[] {
  const { extent, x, y, width, bottom, palette, atX, atY } = frame;
  const between = x.isTime ? timesBetween : ticksBetween;
  const xTicks = between(extent.fromX / x.divisor, extent.toX / x.divisor, 8);
  const [fromTick, toTick] = [extent.fromY / y.divisor, extent.toY / y.divisor];
  const yTicks = frame.isLog
    ? logTicks({ from: fromTick, to: toTick }, 5)
    : ticksBetween(fromTick, toTick, 5);
  return [
    ...yTicks.map((tick) => {
      const at = round(atY(tick * y.divisor));
      return `<path d="M${margin.left} ${at}H${width - margin.right}" stroke="${palette.grid}"/><text x="${margin.left - 8}" y="${at + 4}" text-anchor="end" fill="${palette.muted}">${frame.isLog ? String(tick) : tickText(tick, yTicks)}</text>`;
    }),
    ...xTicks.map((tick) => {
      const at = round(atX(tick * x.divisor));
      const text = x.isTime ? timeText(tick, xTicks) : tickText(tick, xTicks);
      return `<path d="M${at} ${margin.top}V${bottom}" stroke="${palette.grid}"/><text x="${at}" y="${bottom + 16}" text-anchor="middle" fill="${palette.muted}">${text}</text>`;
    }),
    `<text x="${margin.left + (width - margin.left - margin.right) / 2}" y="${bottom + 32}" text-anchor="middle" fill="${palette.muted}">${escapedXml(x.isTime ? `${x.label} (UTC)` : x.label)}</text>`,
    `<text x="${margin.left}" y="${margin.top - 12}" fill="${palette.muted}">${escapedXml(y.label)}</text>`,
  ];
}

function timeText(tick: number, [first = 0, second = 1]: readonly number[]): string {
  // With tenths of a second only where ticks are closer than a second.
  const end = second - first < 1 ? 21 : 19;
  return new Date(Math.round(tick * 1000)).toISOString().slice(11, end);
}

function drawMark(mark: Mark, frame: Frame): string {
  const { palette, atX, atY } = frame;
  switch (mark.kind) {
    case "line": {
      const color = palette.tones[mark.tone];
      const points = mark.x.map((x, index) => `${round(atX(x))} ${round(atY(mark.y[index] ?? 0))}`);
      const line = `<path d="${points.length > 0 ? `M${points.join("L")}` : ""}" fill="none" stroke="${color}" stroke-width="1.5" stroke-linejoin="round"${dashText(dashes[mark.stroke])}/>`;
      if (mark.withPoints !== true) return line;
      const dots = points.map((point) => {
        const [x, y] = point.split(" ");
        return `<circle cx="${x}" cy="${y}" r="2.5" fill="${color}"/>`;
      });
      return [line, ...dots].join("");
    }
    case "band": {
      const upper = mark.x.map((x, i) => `${round(atX(x))} ${round(atY(mark.high[i] ?? 0))}`);
      const lower = mark.x
        .map((x, i) => `${round(atX(x))} ${round(atY(mark.low[i] ?? 0))}`)
        .toReversed();
      const outline = [...upper, ...lower];
      return `<path d="${outline.length > 0 ? `M${outline.join("L")}Z` : ""}" fill="${palette.tones[mark.tone]}" fill-opacity="${bandOpacity}"/>`;
    }
    case "level":
      return drawLevel(mark, frame);
    case "range": {
      const [from, to] = [round(atX(mark.fromX)), round(atX(mark.toX))];
      const { bottom } = frame;
      return `<rect x="${from}" y="${margin.top}" width="${round(to - from)}" height="${bottom - margin.top}" fill="${palette.tones[1]}" fill-opacity="${bandOpacity / 2}"/><path d="M${round(atX(mark.atX))} ${margin.top}V${bottom}" stroke="${palette.tones[1]}"${dashText(dashes.dotted)}/>`;
    }
  }
}

/** A target, with its label where it covers no line. */
function drawLevel(mark: Extract<Mark, { kind: "level" }>, frame: Frame): string {
  const { palette, width, bottom, atX, atY, marks, labels } = frame;
  const levelY = round(atY(mark.y));
  const right = width - margin.right;
  const size = { width: mark.label.length * characterWidth, height: 12 };
  const lines = marks.flatMap((each) =>
    each.kind === "line"
      ? [each.x.map((x, index) => ({ x: atX(x), y: atY(each.y[index] ?? 0) }))]
      : [],
  );
  const place = placeLevelLabel({
    frame: { left: margin.left, top: margin.top, right, bottom },
    levelY,
    ...size,
    gap: 4,
    lines: [...lines, ...labels],
  });
  labels.push(diagonalOf(place, size));
  return `<path d="M${margin.left} ${levelY}H${right}" stroke="${palette.text}" stroke-dasharray="1 3"/><text x="${round(place.x)}" y="${round(place.y) + size.height - 2}" fill="${palette.text}">${escapedXml(mark.label)}</text>`;
}

interface LegendEntry {
  mark: Exclude<Mark, { kind: "level" }>;
  label: string;
  x: number;
  line: number;
}

/** Lines with their names; bands are listed once, because each has the color of its line. Wraps at the right margin. */
function legendEntries(marks: readonly Mark[], width: number): LegendEntry[] {
  const band = marks.find((mark) => mark.kind === "band");
  const named = marks
    .filter((mark) => mark.kind === "line" || mark.kind === "range")
    .map((mark) => ({ mark, label: mark.label }));
  const listed = band === undefined ? named : [...named, { mark: band, label: bandLabel }];
  let [x, line] = [margin.left, 0];
  return listed.map(({ mark, label }) => {
    const entryWidth = 44 + label.length * characterWidth;
    if (x > margin.left && x + entryWidth > width - margin.right)
      [x, line] = [margin.left, line + 1];
    const entry = { mark, label, x, line };
    x += entryWidth;
    return entry;
  });
}

const bandLabel = "minimum to maximum";

function legend(marks: readonly Mark[], { width, bottom, palette }: Frame): string[] {
  return legendEntries(marks, width).map(({ mark, label, x, line }) => {
    const color = palette.tones[mark.kind === "range" ? 1 : mark.tone];
    const y = bottom + axisHeight + (line + 0.6) * legendLineHeight;
    const sample =
      mark.kind === "line"
        ? `<path d="M${round(x)} ${y - 4}h18" stroke="${color}" stroke-width="2"${dashText(dashes[mark.stroke])}/>`
        : `<rect x="${round(x)}" y="${y - 9}" width="18" height="9" fill="${color}" fill-opacity="${bandOpacity}"/>`;
    const text = `<text x="${round(x + 24)}" y="${y}" fill="${palette.muted}">${escapedXml(label)}</text>`;
    return sample + text;
  });
}

function dashText(dash: readonly number[]): string {
  return dash.length === 0 ? "" : ` stroke-dasharray="${dash.join(" ")}"`;
}

/** Rounds to tenths of a pixel, which keeps files small. */
function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
