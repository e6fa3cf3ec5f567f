/** Saved images have this many pixels per CSS pixel, whatever the screen has. */
const scale = 2;

/**
 * Renders an SVG file as PNG, element by element: an image made from its source would need an exception in the content
 * security policy.
 *
 * @param images drawn in place of its image elements, in order
 */
export async function pngOfSvg(
  text: string,
  images: readonly HTMLCanvasElement[] = [],
): Promise<Blob> {
  // The content security policy blocks style attributes of parsed text, but not styles that are set afterwards.
  const parsable = text.replaceAll(' style="', ' data-look="');
  const parsed = new DOMParser().parseFromString(parsable, "image/svg+xml").documentElement;
  const svg = document.importNode(parsed, true);
  if (!(svg instanceof SVGSVGElement)) throw new Error("not an SVG file");
  for (const element of svg.querySelectorAll<SVGElement>("[data-look]"))
    element.style.cssText = element.dataset["look"] ?? "";
  for (const image of svg.querySelectorAll("image")) image.removeAttribute("href");
  const host = document.createElement("div");
  host.className = "offscreen";
  host.append(svg);
  document.body.append(host);
  try {
    return await blobOf(drawOnCanvas(svg, images));
  } finally {
    host.remove();
  }
}

function blobOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) =>
      blob === null ? reject(new Error("could not create the PNG")) : resolve(blob),
    );
  });
}

function drawOnCanvas(svg: SVGSVGElement, images: readonly HTMLCanvasElement[]): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(numberOf(svg, "width") * scale);
  canvas.height = Math.ceil(numberOf(svg, "height") * scale);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser does not support canvas");
  const fromScreen = svg.getScreenCTM()?.inverse();
  const waiting = [...images];
  for (const element of svg.querySelectorAll<SVGGraphicsElement>(
    "path, line, rect, circle, text, image",
  )) {
    const onScreen = element.getScreenCTM();
    const look = getComputedStyle(element);
    if (onScreen === null || fromScreen === undefined) continue;
    if (look.visibility === "hidden" || element.closest("defs, clipPath") !== null) continue;
    const place = DOMMatrix.fromMatrix(fromScreen).multiply(DOMMatrix.fromMatrix(onScreen));
    context.setTransform(new DOMMatrix([scale, 0, 0, scale, 0, 0]).multiply(place));
    context.globalAlpha = opacityOf(element, svg);
    if (element instanceof SVGTextElement) paintText(context, element, look);
    else if (element instanceof SVGImageElement) paintImage(context, element, waiting.shift());
    else paintShape(context, shapeOf(element), look);
  }
  return canvas;
}

function numberOf(element: Element, name: string): number {
  return Number(element.getAttribute(name) ?? 0);
}

function paintImage(
  context: CanvasRenderingContext2D,
  element: SVGImageElement,
  image: HTMLCanvasElement | undefined,
): void {
  if (image === undefined) return;
  const [x, y] = [numberOf(element, "x"), numberOf(element, "y")];
  context.imageSmoothingEnabled = false;
  context.drawImage(image, x, y, numberOf(element, "width"), numberOf(element, "height"));
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
  const number = (name: string): number => numberOf(element, name);
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
