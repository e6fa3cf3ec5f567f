/** Properties of style sheets that an SVG file needs as attributes. */
const looks = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "stroke-opacity",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
] as const;

/** A copy of a drawing on the page that looks the same without the page's style sheets. */
export function inlineLooks(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) throw new TypeError("the copy of an svg element is one");
  const copies = copy.querySelectorAll("*");
  for (const [at, element] of [...svg.querySelectorAll("*")].entries()) {
    const computed = getComputedStyle(element);
    const target = copies[at];
    for (const name of looks) target?.setAttribute(name, computed.getPropertyValue(name));
    target?.removeAttribute("class");
    target?.removeAttribute("style");
  }
  return copy;
}
