/** A line without the label that a launcher added. */
export interface LabelledLine {
  /** The rank that printed the line, if the label names it. */
  rank: number | undefined;
  text: string;
  /** Whether the label is only a number: `3: `, which may also be an epoch. */
  isBareNumber: boolean;
}

/**
 * Labels of launchers and programs: `[rank3]:`, `[default7]:` (torchrun), `[Rank 3]`, `[GPU3]`, `rank 3 |`,
 * `[1,0]<stdout>:` (Open MPI), `(RayTrainWorker pid=812, ip=10.0.0.4)`, `3: ` (srun --label).
 */
const label =
  /^(?:\[(?:rank|default|gpu|worker|proc(?:ess)?)[ :=_-]?(\d+)\]:? ?|\[\d+,(\d+)\]<std(?:out|err)>: ?|\(\w[\w ]* pid=(\d+)[^)]*\) |(?:rank|gpu|worker)[ :=_-]?(\d+) ?[|:\]] ?)/iu;
const bareNumber = /^ *(\d+): (?=\D|\d+ )/u;

/** Removes a launcher's label from a line. */
export function withoutRankLabel(line: string): LabelledLine {
  const named = label.exec(line);
  if (named !== null) {
    const rank = Number(named.slice(1).find((each) => each !== undefined));
    return { rank, text: line.slice(named[0].length), isBareNumber: false };
  }
  const bare = bareNumber.exec(line);
  if (bare === null) return { rank: undefined, text: line, isBareNumber: false };
  return { rank: Number(bare[1]), text: line.slice(bare[0].length), isBareNumber: true };
}

/** Names of numbers that state the rank of a line: `rank=1 epoch=3 val_acc=0.9`. */
const rankName = /^(?:(?:global|local|world)[ _-])?rank$/iu;

/**
 * Finds the ranks that print lines. Numbers before a colon may also count epochs: they are ranks only once one is
 * lower than the one before.
 */
export class RankReader {
  #lastNumber = -1;
  #areNumbersRanks = false;

  /** Removes the label of a line. */
  read(line: string): { rank: number | undefined; text: string } {
    const { rank, text, isBareNumber } = withoutRankLabel(line);
    if (!isBareNumber || rank === undefined) return { rank, text };
    this.#areNumbersRanks ||= rank < this.#lastNumber;
    this.#lastNumber = rank;
    return { rank: this.#areNumbersRanks ? rank : undefined, text };
  }
}

/** The rank that a line states among its numbers. */
export function statedRank(
  pairs: readonly { name: string; number: { value: number } }[],
): number | undefined {
  return pairs.find(({ name }) => rankName.test(name))?.number.value;
}
