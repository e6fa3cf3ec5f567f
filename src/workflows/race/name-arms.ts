/**
 * Short names for commands: the words in which they differ, each after its flag. `train.py --lr 0.1` and
 * `train.py --lr 0.2` are `--lr 0.1` and `--lr 0.2`. Equal commands get their position as a suffix.
 *
 * @param commands the words of each
 */
export function nameArms(commands: readonly (readonly string[])[]): string[] {
  const shortest = Math.min(...commands.map((words) => words.length));
  const isSame = (at: number): boolean => new Set(commands.map((words) => words.at(at))).size === 1;
  let start = 0;
  while (start < shortest && isSame(start)) start += 1;
  let end = 0;
  while (end < shortest - start && isSame(-1 - end)) end += 1;
  const flag = commands[0]?.[start - 1];
  if (flag !== undefined && /^--?[A-Za-z]/u.test(flag) && !flag.includes("=")) start -= 1;
  const names = commands.map((words) => words.slice(start, words.length - end).join(" "));
  return withPositions(names.map((name, index) => name || (commands[index] ?? []).join(" ")));
}

/** Adds the position to names that occur more than once. */
export function withPositions(names: readonly string[]): string[] {
  return names.map((name, index) =>
    names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${index + 1})`,
  );
}
