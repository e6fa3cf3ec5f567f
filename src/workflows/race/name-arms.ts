/**
 * Short names for commands: the words in which they differ, each after its flag. `train.py --lr 0.1` and
 * `train.py --lr 0.2` are `--lr 0.1` and `--lr 0.2`. If the words alone say too little, because one command only adds
 * words or they are bare values, the name begins with the program: `train.py` and `train.py --compile`. Equal commands
 * get their position as a suffix.
 *
 * @param commands the words of each
 */
export function nameArms(commands: readonly (readonly string[])[]): string[] {
  const [first = []] = commands;
  const { start, end } = sharedWords(commands);
  const parts = commands.map((words) => words.slice(start, words.length - end));
  const areValues = parts.every(([word]) => word !== undefined && !isFlag(word));
  const flag = first[start - 1];
  if (areValues && flag !== undefined && isFlag(flag) && !flag.includes("="))
    return withPositions(parts.map((part) => [flag, ...part].join(" ")));
  const isClear = parts.every(([word]) => word !== undefined && isTelling(word));
  const program = isClear ? [] : programAt(first.slice(0, start));
  // Options that all commands share are left out, unless the words after them would be taken for theirs.
  const areOptions = parts.every(([word]) => word === undefined || isFlag(word));
  const shared = areOptions ? program.slice(0, 1) : program;
  const names = parts.map((part) => [...shared, ...part].join(" "));
  return withPositions(names.map((name, index) => name || (commands[index] ?? []).join(" ")));
}

/** How many words all commands have at their start, and at their end. */
function sharedWords(commands: readonly (readonly string[])[]): { start: number; end: number } {
  const shortest = Math.min(...commands.map((words) => words.length));
  const isSame = (at: number): boolean => new Set(commands.map((words) => words.at(at))).size === 1;
  let start = 0;
  while (start < shortest && isSame(start)) start += 1;
  let end = 0;
  while (end < shortest - start && isSame(-1 - end)) end += 1;
  return { start, end };
}

function isFlag(word: string): boolean {
  return /^--?[A-Za-z]/u.test(word);
}

/** Whether a word says what it is without the ones before it: a flag, a file, an assignment; not `2` or `fast`. */
function isTelling(word: string): boolean {
  return isFlag(word) || /[=/\s]|\.[A-Za-z]/u.test(word);
}

/** The words from the program on, without its folder and the interpreter: `train.py --epochs 3`. */
function programAt(words: readonly string[]): string[] {
  const module = words.indexOf("-m");
  const script = words.findIndex((word) => /\.(?:py|[cm]?[jt]s|sh|jl|rb|R)$/u.test(word));
  const at = script !== -1 ? script : module === -1 ? 0 : module + 1;
  const [program, ...others] = words.slice(at);
  return program === undefined ? [] : [program.replace(/^.*\//u, ""), ...others];
}

/** Adds the position to names that occur more than once. */
export function withPositions(names: readonly string[]): string[] {
  return names.map((name, index) =>
    names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${index + 1})`,
  );
}
