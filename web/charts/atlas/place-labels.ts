/** A label to be placed next to a point. Pixels. */
export interface LabelRequest {
  text: string;
  left: number;
  top: number;
}

/** A label whose position is its left end if `anchor` is `start`, and its right end if it is `end`. */
export interface PlacedLabel extends LabelRequest {
  anchor: "start" | "end";
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Of bold letters and figures. The gap leaves space for the ring of a Pareto-optimal point. */
const [characterWidth, lineHeight, gap] = [7.4, 13, 13];

/**
 * Finds positions for labels next to their points, in order: to the right, to the left, below, or above. Omits labels that
 * would overlap another label, a point, or the edge.
 *
 * @param points centers of all drawn points, pixels
 */
export function placeLabels(
  requests: readonly LabelRequest[],
  points: readonly { left: number; top: number }[],
  frame: { left: number; top: number; right: number; bottom: number },
): PlacedLabel[] {
  const occupied: Box[] = [];
  const placed: PlacedLabel[] = [];
  for (const label of requests) {
    const found = candidates(label).find(({ box }) => isFree(box, occupied, points, frame));
    if (found === undefined) continue;
    occupied.push(found.box);
    placed.push(found.label);
  }
  return placed;
}

function candidates({ text, left, top }: LabelRequest): { label: PlacedLabel; box: Box }[] {
  const width = text.length * characterWidth;
  const at = (anchor: PlacedLabel["anchor"], x: number, y: number) => ({
    label: { text, left: x, top: y, anchor },
    box: {
      left: anchor === "start" ? x : x - width,
      right: anchor === "start" ? x + width : x,
      top: y - lineHeight / 2,
      bottom: y + lineHeight / 2,
    },
  });
  return [
    at("start", left + gap, top),
    at("end", left - gap, top),
    at("start", left - 4, top + lineHeight + 2),
    at("start", left - 4, top - lineHeight - 2),
    at("start", left + gap, top + lineHeight),
    at("end", left - gap, top + lineHeight),
  ];
}

function isFree(
  box: Box,
  occupied: readonly Box[],
  points: readonly { left: number; top: number }[],
  frame: Box,
): boolean {
  const isInside =
    box.left >= frame.left &&
    box.right <= frame.right &&
    box.top >= frame.top &&
    box.bottom <= frame.bottom;
  if (!isInside) return false;
  const margin = 3;
  return (
    occupied.every(
      (other) =>
        box.left > other.right ||
        box.right < other.left ||
        box.top > other.bottom ||
        box.bottom < other.top,
    ) &&
    points.every(
      ({ left, top }) =>
        left < box.left - margin ||
        left > box.right + margin ||
        top < box.top - margin ||
        top > box.bottom + margin,
    )
  );
}
