/** Numbers beyond this are of jobs and processes. */
const maximumRank = 65_536;

/** `nccl_trace_rank_12`, `rank_12.json`, `out.3`; else the nearest folder that is a number, as in torchrun's logs. */
export function rankInName(name: string): number | undefined {
  const parts = name.split("/");
  const base = parts.at(-1) ?? "";
  const own = /(\d+)(?:\.[A-Za-z]\w*)?$/u.exec(base) ?? /rank[_-]?(\d+)/iu.exec(base);
  if (own !== null) return Number(own[1]);
  return rankOfFolder(parts);
}

function rankOfFolder(parts: readonly string[]): number | undefined {
  const folder = parts.slice(0, -1).findLast((part) => /^(?:rank[_-]?)?\d+$/iu.test(part));
  return folder === undefined ? undefined : Number(/\d+$/u.exec(folder)?.[0]);
}

/** Logs of a host or a cluster. */
const notOfRank = /dmesg|journal|kern|syslog|messages|events|slurm-\d|(?:^|[/_.-])nodes?[_.-]?\d/iu;
/** Words before the number of a rank. */
const wordOfRank = /(?:rank|worker|proc|process|task|replica)s?[_.-]?(\d+)/iu;
/** Of Kubernetes' training jobs: rank 0, beside workers that are counted from 0, too. */
const firstOfJob = /(?:^|[/_.-])(?:master|chief)[_.-]0\b/iu;

/**
 * Which rank each log belongs to: by a word before its number or its folder; without such a word only if logs of that name are numbered from 0
 * with few gaps, as other numbers are those of jobs, hosts and days.
 */
export function ranksOfLogs(names: readonly string[]): ReadonlyMap<string, number> {
  const shift = names.some((name) => firstOfJob.test(name)) ? 1 : 0;
  const numbered = countsOfStems(names);
  const ranks = names.flatMap((name) => {
    const rank = rankOfLog(name, numbered, shift);
    return rank === undefined || rank > maximumRank ? [] : [[name, rank] as const];
  });
  return new Map(ranks);
}

function rankOfLog(
  name: string,
  numbered: ReadonlyMap<string, ReadonlySet<number>>,
  shift: number,
): number | undefined {
  const parts = name.split("/");
  const base = parts.at(-1) ?? "";
  if (firstOfJob.test(base)) return 0;
  if (notOfRank.test(base)) return undefined;
  const worded = wordOfRank.exec(base);
  if (worded !== null) {
    const isWorker = /^worker/iu.test(worded[0]);
    return Number(worded[1]) + (isWorker ? shift : 0);
  }
  const { stem, number } = stemOf(name) ?? {};
  if (stem === undefined || number === undefined) return rankOfFolder(parts);
  const all = numbered.get(stem) ?? new Set();
  const isDense = all.has(0) && Math.max(...all) < 2 * all.size;
  return isDense ? number : rankOfFolder(parts);
}

function countsOfStems(names: readonly string[]): Map<string, Set<number>> {
  const counts = new Map<string, Set<number>>();
  for (const name of names) {
    const found = stemOf(name);
    if (found === undefined) continue;
    const known = counts.get(found.stem) ?? new Set();
    known.add(found.number);
    counts.set(found.stem, known);
  }
  return counts;
}

/** The last number of a file's name, and what is around it. */
function stemOf(name: string): { stem: string; number: number } | undefined {
  const match = /^(.*?)(\d+)((?:\.[A-Za-z]\w*)*)$/u.exec(name);
  if (match === null) return undefined;
  const [, before = "", number = "", after = ""] = match;
  return { stem: `${before}#${after}`, number: Number(number) };
}
