/** A text that wants to stand beside a point. Pixels. */
export interface WantedLabel {
  text: string;
  left: number;
  top: number;
}

/** Where a text stands: at its left end where `anchor` is `start`, at its right end where it is `end`. */
export interface PlacedLabel extends WantedLabel {
  anchor: "start" | "end";
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const [characterWidth, lineHeight, gap] = [6.3, 13, 9];

/**
 * Finds room for texts beside their points, the first first: to the right, to the left, below or above; those that would lie
 * over another text, a point, or the edge are left out.
 *
 * @param points centres of everything that is drawn, pixels
 */
export function placeLabels(
  wanted: readonly WantedLabel[],
  points: readonly { left: number; top: number }[],
  frame: { left: number; top: number; right: number; bottom: number },
): PlacedLabel[] {
  const taken: Box[] = [];
  const placed: PlacedLabel[] = [];
  for (const label of wanted) {
    const found = tries(label).find(({ box }) => isFree(box, taken, points, frame));
    if (found === undefined) continue;
    taken.push(found.box);
    placed.push(found.label);
  }
  return placed;
}

function tries({ text, left, top }: WantedLabel): { label: PlacedLabel; box: Box }[] {
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
  taken: readonly Box[],
  points: readonly { left: number; top: number }[],
  frame: Box,
): boolean {
  const isInside =
    box.left >= frame.left &&
    box.right <= frame.right &&
    box.top >= frame.top &&
    box.bottom <= frame.bottom;
  if (!isInside) return false;
  const reach = 3;
  return (
    taken.every(
      (other) =>
        box.left > other.right ||
        box.right < other.left ||
        box.top > other.bottom ||
        box.bottom < other.top,
    ) &&
    points.every(
      ({ left, top }) =>
        left < box.left - reach ||
        left > box.right + reach ||
        top < box.top - reach ||
        top > box.bottom + reach,
    )
  );
}
