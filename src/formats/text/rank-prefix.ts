/** A line without the label that a launcher added. */
export interface LabelledLine {
  /** The rank that printed the line, if the label names it. */
  rank: number | undefined;
  text: string;
}

/**
 * Labels of launchers: `[rank3]:`, `[default7]:` (torchrun), `3: ` (srun --label),
 * `[1,0]<stdout>:` (Open MPI).
 */
const label =
  /^(?:\[(?:rank|default)(\d+)\]:? ?|\[\d+,(\d+)\]<std(?:out|err)>: ?| *(\d+): (?=\D|\d+ ))/u;

/** Removes a launcher's label from a line. */
export function withoutRankLabel(line: string): LabelledLine {
  const found = label.exec(line);
  const rank = found?.[1] ?? found?.[2] ?? found?.[3];
  if (found === null || rank === undefined) return { rank: undefined, text: line };
  return { rank: Number(rank), text: line.slice(found[0].length) };
}
