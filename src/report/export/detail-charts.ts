import type { ExportedRun } from "../../schema/run/exported-run.ts";
import { targetsOf } from "../../schema/run/outcome/targets-of.ts";
import { formatTarget } from "../../schema/run/outcome/target-text.ts";
import type { TelemetrySeries } from "../../schema/run/measured/telemetry-series.ts";
import { chartLegend } from "./chart-legend.ts";
import { type ChartLine, curveChart, type CurveChart } from "./curve-chart.ts";
import { html, type HtmlText } from "./html-text.ts";
import { timeAxis } from "./time-axis.ts";

/** In user units: the charts are about as wide on a phone as in a column of a wide page. */
const chartWidth = 300;
/** Lines of one chart; more cannot be told apart. */
const maximumLines = 12;

/** Small charts of the metrics other than that of the first target, and of the telemetry. */
export function detailCharts(runs: readonly ExportedRun[]): HtmlText {
  return html`${chartGroup("Other metrics", metricCharts(runs))}${chartGroup(
    "System and steps",
    telemetryCharts(runs),
  )}`;
}

function chartGroup(heading: string, charts: readonly CurveChart[]): HtmlText | undefined {
  if (charts.length === 0) return undefined;
  return html`<section>
    <h3>${heading}</h3>
    <div class="charts">${charts.map(figure)}</div>
  </section>`;
}

function figure(chart: CurveChart): HtmlText {
  const lines = chart.lines.slice(0, maximumLines);
  const omitted = chart.lines.length - lines.length;
  return html`<figure>
    <h4>${chart.yLabel}</h4>
    ${curveChart({ ...chart, lines }, chartWidth)}
    ${lines.length === 1 ? undefined : chartLegend(lines)}
    ${omitted === 0 ? undefined : html`<p class="note">${omitted} more are not shown.</p>`}
  </figure>`;
}

/** Times are in milliseconds. */
interface NamedLine {
  name: string;
  line: ChartLine;
}

function metricCharts(runs: readonly ExportedRun[]): CurveChart[] {
  const lines = runs.flatMap((run) =>
    run.curves.map(({ metric, clockMs, values }): NamedLine => {
      const points = values.map((y, index) => ({ x: clockMs[index] ?? 0, y }));
      return { name: metric, line: { label: runLabel(run), points } };
    }),
  );
  const targets = new Map(
    runs.flatMap(({ request }) =>
      targetsOf(request).map((target) => [target.metric, target] as const),
    ),
  );
  return chartsOf(lines, "time", (name) => {
    const target = targets.get(name);
    return target === undefined ? undefined : { y: target.value, label: formatTarget(target) };
  });
}

/** One chart for each quantity, with a line for each run, host, device and rank. */
function telemetryCharts(runs: readonly ExportedRun[]): CurveChart[] {
  const lines = runs.flatMap((run) => {
    const launchedMs = run.result?.clock.launchedMs ?? run.request.createdMs;
    return run.telemetry.map((series): NamedLine => {
      const points = series.values.map((y, index) => ({
        x: (series.timeMs[index] ?? launchedMs) - launchedMs,
        y: y * (shownUnit(series)?.factor ?? 1),
      }));
      const label = [runs.length > 1 ? runLabel(run) : "", placeOf(series)];
      return {
        name: quantityOf(series),
        line: { label: label.filter((part) => part !== "").join(", "), points },
      };
    });
  });
  return chartsOf(lines, "time since launch");
}

/** How the unit at the end of a name is shown. */
const shownUnits = [
  { ending: /_bytes$/u, unit: "MB", factor: 1e-6 },
  { ending: /_fraction$/u, unit: "%", factor: 100 },
  { ending: /_watts$/u, unit: "W", factor: 1 },
  { ending: /_ms$/u, unit: "ms", factor: 1 },
] as const;

function shownUnit({ name }: TelemetrySeries): (typeof shownUnits)[number] | undefined {
  return shownUnits.find(({ ending }) => ending.test(name));
}

/** `accelerator power (W)`. */
function quantityOf(series: TelemetrySeries): string {
  const unit = shownUnit(series);
  const words = (unit === undefined ? series.name : series.name.replace(unit.ending, ""))
    .replaceAll("_", " ")
    .replace(/^cpu/u, "CPU");
  const isOfAccelerator = series.kind === "system" && series.device?.startsWith("accelerator");
  const name = isOfAccelerator === true ? `accelerator ${words}` : words;
  const perStep = series.kind === "step" ? `${name} of a step` : name;
  return unit === undefined ? perStep : `${perStep} (${unit.unit})`;
}

function placeOf(series: TelemetrySeries): string {
  if (series.kind === "step") return `rank ${series.rank}`;
  return [series.host, series.device].filter((part) => part !== undefined).join(", ");
}

function runLabel({ request: { series, seed } }: ExportedRun): string {
  return `run ${series.index}, seed ${seed}`;
}

function chartsOf(
  lines: readonly NamedLine[],
  axisName: string,
  targetOf: (name: string) => CurveChart["target"] = () => undefined,
): CurveChart[] {
  const names = [...new Set(lines.map(({ name }) => name))];
  return names.map((name) => {
    const own = lines.filter((one) => one.name === name).map(({ line }) => line);
    const ends = own.map(({ points }) => points.at(-1)?.x ?? 0);
    const { unit, unitMs } = timeAxis(Math.max(...ends));
    return {
      title: `${name} over time`,
      xLabel: `${axisName} (${unit})`,
      yLabel: name,
      lines: own.map(({ label, points }) => ({
        label,
        points: points.map(({ x, y }) => ({ x: Math.max(0, x / unitMs), y })),
      })),
      target: targetOf(name),
    };
  });
}
