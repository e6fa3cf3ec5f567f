import type { Page } from "playwright-core";

/**
 * Runs in the page: texts that are cut by a box without an ellipsis, texts that lie over each other, and texts outside of
 * their drawing. What scrolls in a box of its own, floats over the page or is only for screen readers does not count.
 */
const findFaults = `(() => {
  const isShown = (element) =>
    element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) &&
    element.closest(".hidden-text") === null;
  const short = (text) => text.trim().replace(/\\s+/gu, " ").slice(0, 40);
  const floats = (element) => {
    for (let box = element; box !== null; box = box.parentElement)
      if (["sticky", "fixed"].includes(getComputedStyle(box).position)) return true;
    return false;
  };
  const faults = new Set();
  const seen = [];
  const take = (element, text, rect) => {
    const part = { element, text, left: rect.left, right: rect.right, top: rect.top, bottom: rect.bottom };
    for (let box = element; box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.display === "inline" || style.display === "contents") continue;
      const edge = box.getBoundingClientRect();
      const cuts = (overflow) => ["hidden", "clip"].includes(overflow);
      const isCutAcross = cuts(style.overflowX) && style.textOverflow !== "ellipsis";
      if (isCutAcross && (rect.right > edge.right + 1 || rect.left < edge.left - 1))
        faults.add("cut at a side: " + text);
      if (cuts(style.overflowY) && (rect.bottom > edge.bottom + 2 || rect.top < edge.top - 2))
        faults.add("cut in height: " + text);
      if (style.overflowX !== "visible") {
        part.left = Math.max(part.left, edge.left);
        part.right = Math.min(part.right, edge.right);
      }
      if (style.overflowY !== "visible") {
        part.top = Math.max(part.top, edge.top);
        part.bottom = Math.min(part.bottom, edge.bottom);
      }
    }
    if (part.right - part.left > 1 && part.bottom - part.top > 1 && !floats(element)) seen.push(part);
  };
  // The box around a turned text is larger than the text.
  const isTurned = (element) => (element.getAttribute("transform") ?? "").includes("rotate");
  const centers = (text) =>
    Array.from({ length: text.getNumberOfChars() }, (_, index) => {
      const { x, y, width, height } = text.getExtentOfChar(index);
      const place = new DOMPoint(x + width / 2, y + height / 2).matrixTransform(text.getScreenCTM());
      return new DOMRect(place.x - 4, place.y - 4, 8, 8);
    });
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === "" || element === null || !isShown(element)) continue;
    if (["SCRIPT", "STYLE", "OPTION", "TITLE"].includes(element.tagName.toUpperCase())) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of isTurned(element) ? centers(element) : range.getClientRects())
      if (rect.width >= 1 && rect.height >= 1) take(element, short(node.data), rect);
  }
  for (const text of document.querySelectorAll("svg text")) {
    if (!isShown(text)) continue;
    const [edge, rect] = [text.ownerSVGElement.getBoundingClientRect(), text.getBoundingClientRect()];
    const isOutside =
      rect.left < edge.left - 1 || rect.right > edge.right + 1 || rect.top < edge.top - 1 || rect.bottom > edge.bottom + 1;
    if (rect.width > 0 && isOutside) faults.add("outside of its drawing: " + short(text.textContent));
  }
  seen.sort((a, b) => a.top - b.top);
  for (const [index, one] of seen.entries())
    for (const other of seen.slice(index + 1)) {
      if (other.top >= one.bottom) break;
      if (one.element === other.element) continue;
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (width > 2 && height > 4) faults.add("over each other: " + one.text + " | " + other.text);
    }
  return [...faults];
})()`;

/** What of the texts of the page cannot be read, each fault as a phrase. */
export function textFaults(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(findFaults);
}
