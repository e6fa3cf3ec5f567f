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

/** `3`, `rank_3`, `rank-3.scope`. */
const folderOfRank =
  /^(?:(?:[\w-]+[_-])?(?:rank|worker|proc|process|task)[_-]?)?(?<number>\d+)(?:(?<=[a-z][_-]?\d+)\.[a-z]+)?$/iu;

function rankOfFolder(parts: readonly string[]): number | undefined {
  const folder = parts.slice(0, -1).findLast((part) => folderOfRank.test(part));
  const number = folderOfRank.exec(folder ?? "")?.groups?.["number"];
  return number === undefined ? undefined : Number(number);
}

/** Logs of a host or a cluster. */
const notOfRank =
  /dmesg|journal|kern|syslog|messages|events|sacct|slurm-\d|(?:^|[/_.-])nodes?[_.-]?\d/iu;
/** Words before the number of a rank. */
const wordOfRank = /(?:rank|worker|proc|process|task|replica)s?[_.-]?(\d+)/iu;
/** `3-of-8` */
const countedOf = /(\d+)[-_. ]?of[-_. ]?(\d+)/iu;
/** Words before numbers of other things. */
const notBeforeRank =
  /(?:nodes?|attempts?|restarts?|retry|epoch|step|iter|version|run|job|part|shard)[_.-]?$/iu;
/** Of Kubernetes' training jobs: rank 0, beside workers that are counted from 0, too. */
const firstOfJob = /(?:^|[/_.-])(?:master|chief)[_.-]0\b/iu;

/**
 * Which rank each log belongs to: by a word before its number or its folder; without such a word only by the one number that counts the logs from 0
 * with few gaps, as other numbers are those of jobs, hosts and days.
 */
export function ranksOfLogs(names: readonly string[]): ReadonlyMap<string, number> {
  const shift = names.some((name) => firstOfJob.test(name)) ? 1 : 0;
  const counted = countsOfStems(names);
  // Counted to the last one, they begin at 1.
  const first = names.some((name) => isLastOf(name)) ? 1 : 0;
  const ranks = names.flatMap((name) => {
    const rank = rankOfLog(name, { counted, shift, first });
    return rank === undefined || rank > maximumRank ? [] : [[name, rank] as const];
  });
  return new Map(ranks);
}

interface Counted {
  /** The numbers that take one place in otherwise equal names. */
  counted: ReadonlyMap<string, ReadonlySet<number>>;
  /** Added to the numbers of workers. */
  shift: number;
  /** The number of the first in `1-of-8`. */
  first: number;
}

function rankOfLog(name: string, { counted, shift, first }: Counted): number | undefined {
  const parts = name.split("/");
  const base = parts.at(-1) ?? "";
  if (firstOfJob.test(base)) return 0;
  if (notOfRank.test(base)) return rankOfFolder(parts.filter((part) => /[a-z]/iu.test(part)));
  const worded = wordOfRank.exec(base);
  if (worded !== null) {
    const isWorker = /^worker/iu.test(worded[0]);
    return Number(worded[1]) + (isWorker ? shift : 0);
  }
  const [, part] = countedOf.exec(base) ?? [];
  if (part !== undefined) return Number(part) - first;
  return countedNumber(name, counted) ?? rankOfFolder(parts);
}

function isLastOf(name: string): boolean {
  const [, part, all] = countedOf.exec(name) ?? [];
  return part !== undefined && Number(part) === Number(all);
}

/** The number that counts the logs; undefined if several do, such as those of hosts and of the processes on each. */
function countedNumber(name: string, counted: Counted["counted"]): number | undefined {
  const dense = numbersIn(name).flatMap(({ stem, number, isLast }) => {
    const all = counted.get(stem) ?? new Set();
    const isDense = all.has(0) && Math.max(...all) < 2 * all.size;
    return isDense ? [{ number, isCounted: all.size > 1, isLast }] : [];
  });
  const several = dense.filter(({ isCounted }) => isCounted);
  if (several.length > 0) return several.length === 1 ? several[0]?.number : undefined;
  return dense.find(({ isLast }) => isLast)?.number;
}

function countsOfStems(names: readonly string[]): Map<string, Set<number>> {
  const counts = new Map<string, Set<number>>();
  for (const name of names)
    for (const { stem, number } of numbersIn(name)) {
      const known = counts.get(stem) ?? new Set();
      known.add(number);
      counts.set(stem, known);
    }
  return counts;
}

/** The numbers in a path that may be ranks, and what is around each. */
function numbersIn(name: string): { stem: string; number: number; isLast: boolean }[] {
  return [...name.matchAll(/\d+/gu)].flatMap((match) => {
    const before = name.slice(0, match.index);
    const after = name.slice(match.index + match[0].length);
    if (notBeforeRank.test(before)) return [];
    const isLast = /^(?:\.[A-Za-z]\w*)*$/u.test(after);
    return [{ stem: `${before}#${after}`, number: Number(match[0]), isLast }];
  });
}
