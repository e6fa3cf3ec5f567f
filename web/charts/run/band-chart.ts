import type { SeriesBuckets } from "../../../src/schema/dashboard/run-series.ts";
import type { ChartSpec, Mark, Stroke, Tone } from "./chart-spec.ts";

/** How one series of a chart is told apart from the others. */
export interface BandLook {
  buckets: SeriesBuckets | undefined;
  label: string;
  tone: Tone;
  stroke: Stroke;
}

/** What a chart of bands is called. */
export interface BandChartNames {
  name: string;
  title: string;
  /** Of y. */
  label: string;
  includesZero?: boolean;
}

/** Series as lines, each over the band between its least and greatest value at each x. */
export function bandChart(
  names: BandChartNames,
  x: ChartSpec["x"],
  looks: readonly BandLook[],
): ChartSpec {
  const there = looks.filter(({ buckets }) => (buckets?.x.length ?? 0) > 0);
  const bands = there.filter(({ buckets }) => buckets !== undefined && hasWidth(buckets));
  const marks: Mark[] = [...bands.map(bandOf), ...there.map(lineOf)];
  return {
    name: names.name,
    title: names.title,
    x,
    y: {
      label: names.label,
      unit: there[0]?.buckets?.unit ?? "",
      ...(names.includesZero === undefined ? {} : { includesZero: names.includesZero }),
    },
    marks,
  };
}

/** Buckets of one point each have no band to draw. */
function hasWidth({ count }: SeriesBuckets): boolean {
  return count.some((points) => points > 1);
}

function bandOf({ buckets, label, tone }: BandLook): Mark {
  return {
    kind: "band",
    label: `${label}, least to greatest`,
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
