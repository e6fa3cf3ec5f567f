import { chartCsv } from "../run/chart-rows.ts";
import type { ChartSpec } from "../run/chart-spec.ts";
import { drawSvg } from "./draw-svg.ts";
import { paperPalette, type Palette } from "../palette.ts";

/** The file formats of a saved chart. */
export const chartFileKinds = ["svg", "png", "csv"] as const;
export type ChartFileKind = (typeof chartFileKinds)[number];

/** Downloads a chart as a file. A PNG shows the canvas as displayed; an SVG uses the light theme. */
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

/** Downloads a file. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // By then the browser has read the content.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Encodes a canvas as PNG, with a title and the background color of the page. */
export async function pngOf(
  title: string,
  drawn: HTMLCanvasElement,
  palette: Palette,
): Promise<Blob> {
  const head = 28 * devicePixelRatio;
  const target = document.createElement("canvas");
  target.width = drawn.width;
  target.height = drawn.height + head;
  const context = target.getContext("2d");
  if (context === null) throw new Error("this browser does not support canvas");
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, target.width, target.height);
  context.fillStyle = palette.text;
  context.font = `600 ${13 * devicePixelRatio}px system-ui, sans-serif`;
  context.fillText(title, 10 * devicePixelRatio, 19 * devicePixelRatio);
  context.drawImage(drawn, 0, head);
  return new Promise((resolve, reject) => {
    target.toBlob((blob) =>
      blob === null ? reject(new Error("could not create the PNG")) : resolve(blob),
    );
  });
}
