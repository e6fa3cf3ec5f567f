export interface Place {
  x: number;
  y: number;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The label of a horizontal line in a chart. Pixels from the top left. */
export interface LevelLabel {
  frame: Box;
  /** Where the line is. */
  levelY: number;
  width: number;
  height: number;
  /** Between the label and the line, and between the label and the frame. */
  gap: number;
  /** The lines of the chart in order of x, without points that have no value. */
  lines: readonly (readonly Place[])[];
}

/**
 * The top left corner of the label: above or below its line, at the left or the right end, where no line of the chart crosses
 * it. Where each is crossed, as far as it fits above the left end.
 */
export function placeLevelLabel(label: LevelLabel): Place {
  const { frame, levelY, width, height, gap, lines } = label;
  const [left, right] = [frame.left + gap, frame.right - gap - width];
  const [above, below] = [levelY - gap - height, levelY + gap];
  const rows = [above, below].filter((y) => y >= frame.top && y + height <= frame.bottom);
  const places = [left, right].flatMap((x) => rows.map((y) => ({ x, y })));
  const free = places.find(({ x, y }) => {
    const box = { left: x, top: y, right: x + width, bottom: y + height };
    return !lines.some((line) => doesCross(line, box));
  });
  return free ?? places[0] ?? { x: left, y: above };
}

/** A line through a label, which later labels do not cross. */
export function diagonalOf({ x, y }: Place, size: { width: number; height: number }): Place[] {
  return [
    { x, y },
    { x: x + size.width, y: y + size.height },
  ];
}

function doesCross(line: readonly Place[], box: Box): boolean {
  return line.some((to, index) => doesReach(line[index - 1] ?? to, to, box));
}

/** Whether the line from one point to the next reaches into the box. */
function doesReach(from: Place, to: Place, box: Box): boolean {
  if (to.x < box.left || from.x > box.right) return false;
  const slope = to.x === from.x ? 0 : (to.y - from.y) / (to.x - from.x);
  const yAt = (x: number): number => from.y + (x - from.x) * slope;
  const ends =
    to.x === from.x
      ? [from.y, to.y]
      : [yAt(Math.max(from.x, box.left)), yAt(Math.min(to.x, box.right))];
  return Math.max(...ends) >= box.top && Math.min(...ends) <= box.bottom;
}
