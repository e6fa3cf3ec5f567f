/** How a process says at its start which rank it is. */
const introductions =
  /(?<![\w.])(?:RANK|GLOBAL_RANK)=(?<env>\d{1,5})\b.*\bWORLD_SIZE=\d|\bprocess[_ ](?:id|index)[=: ]+(?<id>\d{1,5})\b.*\b(?:num[_ ]processes|of|process[_ ]count)\b|\bGLOBAL_RANK: (?<global>\d{1,5}), MEMBER\b|\bprocess (?<process>\d{1,5}) of \d+\b/u;

/** The rank of the only process that introduces itself in the first lines of a log. */
export function introducedRank(lines: readonly string[]): number | undefined {
  const ranks = new Set<number>();
  for (const line of lines) {
    const found = Object.values(introductions.exec(line)?.groups ?? {}).find(Boolean);
    if (found !== undefined) ranks.add(Number(found));
  }
  const [only, ...more] = ranks;
  return more.length === 0 ? only : undefined;
}

/** Numbers and words for ranks alone tell no log from another. */
const distinctive = /^(?=.*[A-Za-z]{2})(?=.*\d)(?=.*[-_.]).{5,}$/u;
const plain =
  /^(?:rank|log|worker|out|err|node|host|proc|process|task|stdout|stderr|train)[-_.]?\d+$/iu;

/** Names of logs that belong to one rank each, by which schedulers and operators name its process. */
export class NamesOfRanks {
  readonly #ranks = new Map<string, number>();
  #pattern: RegExp | undefined;

  add(file: string, rank: number): void {
    const base = file.split("/").at(-1) ?? "";
    const name = base.replace(/(?:\.(?:log|txt|out|err|stdout|stderr|jsonl?))+$/iu, "");
    if (!distinctive.test(name) || plain.test(name)) return;
    this.#ranks.set(name, rank);
    this.#pattern = undefined;
  }

  /** The text with such names as `rank 3`. */
  replaceIn(text: string): string {
    if (this.#ranks.size === 0 || text.length > longestText) return text;
    const names = [...this.#ranks.keys()].toSorted((a, b) => b.length - a.length);
    this.#pattern ??= new RegExp(
      `(?<![\\w-])(${names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`)).join("|")})(?:-[a-z\\d]{5})?(?![\\w-])`,
      "gu",
    );
    return text.replaceAll(this.#pattern, (_all, name: string) => `rank ${this.#ranks.get(name)} `);
  }
}

const longestText = 2000;
