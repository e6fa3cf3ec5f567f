/** The width of the element changes between a screen and paper without a change of its size on the screen. */
const paper = matchMedia("print");

/**
 * Calls `measure` now, and when the element may have another width: on the screen, and before and after it is printed, so that
 * a chart is drawn for the paper instead of being shrunk.
 *
 * @returns what ends it
 */
export function followWidth(element: HTMLElement, measure: () => void): () => void {
  const observer = new ResizeObserver(measure);
  observer.observe(element);
  paper.addEventListener("change", measure);
  measure();
  return () => {
    observer.disconnect();
    paper.removeEventListener("change", measure);
  };
}
