import type { RunDetail } from "../../../../src/schema/dashboard/run-detail.ts";
import {
  metricSeries,
  type SeriesDescription,
  type XAxis,
} from "../../../../src/schema/dashboard/run-series.ts";
import { targetsOf } from "../../../../src/schema/run/outcome/targets-of.ts";
import type { ChartSpec } from "../../../charts/run/chart-spec.ts";
import { metricChart } from "../../../charts/run/metric-chart.ts";
import { lossChart } from "../../../charts/run/loss-chart.ts";
import { machineChart, machineSeries } from "../../../charts/run/machine-chart.ts";
import { networkChart, networkSeries } from "../../../charts/run/network-chart.ts";
import { energyChart, powerChart } from "../../../charts/run/power-chart.ts";
import { qualityChart } from "../../../charts/run/quality-chart.ts";
import { stepParts, stepPhasesChart, stepTimeChart } from "../../../charts/run/step-time-chart.ts";
import { throughputChart } from "../../../charts/run/throughput-chart.ts";
import type { PlacedSeries } from "./shown-series.ts";
import { expectedCrossing } from "../view-model.ts";
import { axisOf } from "./x-axis.ts";

/** A chart of the run page. */
export interface RunChart {
  spec: ChartSpec;
  isWide: boolean;
  /** Source of the figures, shown next to the title. */
  note: string | undefined;
  whenEmpty: { text: string; command?: string };
}

const noEvaluations = "No evaluations in the output";
const noTarget: RunChart["whenEmpty"] = {
  text: noEvaluations,
  command: "pitwall run --metric 'val_acc=(\\S+)' --target 'val_acc>=0.94' -- …",
};

/** The charts of a run in order. Machine charts are included only if they have data. */
export function runCharts(detail: RunDetail, { xAxis, byName }: PlacedSeries): RunChart[] {
  const x = sharedAxis(xAxis, byName);
  const target = detail.progress.target ?? detail.result?.target ?? detail.request.target;
  const parts = Object.fromEntries(
    stepParts.flatMap((part) => {
      const buckets = byName.get(part);
      return buckets === undefined ? [] : [[part, buckets] as const];
    }),
  );
  const crossing = expectedCrossing(detail, xAxis);
  const power = powerSource(detail.series);
  return [
    {
      spec: qualityChart(byName.get("quality"), x, { target, crossing }),
      isWide: true,
      note: undefined,
      whenEmpty: target === undefined ? noTarget : { text: noEvaluations },
    },
    {
      spec: lossChart(byName.get("loss"), x),
      isWide: false,
      note: undefined,
      whenEmpty: { text: "No loss in the output" },
    },
    {
      spec: throughputChart(byName.get("samplesPerSecond"), x, detail.result?.samplesPerSecond),
      isWide: false,
      note: undefined,
      whenEmpty: { text: "The program has not reported sample counts" },
    },
    {
      spec: stepTimeChart(parts, x),
      isWide: false,
      note: detail.ranks.length > 1 ? `over ${detail.ranks.length} ranks` : undefined,
      whenEmpty: {
        text: "No rank has reported step times",
        command: "pitwall run digits --workers 2",
      },
    },
    ...phaseCharts(detail, { xAxis, byName }),
    {
      spec: powerChart(byName.get("powerWatts"), x, power),
      isWide: false,
      note: power.note,
      whenEmpty: { text: "Not enough power readings" },
    },
    {
      spec: energyChart(byName.get("energyJoules"), x, power),
      isWide: false,
      note: power.note,
      whenEmpty: { text: "Not enough energy readings" },
    },
    ...metricCharts(detail, { xAxis, byName }),
    ...machineCharts(detail, { xAxis, byName }),
    ...networkCharts(detail, { xAxis, byName }),
  ];
}

/** Only for programs that report the phases of a step. */
function phaseCharts({ series, ranks }: RunDetail, { xAxis, byName }: PlacedSeries): RunChart[] {
  if (!series.some(({ name }) => name === "forwardMs")) return [];
  return [
    {
      spec: stepPhasesChart(byName, sharedAxis(xAxis, byName)),
      isWide: false,
      note: ranks.length > 1 ? `over ${ranks.length} ranks` : undefined,
      whenEmpty: { text: "No phases of steps on this axis" },
    },
  ];
}

function metricCharts({ series, request }: RunDetail, { xAxis, byName }: PlacedSeries): RunChart[] {
  const x = sharedAxis(xAxis, byName);
  return series
    .filter(({ name }) => metricSeries.some((each) => each === name))
    .map((description) => ({
      spec: metricChart(description, byName.get(description.name), x, targetsOf(request)),
      isWide: false,
      note: description.note,
      whenEmpty: { text: `No values of ${description.label} on this axis` },
    }));
}

function machineCharts({ series }: RunDetail, { xAxis, byName }: PlacedSeries): RunChart[] {
  return series
    .filter(({ name }) => machineSeries.some((each) => each === name))
    .map((description) => ({
      spec: machineChart(description, byName.get(description.name), sharedAxis(xAxis, byName)),
      isWide: false,
      note: description.note,
      whenEmpty: { text: "Not enough measurements" },
    }));
}

function networkCharts({ series }: RunDetail, { xAxis, byName }: PlacedSeries): RunChart[] {
  const description = series.find(({ name }) => networkSeries.some((each) => each === name));
  if (description === undefined) return [];
  const [received, sent] = networkSeries.map((name) => byName.get(name));
  return [
    {
      spec: networkChart({ received, sent }, sharedAxis(xAxis, byName)),
      isWide: false,
      note: description.note,
      whenEmpty: { text: "Not enough measurements" },
    },
  ];
}

/** The axis over the range of all series. */
function sharedAxis(xAxis: XAxis, byName: PlacedSeries["byName"]): ChartSpec["x"] {
  const ends = [...byName.values()]
    .flatMap(({ x }) => [x.at(0), x.at(-1)])
    .filter((end) => end !== undefined);
  if (ends.length === 0) return axisOf[xAxis];
  return { ...axisOf[xAxis], atLeast: [Math.min(...ends), Math.max(...ends)] };
}

/** Whether power is measured, from the note of its series. */
function powerSource(series: readonly SeriesDescription[]): {
  isMeasured: boolean;
  note: string | undefined;
} {
  const note = series.find(({ name }) => name === "powerWatts" || name === "energyJoules")?.note;
  return { isMeasured: note?.startsWith("measured") === true, note };
}
