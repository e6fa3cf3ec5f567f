import type { Palette } from "../palette.ts";
import { pngOf, saveFile } from "./save-chart.ts";

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

/** Saves the drawing as displayed. */
export async function savePng(
  { name, title }: { name: string; title: string },
  svg: SVGSVGElement,
  palette: Palette,
): Promise<void> {
  saveFile(`${name}.png`, await pngOf(title, drawOnCanvas(svg), palette));
}

/**
 * Draws an SVG of the page on a canvas, element by element: an image made from its source would need an exception in the
 * content security policy.
 */
export function drawOnCanvas(svg: SVGSVGElement): HTMLCanvasElement {
  const scale = Math.max(2, devicePixelRatio);
  const { width, height } = svg.getBoundingClientRect();
  const canvas = svg.ownerDocument.createElement("canvas");
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser does not support canvas");
  for (const element of svg.querySelectorAll<SVGGraphicsElement>(
    "path, line, rect, circle, text",
  )) {
    const place = element.getCTM();
    const look = getComputedStyle(element);
    if (place === null || look.visibility === "hidden" || element.closest("defs") !== null)
      continue;
    context.setTransform(
      new DOMMatrix([scale, 0, 0, scale, 0, 0]).multiply(DOMMatrix.fromMatrix(place)),
    );
    context.globalAlpha = opacityOf(element, svg);
    if (element instanceof SVGTextElement) paintText(context, element, look);
    else paintShape(context, shapeOf(element), look);
  }
  return canvas;
}

/** Combined opacity of the element and its ancestors. */
function opacityOf(element: Element, upTo: Element): number {
  let opacity = 1;
  for (let at: Element | null = element; at !== null && at !== upTo; at = at.parentElement)
    opacity *= Number(getComputedStyle(at).opacity);
  return opacity;
}

function shapeOf(element: SVGGraphicsElement): Path2D {
  const path = new Path2D(element.getAttribute("d") ?? "");
  const number = (name: string): number => Number(element.getAttribute(name) ?? 0);
  switch (element.tagName) {
    case "line":
      path.moveTo(number("x1"), number("y1"));
      path.lineTo(number("x2"), number("y2"));
      break;
    case "rect":
      path.rect(number("x"), number("y"), number("width"), number("height"));
      break;
    case "circle":
      path.arc(number("cx"), number("cy"), number("r"), 0, 2 * Math.PI);
      break;
  }
  return path;
}

function paintShape(
  context: CanvasRenderingContext2D,
  path: Path2D,
  look: CSSStyleDeclaration,
): void {
  const opacity = context.globalAlpha;
  if (look.fill !== "none") {
    context.globalAlpha = opacity * Number(look.fillOpacity);
    context.fillStyle = look.fill;
    context.fill(path);
  }
  if (look.stroke === "none") return;
  context.globalAlpha = opacity * Number(look.strokeOpacity);
  context.strokeStyle = look.stroke;
  context.lineWidth = Number.parseFloat(look.strokeWidth);
  const dashes = look.strokeDasharray.match(/[\d.]+/gu);
  context.setLineDash(dashes === null ? [] : dashes.map(Number));
  context.stroke(path);
}

function paintText(
  context: CanvasRenderingContext2D,
  element: SVGTextElement,
  look: CSSStyleDeclaration,
): void {
  context.font = `${look.fontWeight} ${look.fontSize} ${look.fontFamily}`;
  context.fillStyle = look.fill;
  context.strokeStyle = look.stroke;
  context.lineWidth = Number.parseFloat(look.strokeWidth);
  context.lineJoin = "round";
  context.setLineDash([]);
  const lines = element.querySelectorAll<SVGTSpanElement>("tspan");
  for (const line of lines.length > 0 ? lines : [element]) {
    const text = line.textContent;
    if (text === "" || line.getNumberOfChars() === 0) continue;
    const { x, y } = line.getStartPositionOfChar(0);
    if (look.stroke !== "none") context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }
}
