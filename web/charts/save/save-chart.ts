import { chartCsv } from "../run/chart-rows.ts";
import type { ChartSpec } from "../run/chart-spec.ts";
import { drawSvg } from "./draw-svg.ts";
import { paperPalette } from "../palette.ts";
import { pngOfSvg } from "./png-of-svg.ts";
import { saveFile } from "./save-file.ts";

/** The file formats of a saved chart. */
export const chartFileKinds = ["svg", "png", "csv"] as const;
export type ChartFileKind = (typeof chartFileKinds)[number];

/** Downloads a chart as a file in the light theme, with the name of what it shows, its axes and its legend. */
export async function saveChart(
  spec: ChartSpec,
  kind: ChartFileKind,
  subject: string | undefined,
): Promise<void> {
  const name = `${subject === undefined ? "" : `${subject}-`}${spec.name}.${kind}`;
  const title = subject === undefined ? spec.title : `${subject}: ${spec.title}`;
  const svg = (): string => drawSvg({ ...spec, title }, paperPalette);
  switch (kind) {
    case "svg":
      saveFile(name, new Blob([svg()], { type: "image/svg+xml" }));
      return;
    case "csv":
      saveFile(name, new Blob([chartCsv(spec)], { type: "text/csv" }));
      return;
    case "png":
      saveFile(name, await pngOfSvg(svg()));
  }
}
