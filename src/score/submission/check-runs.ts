import { nearestWord } from "../../foundation/text/nearest-word.ts";
import {
  benchmarkNamed,
  benchmarksOfEdition,
  isMlperfBenchmark,
  isMlperfEdition,
  mlperfBenchmarks,
  requiredRunCount,
} from "../../schema/logs/mlperf-round.ts";
import type {
  PackageFinding,
  PackageLocation,
  PowerFolder,
} from "../../schema/logs/package-finding.ts";
import type { LogFacts } from "../mlperf/log-facts.ts";
import { repeatedNumbers } from "./repeated-runs.ts";

export interface PackageLog {
  /** File name. */
  name: string;
  facts: LogFacts;
}

/** Checks the logs of one folder as the runs of one result. */
export function checkRuns(
  logs: readonly PackageLog[],
  { edition, location }: { edition: string | undefined; location: PackageLocation },
): PackageFinding[] {
  const findings: PackageFinding[] = repeatedNumbers(logs.map(({ name }) => name)).map(
    ({ number, logs: names }) => ({ rule: "result-number-repeated", number, logs: names }),
  );
  const byBenchmark = groupNames(logs, ({ facts }) => facts.benchmark);
  if (byBenchmark.size > 1) {
    const benchmarks = [...byBenchmark].map(([benchmark, names]) => ({ benchmark, logs: names }));
    findings.push({ rule: "benchmarks-differ", benchmarks });
    return findings;
  }
  const [benchmark] = byBenchmark.keys();
  if (location.kind === "submission") findings.push(...folderMatters(logs, location, benchmark));
  if (benchmark !== undefined) findings.push(...benchmarkMatters(benchmark, edition));
  findings.push(
    ...missingSeeds(logs, edition),
    ...repeatedSeeds(logs),
    ...differingHyperparameters(logs),
  );
  return findings;
}

function folderMatters(
  logs: readonly PackageLog[],
  location: Extract<PackageLocation, { kind: "submission" }>,
  logged: string | undefined,
): PackageFinding[] {
  const findings: PackageFinding[] = [];
  const benchmark = logged ?? benchmarkNamed(location.benchmark);
  if (isMlperfBenchmark(benchmark)) {
    const need = requiredRunCount(benchmark);
    const have = logs.length;
    const isRight = location.scaling === "weak" ? have >= need : have === need;
    if (!isRight) findings.push({ rule: "run-count", have, need });
  }
  if (logged !== undefined && benchmarkNamed(location.benchmark) !== logged) {
    findings.push({ rule: "folder-names-another-benchmark", folder: location.benchmark, logged });
  }
  return findings;
}

function benchmarkMatters(benchmark: string, edition: string | undefined): PackageFinding[] {
  if (edition === undefined || !isMlperfEdition(edition)) return [];
  const known: readonly string[] = benchmarksOfEdition(edition);
  if (known.includes(benchmark)) return [];
  const nearest = nearestWord(benchmark, known) ?? nearestWord(benchmark, mlperfBenchmarks);
  return [{ rule: "benchmark-not-in-edition", benchmark, edition, nearest }];
}

/** Logs without a seed. If none has one, only in rounds since 4.0: earlier ones accepted such results. */
function missingSeeds(logs: readonly PackageLog[], edition: string | undefined): PackageFinding[] {
  // Files without any line have findings of their own.
  const read = logs.filter(({ facts }) => facts.benchmark !== undefined);
  const without = read.filter(({ facts }) => facts.seeds.length === 0).map(({ name }) => name);
  if (without.length === 0) return [];
  if (without.length < read.length) return [{ rule: "seed-missing", scope: "some", logs: without }];
  const version = /^training-(\d+)/u.exec(edition ?? "")?.[1];
  const isRequired = version !== undefined && Number(version) >= 4;
  return isRequired ? [{ rule: "seed-missing", scope: "all", logs: without }] : [];
}

function repeatedSeeds(logs: readonly PackageLog[]): PackageFinding[] {
  const groups = groupNames(logs, ({ facts }) => {
    // A seed that is logged as `null` is random.
    const seeds = facts.seeds.filter((seed) => seed !== "null");
    return seeds.length === 0 ? undefined : seeds.join(", ");
  });
  return [...groups].flatMap(([seed, names]) =>
    names.length > 1 ? [{ rule: "seed-repeated", seed, logs: names }] : [],
  );
}

function differingHyperparameters(logs: readonly PackageLog[]): PackageFinding[] {
  const keys = new Set(logs.flatMap(({ facts }) => Object.keys(facts.hyperparameters)));
  return [...keys].toSorted().flatMap((key) => {
    const groups = groupNames(logs, ({ facts }) => facts.hyperparameters[key]);
    if (groups.size < 2) return [];
    const values = [...groups].map(([value, names]) => ({ value, logs: names }));
    return [{ rule: "hyperparameter-differs", key, values }];
  });
}

/** Each run of a result with power logs needs its own power logs, from the same number of nodes. */
export function checkPower(logs: readonly PackageLog[], power: PowerFolder): PackageFinding[] {
  if (power.kind === "none") return [];
  const findings: PackageFinding[] = [];
  const countOf = ({ name }: PackageLog): number => power.nodeFileCounts.get(runOf(name)) ?? 0;
  const without = logs.filter((log) => countOf(log) === 0);
  if (without.length > 0) {
    findings.push({ rule: "power-missing", logs: without.map(({ name }) => name) });
  }
  const counts = groupNames(logs, (log) => (countOf(log) === 0 ? undefined : String(countOf(log))));
  if (counts.size > 1) {
    findings.push({
      rule: "power-files-differ",
      counts: [...counts].map(([count, names]) => ({ nodeFiles: Number(count), logs: names })),
    });
  }
  const runs = new Set(logs.map(({ name }) => runOf(name)));
  const strangers = [...power.nodeFileCounts.keys()].filter((folder) => !runs.has(folder));
  if (strangers.length > 0) {
    findings.push({ rule: "power-of-no-run", folders: strangers.toSorted() });
  }
  return findings;
}

function runOf(name: string): string {
  return name.replace(/\.txt(?:\.gz)?$/, "");
}

/** Groups names by a key, in the order of first appearance. */
function groupNames(
  logs: readonly PackageLog[],
  keyOf: (log: PackageLog) => string | undefined,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const log of logs) {
    const key = keyOf(log);
    if (key === undefined) continue;
    const names = groups.get(key);
    if (names === undefined) groups.set(key, [log.name]);
    else names.push(log.name);
  }
  return groups;
}
