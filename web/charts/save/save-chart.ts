import { chartCsv } from "../run/chart-rows.ts";
import type { ChartSpec } from "../run/chart-spec.ts";
import { drawSvg } from "./draw-svg.ts";
import { paperPalette, type Palette } from "../palette.ts";

/** What a chart can be saved as. */
export const chartFileKinds = ["svg", "png", "csv"] as const;
export type ChartFileKind = (typeof chartFileKinds)[number];

/** Saves a chart into the reader's downloads. A PNG is the canvas as it is seen; an SVG is drawn for paper. */
export async function saveChart(
  spec: ChartSpec,
  kind: ChartFileKind,
  screen: { canvas: HTMLCanvasElement; palette: Palette },
): Promise<void> {
  const name = `${spec.name}.${kind}`;
  switch (kind) {
    case "svg":
      saveFile(name, new Blob([drawSvg(spec, paperPalette)], { type: "image/svg+xml" }));
      return;
    case "csv":
      saveFile(name, new Blob([chartCsv(spec)], { type: "text/csv" }));
      return;
    case "png":
      saveFile(name, await pngOf(spec.title, screen.canvas, screen.palette));
  }
}

/** Hands a file to the reader's downloads. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has its own hold on the content by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A canvas with its title above and the page's colour behind it. */
export async function pngOf(
  title: string,
  drawn: HTMLCanvasElement,
  palette: Palette,
): Promise<Blob> {
  const head = 28 * devicePixelRatio;
  const whole = document.createElement("canvas");
  whole.width = drawn.width;
  whole.height = drawn.height + head;
  const context = whole.getContext("2d");
  if (context === null) throw new Error("this browser does not support canvas");
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, whole.width, whole.height);
  context.fillStyle = palette.text;
  context.font = `600 ${13 * devicePixelRatio}px system-ui, sans-serif`;
  context.fillText(title, 10 * devicePixelRatio, 19 * devicePixelRatio);
  context.drawImage(drawn, 0, head);
  return new Promise((resolve, reject) => {
    whole.toBlob((blob) =>
      blob === null ? reject(new Error("could not create the PNG")) : resolve(blob),
    );
  });
}
