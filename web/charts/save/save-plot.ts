import type { Palette } from "../palette.ts";
import { pngOfSvg } from "./png-of-svg.ts";
import { saveFile } from "./save-file.ts";

/** A standalone SVG file of a drawing with a title. */
export function svgFile(title: string, svg: SVGSVGElement, palette: Palette): string {
  const [width, height] = [Number(svg.getAttribute("width")), Number(svg.getAttribute("height"))];
  const head = 32;
  const root = svg.ownerDocument.createElementNS("http://www.w3.org/2000/svg", "svg");
  const make = (name: string, looks: Readonly<Record<string, string | number>>): SVGElement => {
    const element = svg.ownerDocument.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(looks)) element.setAttribute(key, String(value));
    root.append(element);
    return element;
  };
  root.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(height + head));
  root.setAttribute("viewBox", `0 0 ${width} ${height + head}`);
  make("title", {}).textContent = title;
  make("rect", { width, height: height + head, fill: palette.surface });
  make("text", {
    x: 14,
    y: 21,
    "font-family": "system-ui, sans-serif",
    "font-size": 14,
    "font-weight": 600,
    fill: palette.text,
  }).textContent = title;
  const drawing = svg.cloneNode(true);
  if (drawing instanceof SVGSVGElement) drawing.setAttribute("y", String(head));
  root.append(drawing);
  return `${new XMLSerializer().serializeToString(root)}\n`;
}

export function saveSvg(
  { name, title }: { name: string; title: string },
  svg: SVGSVGElement,
  palette: Palette,
): void {
  const content = new Blob([svgFile(title, svg, palette)], { type: "image/svg+xml" });
  saveFile(`${name}.svg`, content);
}

/** Saves the drawing with its title at twice its size. */
export async function savePng(
  { name, title }: { name: string; title: string },
  svg: SVGSVGElement,
  palette: Palette,
): Promise<void> {
  saveFile(`${name}.png`, await pngOfSvg(svgFile(title, svg, palette)));
}
