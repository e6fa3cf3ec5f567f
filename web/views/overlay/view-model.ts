import type { RunDetail } from "../../../src/schema/dashboard/run-detail.ts";
import type {
  SeriesBuckets,
  SeriesDescription,
  XAxis,
} from "../../../src/schema/dashboard/run-series.ts";
import type { MetricTarget } from "../../../src/schema/run/outcome/metric-target.ts";
import { targetsOf } from "../../../src/schema/run/outcome/targets-of.ts";
import { runName } from "../../../src/schema/run/request/run-name.ts";
import { startableText } from "../../../src/report/runs/facts/origin-text.ts";
import type { ChartSpec, Mark, Stroke, Tone } from "../../charts/run/chart-spec.ts";
import { targetLevels } from "../../charts/run/target-level.ts";
import { axisOf } from "../run/charts/x-axis.ts";

/** What is shown of which runs, which is stored in the address. */
export interface OverlayView {
  runIds: readonly string[];
  /** The label of a series: `val_acc`. Empty: the first that the runs have. */
  metric: string;
  xAxis: XAxis;
  /** Weight of the earlier values in the moving average, in 0..1; 0 shows the values. */
  smoothing: number;
  isLog: boolean;
}

/** One run of the overlay. */
export interface OverlayRun {
  detail: RunDetail;
  buckets: SeriesBuckets | undefined;
}

/** The labels of all series that the runs have, in the order of the first run. */
export function metricsOf(details: readonly RunDetail[]): string[] {
  return [...new Set(details.flatMap(({ series }) => series.map(({ label }) => label)))];
}

export function seriesOfMetric(
  { series }: RunDetail,
  metric: string,
): SeriesDescription | undefined {
  return series.find(({ label }) => label === metric);
}

/**
 * An exponential moving average that starts unbiased: each value is the weighted mean of all values so far, with weights
 * that fall by `weight` per value.
 */
export function smoothed(values: readonly number[], weight: number): number[] {
  let [sum, total] = [0, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    sum = sum * weight + value;
    total = total * weight + 1;
    return sum / total;
  });
}

const tones: readonly Tone[] = [1, 2, 3, 4, 5];
const strokes: readonly Stroke[] = ["solid", "dashed", "long-dashed", "dash-dotted", "dotted"];

/** One metric of all runs. A line and, with smoothing, its average instead. */
export function overlayChart(runs: readonly OverlayRun[], view: OverlayView): ChartSpec {
  const present = runs.flatMap(({ detail, buckets }) =>
    buckets === undefined || buckets.x.length === 0 ? [] : [{ detail, buckets }],
  );
  const marks = present.map(({ detail, buckets }, index): Mark => {
    const values = buckets.median ?? buckets.last;
    return {
      kind: "line",
      label: runLabel(detail),
      tone: tones[index % tones.length] ?? 1,
      stroke: strokes[Math.floor(index / tones.length) % strokes.length] ?? "solid",
      x: buckets.x,
      y: view.smoothing === 0 ? values : smoothed(values, view.smoothing),
    };
  });
  const levels = targetLevels(present.flatMap(({ detail }) => targetsShown(detail, view)));
  const note = view.smoothing === 0 ? "" : `, smoothed (${view.smoothing})`;
  return {
    name: "overlay",
    title: `${view.metric}${note}`,
    x: axisOf[view.xAxis],
    y: {
      label: view.metric,
      unit: present[0]?.buckets.unit ?? "",
      ...(view.isLog ? { isLog: true } : {}),
    },
    marks: [...levels, ...marks],
  };
}

/** The targets that a run has for the metric. A logarithmic axis has no place for those of 0 and below. */
function targetsShown(
  { request, progress, result }: RunDetail,
  { metric, isLog }: OverlayView,
): MetricTarget[] {
  const requested = targetsOf(request);
  // A log can state its target itself.
  const stated = progress.target ?? result?.target;
  const targets = requested.length > 0 || stated === undefined ? requested : [stated];
  return targets.filter((target) => target.metric === metric && !(isLog && target.value <= 0));
}

/** The runs without the metric. */
export function runsWithout(details: readonly RunDetail[], metric: string): string[] {
  return details.filter((detail) => seriesOfMetric(detail, metric) === undefined).map(runLabel);
}

export function runLabel({ request }: RunDetail): string {
  const { series, seed } = request;
  return `${runName(request)} ${series.id.slice(-4)}, seed ${seed}`;
}

/** Fields of configuration and environment in which the runs differ, with the value of each run. */
export function differingFacts(
  details: readonly RunDetail[],
): { field: string; values: string[] }[] {
  const facts = details.map(factsOf);
  const fields = [...new Set(facts.flatMap((each) => [...each.keys()]))];
  return fields
    .map((field) => ({ field, values: facts.map((each) => each.get(field) ?? "") }))
    .filter(({ values }) => new Set(values).size > 1);
}

function factsOf({ request }: RunDetail): Map<string, string> {
  const { startable, environment, system, labels, limits, target, price, reading } = request;
  const facts = new Map<string, string>([
    ["command", startableText(startable).replaceAll("`", "")],
    ["seed", String(request.seed)],
  ]);
  const groups = { environment, system, limits, target, price, reading, tags: labels?.tags ?? {} };
  for (const [group, fields] of Object.entries(groups)) addFields(facts, group, fields);
  if (startable.kind === "imported") addFields(facts, "settings", startable.origin.settings);
  if (startable.kind === "command") addFields(facts, "variables", startable.env);
  return facts;
}

function addFields(facts: Map<string, string>, path: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== "object" || value === null) {
    facts.set(path, typeof value === "string" ? value : JSON.stringify(value));
    return;
  }
  for (const [name, part] of Object.entries(value)) addFields(facts, `${path}.${name}`, part);
}
