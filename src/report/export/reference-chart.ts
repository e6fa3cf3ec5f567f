import { formatCount } from "../../foundation/numbers/units.ts";
import type { ReferenceCurve, SubmittedPoint } from "../../schema/logs/reference-curve.ts";
import { amountText } from "../logs/reference-page.ts";
import { axisTicks } from "./axis-ticks.ts";
import { html, type HtmlText } from "./html-text.ts";

/** Width of the file, and of the drawing where a page has room for it. */
const fileWidth = 820;
/** Height above the legend. */
const height = 412;
const margin = { top: 44, right: 24, bottom: 56, left: 92 };
const legendRowHeight = 24;
/** Two labels of the batch size need this many user units between them. */
const labelSpace = 64;

/**
 * The reference convergence points of a benchmark, and results beside them, as an SVG file.
 *
 * @param look `isInPage`: without colors and ground, which the style sheet of a page gives its classes. Default false.
 *   `width`: in user units, which a narrow page draws as pixels, so that texts stay legible
 */
export function referenceChart(
  curve: ReferenceCurve,
  { isInPage = false, width = fileWidth } = {},
): string {
  const { benchmark, edition, unit, points, submitted } = curve;
  const scale = scaleOf(curve, width);
  const legend = legendRows(submitted.length > 0, width);
  const fullHeight = height + legend.length * legendRowHeight + 4;
  const shortTitle = `${benchmark}, ${edition}`;
  const title = `${shortTitle}: ${unit} to converge by batch size`;
  const chart = html`<svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox="0 0 ${width} ${fullHeight}"
    width="${width}"
    height="${fullHeight}"
    role="img"
    aria-label="${title}"
  >
    <title>${title}</title>
    ${isInPage ? undefined : fileLook({ width, height: fullHeight })}
    <text class="title" x="${legendLeft(width)}" y="24">
      ${width < fileWidth ? shortTitle : title}
    </text>

    ${legendMarks(legend, width)} ${axes(curve, scale)} ${limitMarks(curve, scale)}
    ${meanLine(curve, scale)} ${points.map((point) => pointMarks(point, scale))}
    ${submitted.map((point) => submittedMarks(point, scale))}
  </svg>`;
  return `${chart.markup}\n`;
}

function fileLook(file: { width: number; height: number }): HtmlText {
  return html`<style>
      ${chartStyle}
    </style>
    <rect class="ground" width="${file.width}" height="${file.height}" />`;
}

// Colors of the exported page; `prefers-color-scheme` also applies to SVG files.
const chartStyle = `
svg { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
.ground { fill: #ffffff; } text { fill: #56606c; } .title { fill: #14181d; font-size: 15px; font-weight: 600; }
.grid { stroke: #e6e9ed; } .axis { stroke: #aab2bb; } .rejected { fill: #c01c28; fill-opacity: 0.07; }
.limit { fill: none; stroke: #c01c28; stroke-width: 1.6; stroke-dasharray: 6 4; }
.mean { fill: none; stroke: #1f6fb5; stroke-width: 1.8; } .run { fill: #1f6fb5; fill-opacity: 0.3; }
.point { fill: #1f6fb5; } .unused { fill: #ffffff; stroke: #1f6fb5; stroke-width: 1.6; }
.passes { fill: #0f7a43; } .fails { fill: #c01c28; }
@media (prefers-color-scheme: dark) {
.ground { fill: #11161b; } text { fill: #93a0ad; } .title { fill: #e8edf2; } .grid { stroke: #1b232b; } .axis { stroke: #4a5662; }
.rejected { fill: #ff7b72; } .limit { stroke: #ff7b72; } .mean { stroke: #62b0f0; } .run, .point { fill: #62b0f0; }
.unused { fill: #11161b; stroke: #62b0f0; } .passes { fill: #3fcf8a; } .fails { fill: #ff7b72; }
}
`;

interface Scale {
  width: number;
  x: (batchSize: number) => number;
  y: (amount: number) => number;
  yTicks: readonly number[];
}

function scaleOf({ points, submitted, checked }: ReferenceCurve, width: number): Scale {
  const all = [...points, ...submitted];
  const amounts = [
    ...all.flatMap((point) => [...point.amounts, point.mean ?? []].flat()),
    ...checked.map(({ smallestAcceptableMean }) => smallestAcceptableMean),
  ];
  const batchSizes = all.map(({ globalBatchSize }) => Math.log(globalBatchSize));
  const [xFrom, xTo] = padded(Math.min(...batchSizes), Math.max(...batchSizes));
  const [yFrom, yTo] = padded(Math.min(...amounts), Math.max(...amounts));
  const plotWidth = width - margin.left - margin.right;
  const plotHeight = height - margin.top - margin.bottom;
  return {
    width,
    x: (batchSize) => margin.left + ((Math.log(batchSize) - xFrom) / (xTo - xFrom)) * plotWidth,
    y: (amount) => margin.top + plotHeight - ((amount - yFrom) / (yTo - yFrom)) * plotHeight,
    yTicks: axisTicks(yFrom, yTo, 6),
  };
}

/** Marks do not touch the frame; a single value gets a range around it. */
function padded(from: number, to: number): [number, number] {
  const pad = to > from ? (to - from) * 0.07 : Math.max(Math.abs(to) * 0.1, 0.1);
  return [from - pad, to + pad];
}

interface LegendEntry {
  width: number;
  mark: (x: number, y: number) => HtmlText;
  text: string;
}

/** The entries of the legend, in as many rows as they need. */
function legendRows(hasResults: boolean, width: number): LegendEntry[][] {
  const entries: readonly LegendEntry[] = [
    { width: 120, mark: circle("run", 3.5), text: "reference run" },
    { width: 136, mark: circle("point", 4.5), text: "mean, as checked" },
    { width: 130, mark: circle("unused", 4.5), text: "mean, not used" },
    {
      width: 152,
      mark: (x, y) => html`<path class="limit" d="M${x - 8} ${y}H${x + 8}" />`,
      text: "below: not accepted",
    },
    ...(hasResults
      ? [
          {
            width: 120,
            mark: (x: number, y: number) => diamond(x, y, "passes"),
            text: "result, its mean",
          },
        ]
      : []),
  ];
  const rows: LegendEntry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const row = rows.at(-1);
    if (row === undefined || room < entry.width) {
      rows.push([entry]);
      room = width - legendLeft(width) - entry.width;
    } else {
      row.push(entry);
      room -= entry.width;
    }
  }
  return rows;
}

function circle(kind: string, radius: number): LegendEntry["mark"] {
  return (x, y) => html`<circle class="${kind}" cx="${x}" cy="${y}" r="${radius}" />`;
}

/** Below the plot, or from the left edge if the drawing is narrow. */
function legendLeft(width: number): number {
  return width < fileWidth ? 20 : margin.left;
}

function legendMarks(rows: readonly (readonly LegendEntry[])[], width: number): HtmlText {
  const marks = rows.flatMap((row, index) => {
    const y = height + index * legendRowHeight + 10;
    let x = legendLeft(width);
    return row.map((entry) => {
      const at = x;
      x += entry.width;
      return html`${entry.mark(at, y)}<text x="${at + 14}" y="${y}" dy="0.35em"
          >${entry.text}</text
        >`;
    });
  });
  return html`${marks}`;
}

function axes({ unit, points, submitted }: ReferenceCurve, scale: Scale): HtmlText {
  const bottom = height - margin.bottom;
  const right = scale.width - margin.right;
  const rows = scale.yTicks.map((tick) => {
    const y = place(scale.y(tick));
    return html`<line class="grid" x1="${margin.left}" x2="${right}" y1="${y}" y2="${y}" /><text
        x="${margin.left - 8}"
        y="${y}"
        dy="0.32em"
        text-anchor="end"
        >${amountText(tick)}</text
      >`;
  });
  const batchSizes = [...points, ...submitted].map(({ globalBatchSize }) => globalBatchSize);
  const columns = spaced([...new Set(batchSizes)], scale).map(
    (batchSize) =>
      html`<text x="${place(scale.x(batchSize))}" y="${bottom + 17}" text-anchor="middle"
        >${formatCount(batchSize)}</text
      >`,
  );
  const middle = (margin.top + bottom) / 2;
  return html`${rows}<path class="axis" d="M${margin.left} ${bottom}H${right}" />${columns}<text
      x="${(margin.left + right) / 2}"
      y="${bottom + 38}"
      text-anchor="middle"
      >global batch size (logarithmic)</text
    ><text transform="translate(18 ${middle}) rotate(-90)" text-anchor="middle"
      >${unit} to converge</text
    >`;
}

/** As many of the batch sizes as can be labeled side by side, ascending. */
function spaced(batchSizes: readonly number[], scale: Scale): number[] {
  const kept: number[] = [];
  for (const batchSize of batchSizes.toSorted((a, b) => a - b)) {
    const before = kept.at(-1);
    if (before === undefined || scale.x(batchSize) - scale.x(before) >= labelSpace)
      kept.push(batchSize);
  }
  return kept;
}

function limitMarks({ checked }: ReferenceCurve, scale: Scale): HtmlText {
  const places = checked.map(({ globalBatchSize, smallestAcceptableMean }) =>
    [scale.x(globalBatchSize), scale.y(smallestAcceptableMean)].map(place),
  );
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined) return html``;
  // A single reference point gives a limit at one batch size only.
  if (places.length === 1)
    return html`<path class="limit" d="M${Number(first[0]) - 16} ${first[1]}h32" />`;
  const line = places.map(([x, y]) => `${x} ${y}`).join("L");
  const bottom = height - margin.bottom;
  return html`<path
      class="rejected"
      d="M${line}L${last[0]} ${bottom}L${first[0]} ${bottom}Z"
    /><path class="limit" d="M${line}" />`;
}

/** The check interpolates in the batch size, which is not a straight line on a logarithmic axis. */
function meanLine({ checked }: ReferenceCurve, scale: Scale): HtmlText {
  const places = checked.map(
    ({ globalBatchSize, referenceMean }) =>
      `${place(scale.x(globalBatchSize))} ${place(scale.y(referenceMean))}`,
  );
  return html`<path class="mean" d="M${places.join("L")}" />`;
}

function pointMarks(
  { name, globalBatchSize, amounts, mean, isUsed }: ReferenceCurve["points"][number],
  scale: Scale,
): HtmlText {
  const x = place(scale.x(globalBatchSize));
  return html`<g
    ><title>${name}: ${amountText(mean)} at batch size ${formatCount(globalBatchSize)}</title
    >${amounts.map(
      (amount) => html`<circle class="run" cx="${x}" cy="${place(scale.y(amount))}" r="3.5" />`,
    )}<circle class="${isUsed ? "point" : "unused"}" cx="${x}" cy="${place(scale.y(mean))}" r="4.5"
  /></g>`;
}

function submittedMarks(
  { folder, globalBatchSize, mean, outcome }: SubmittedPoint,
  scale: Scale,
): HtmlText {
  if (mean === undefined) return html``;
  const mark = diamond(
    scale.x(globalBatchSize),
    scale.y(mean),
    outcome === "passes" ? "passes" : "fails",
  );
  return html`<g
    ><title>${folder}: ${amountText(mean)}, ${outcome.replaceAll("-", " ")}</title>${mark}</g
  >`;
}

function diamond(x: number, y: number, kind: "passes" | "fails"): HtmlText {
  return html`<path class="${kind}" d="M${place(x - 7)} ${place(y)}l7 -7l7 7l-7 7Z" />`;
}

function place(value: number): string {
  return value.toFixed(1);
}
