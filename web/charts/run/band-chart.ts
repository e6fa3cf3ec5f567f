import type { SeriesBuckets } from "../../../src/schema/dashboard/run-series.ts";
import type { ChartSpec, Mark, Stroke, Tone } from "./chart-spec.ts";

/** One series of a chart and how it is drawn. */
export interface BandLook {
  buckets: SeriesBuckets | undefined;
  label: string;
  tone: Tone;
  stroke: Stroke;
}

/** The names of a band chart. */
export interface BandChartNames {
  name: string;
  title: string;
  /** Label of the y axis. */
  label: string;
  includesZero?: boolean;
}

/** Series as lines, each over a band from its minimum to its maximum at each x. */
export function bandChart(
  names: BandChartNames,
  x: ChartSpec["x"],
  looks: readonly BandLook[],
): ChartSpec {
  const present = looks.filter(({ buckets }) => (buckets?.x.length ?? 0) > 0);
  const bands = present.filter(({ buckets }) => buckets !== undefined && hasWidth(buckets));
  const marks: Mark[] = [...bands.map(bandOf), ...present.map(lineOf)];
  return {
    name: names.name,
    title: names.title,
    x,
    y: {
      label: names.label,
      unit: present[0]?.buckets?.unit ?? "",
      ...(names.includesZero === undefined ? {} : { includesZero: names.includesZero }),
    },
    marks,
  };
}

/** Buckets with one point each have no band. */
function hasWidth({ count }: SeriesBuckets): boolean {
  return count.some((points) => points > 1);
}

function bandOf({ buckets, label, tone }: BandLook): Mark {
  return {
    kind: "band",
    label: `${label}, minimum to maximum`,
    tone,
    x: buckets?.x ?? [],
    low: buckets?.min ?? [],
    high: buckets?.max ?? [],
  };
}

function lineOf({ buckets, label, tone, stroke }: BandLook): Mark {
  const { x = [], last = [], median } = buckets ?? {};
  return {
    kind: "line",
    label: median === undefined ? label : `${label}, median`,
    tone,
    stroke,
    x,
    y: median ?? last,
  };
}
