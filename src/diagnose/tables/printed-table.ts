/** How the columns of a row are separated. */
const separators = { csv: /[,\t;]/u, bars: /[|│┃]/u, spaces: /\s{2,}|\t/u } as const;
type Separator = keyof typeof separators;

interface Columns {
  names: readonly string[];
  separator: Separator;
  /** Where the rank stands, if each row is about one. */
  rankAt: number;
}

const rankColumn =
  /^(?:global|world)?[ _]?(?:rank|worker|replica|process|proc|task|trainer|learner|member|executor|pod|participant)s?(?:[ _]?(?:id|index|idx|name|no\.?|#))?$/iu;
/** Of pods and jobs, which end in a number. */
const nameColumn = /^(?:pod[ _]?)?names?$/iu;
const stateColumn = /^(?:status|state|phase|exit\w*)$/iu;
const stepColumn = /^(?:global[ _]?)?(?:step|epoch|iter\w*|update|batch)s?$/iu;
const lossColumn = /^\S*(?:loss|objective|nll|cost)\S*$/iu;

/** Follows one log, and reads the rows of tables in it whose columns are of steps and losses, or of ranks. */
export class PrintedTable {
  readonly #isFile: boolean;
  #columns: Columns | undefined;
  #lineCount = 0;

  /** @param isFile whether the file is a table with values between commas */
  constructor(isFile: boolean) {
    this.#isFile = isFile;
  }

  /** The row as programs print values, `rank=3 state=failed`; undefined for a line outside of tables, and for the names of columns. */
  push(line: string): string | undefined {
    this.#lineCount += 1;
    const isFirst = this.#lineCount === 1;
    if (this.#isFile) {
      if (isFirst) this.#columns = columnsIn(line, "csv");
      return this.#columns === undefined || isFirst ? undefined : rowText(this.#columns, line);
    }
    const found = headOf(line);
    if (found !== undefined) this.#columns = found;
    if (found !== undefined || this.#columns === undefined) return undefined;
    const row = rowText(this.#columns, line);
    // A table without bars ends where a line has other columns.
    if (row === undefined && this.#columns.separator === "spaces" && !/^[-=+\s]*$/u.test(line))
      this.#columns = undefined;
    return row;
  }
}

/** Whether a file begins with the names of such columns. */
export function isTableOfRun(head: string): boolean {
  return columnsIn(head.split("\n", 1)[0] ?? "", "csv") !== undefined;
}

const mayBeHead =
  /\b(?:names?|loss|objective|nll|cost|rank|worker|replica|process|proc|task|trainer|learner|member|executor|pod)/iu;

function headOf(line: string): Columns | undefined {
  if (line.length > 400 || !mayBeHead.test(line)) return undefined;
  if (separators.bars.test(line)) return columnsIn(line, "bars");
  return /\S\s{2,}\S|\t/u.test(line) ? columnsIn(line, "spaces") : undefined;
}

function columnsIn(line: string, separator: Separator): Columns | undefined {
  const names = cellsOf(line, separator).map((each) => each.replaceAll('"', ""));
  const ofRank = names.findIndex((name) => rankColumn.test(name));
  const hasState = names.some((name) => stateColumn.test(name));
  const ofName = hasState ? names.findIndex((name) => nameColumn.test(name)) : -1;
  const rankAt = ofRank < 0 ? ofName : ofRank;
  const isOfSteps = names.some((name) => stepColumn.test(name));
  const isOfLosses = isOfSteps && names.some((name) => lossColumn.test(name));
  const least = separator === "spaces" ? 3 : 2;
  const isOfRanks = rankAt >= 0 && names.filter((name) => /[A-Za-z]/u.test(name)).length >= least;
  return isOfLosses || (isOfRanks && areNames(names)) ? { names, separator, rankAt } : undefined;
}

/** Names of columns have no values. */
function areNames(names: readonly string[]): boolean {
  return names.every(
    (name) => name.length <= 40 && !/^[-+]?\d/u.test(name) && !/[=:]\s*\S/u.test(name),
  );
}

function cellsOf(line: string, separator: Separator): string[] {
  const text = separator === "spaces" ? line.trim() : line;
  return text.split(separators[separator]).map((each) => each.trim());
}

function rowText({ names, separator, rankAt }: Columns, line: string): string | undefined {
  const values = cellsOf(line, separator);
  if (values.length !== names.length || values.every((each) => /^[-=+:\s]*$/u.test(each)))
    return undefined;
  const fields = names.flatMap((name, at) =>
    values[at] && at !== rankAt ? [`${name.replaceAll(/\s+/gu, "_")}=${values[at]}`] : [],
  );
  if (rankAt < 0) return fields.join(" ");
  // Names of processes end in their number.
  const rank = /(?:^|[^\dA-Za-z]|[A-Za-z]{2})(\d{1,5})\D{0,2}$/u.exec(values[rankAt] ?? "")?.[1];
  return rank === undefined ? undefined : [`rank=${Number(rank)}`, ...fields].join(" ");
}
