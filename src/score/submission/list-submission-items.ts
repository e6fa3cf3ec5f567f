import { groupBy } from "../../foundation/collections/group-by.ts";
import type { LogCause } from "../../schema/logs/log-cause.ts";
import type { CheckedLog } from "../../schema/logs/log-verdict.ts";
import { droppedAtEachEnd, isMlperfBenchmark } from "../../schema/logs/mlperf-round.ts";
import type { CheckedPackage, PackageFinding } from "../../schema/logs/package-finding.ts";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import type { SubmissionItem } from "../../schema/logs/submission-item.ts";

/** A checked and scored submission. */
export interface CheckedSubmission {
  logs: readonly CheckedLog[];
  packages: readonly CheckedPackage[];
  results: readonly BenchmarkResult[];
  references: readonly ReferenceConvergence[];
  /** Of `compareSubmittedNames`, and about the names and places of logs. */
  names: readonly SubmissionItem[];
  /** Folders of code that do not exist or are empty: `benchmarks/<benchmark>` of a submitter. */
  missingCode: readonly string[];
}

/** Lists what to do before an upload, worst first. */
export function listSubmissionItems(submission: CheckedSubmission): SubmissionItem[] {
  const { logs, packages, results, references, names, missingCode } = submission;
  const failing = failingRuns(logs);
  const items: SubmissionItem[] = [
    ...failing,
    ...packages.flatMap(({ path, findings }) =>
      findings.map((finding) => packageItem(path, finding)),
    ),
    ...withoutSymptoms(
      results.flatMap((result) => convergenceItems(result, placeOf(result, logs), references)),
      failing,
    ),
    ...missingCode.map((place): SubmissionItem => ({
      severity: "blocking",
      foundBy: "pitwall",
      place,
      problem: { kind: "code-missing" },
    })),
    ...divisions(logs, results),
    ...names,
    ...results.flatMap((result) => readingIntervals(result, placeOf(result, logs))),
    ...causes(logs),
  ];
  return items.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** Runs that fail the rules count as not converged, too: that is said once. */
function withoutSymptoms(
  items: readonly SubmissionItem[],
  failing: readonly SubmissionItem[],
): SubmissionItem[] {
  const explained = new Set(
    failing.filter(({ severity }) => severity === "blocking").map(({ place }) => place),
  );
  return items.filter(
    ({ place, problem }) => problem.kind !== "too-few-converged" || !explained.has(place),
  );
}

/** A cause in several logs of a folder is one thing to do. */
function causes(logs: readonly CheckedLog[]): SubmissionItem[] {
  const found = logs.flatMap((log) =>
    log.causes.map((cause) => ({ path: log.path, place: folderOf(log.path), cause })),
  );
  const groups = groupBy(found, ({ place, cause }) => `${place}\n${kindOf(cause)}`);
  return [...groups.values()].flatMap((members): SubmissionItem[] => {
    const [first] = members;
    if (first === undefined) return [];
    const { path, place, cause } = first;
    const isOne = members.length === 1;
    return [
      {
        severity: "warning",
        foundBy: "pitwall",
        place: isOne ? path : place,
        problem: { kind: "cause", cause, ...(isOne ? {} : { logCount: members.length }) },
      },
    ];
  });
}

/** What to do is the same, wherever the lines are. */
function kindOf(cause: LogCause): string {
  if ("by" in cause) return `${cause.cause} ${cause.by}`;
  if ("is" in cause) return `${cause.cause} ${cause.is}`;
  if ("unit" in cause) return `${cause.cause} ${cause.unit}`;
  if ("part" in cause) return `${cause.cause} ${cause.part}`;
  if ("wanted" in cause) return `${cause.cause} ${cause.wanted} ${cause.written}`;
  return "written" in cause ? `${cause.cause} ${cause.written}` : cause.cause;
}

function rankOf({ severity, foundBy }: SubmissionItem): number {
  return (severity === "blocking" ? 0 : 2) + (foundBy === "official" ? 0 : 1);
}

function failingRuns(logs: readonly CheckedLog[]): SubmissionItem[] {
  const folders = groupBy(logs, ({ path }) => folderOf(path));
  return [...folders].flatMap(([place, members]): SubmissionItem[] => {
    const failing = members.filter(({ verdict }) => verdict === "fail");
    if (failing.length === 0) return [];
    const unexplained = failing.find(({ causes: found }) => !found.some(isOfWholeFile));
    const ordered = failing.toSorted(
      (a, b) => Number(b === unexplained) - Number(a === unexplained),
    );
    const benchmark = members.find((log) => log.benchmark !== undefined)?.benchmark ?? "";
    const allowedCount = isMlperfBenchmark(benchmark) ? droppedAtEachEnd(benchmark) : 0;
    return [
      {
        severity: failing.length > allowedCount ? "blocking" : "warning",
        foundBy: "official",
        place,
        problem: {
          kind: "runs-fail",
          failedCount: failing.length,
          allowedCount,
          logs: ordered.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)),
          finding: unexplained?.findings[0],
        },
      },
    ];
  });
}

/** Whether the findings of a log with this cause are its symptoms. */
function isOfWholeFile({ cause }: LogCause): boolean {
  return cause !== "key-misspelled" && cause !== "target-after-stop";
}

/** Findings that the official checkers only note. */
const notedOnly: ReadonlySet<PackageFinding["rule"]> = new Set(["power-of-no-run"]);
/** Required by the rules, but not checked: accepted results have such differences. */
const uncheckedRules: ReadonlySet<PackageFinding["rule"]> = new Set(["hyperparameter-differs"]);

function packageItem(place: string, finding: PackageFinding): SubmissionItem {
  const isOurs =
    uncheckedRules.has(finding.rule) ||
    (finding.rule === "seed-missing" && finding.scope === "all");
  return {
    severity: isOurs || notedOnly.has(finding.rule) ? "warning" : "blocking",
    foundBy: isOurs ? "pitwall" : "official",
    place,
    problem: { kind: "package", finding },
  };
}

function convergenceItems(
  result: BenchmarkResult,
  place: string,
  references: readonly ReferenceConvergence[],
): SubmissionItem[] {
  const { convergence: check, findings } = result;
  const official = { severity: "blocking", foundBy: "official", place } as const;
  const scaling = findings.flatMap((finding): SubmissionItem[] =>
    finding.rule === "scaling-file-missing"
      ? [
          {
            ...official,
            severity: "warning",
            problem: { kind: "scaling-file-missing", factor: finding.factor },
          },
        ]
      : [],
  );
  if (check.kind === "no-batch-size")
    return [...scaling, { ...official, problem: { kind: check.kind, found: [...check.found] } }];
  if (check.kind === "missing" && !check.isBypassed)
    return [...scaling, { ...official, problem: noReference(result, check, references) }];
  if (check.kind === "insufficient") {
    const { unconverged: missedCount, allowed: allowedCount } = check;
    return [
      ...scaling,
      { ...official, problem: { kind: "too-few-converged", missedCount, allowedCount } },
    ];
  }
  const isTested =
    check.kind === "found" || check.kind === "interpolated" || check.kind === "smaller-batch";
  if (!isTested || check.test.passes || check.isBypassed) return scaling;
  const { unit, globalBatchSize, submissionMean: mean, smallestAcceptableMean } = check.test;
  return [
    ...scaling,
    {
      ...official,
      problem: { kind: "converges-too-fast", unit, globalBatchSize, mean, smallestAcceptableMean },
    },
  ];
}

function noReference(
  { edition, benchmark }: BenchmarkResult,
  { globalBatchSize }: { globalBatchSize: number },
  references: readonly ReferenceConvergence[],
): SubmissionItem["problem"] {
  const own = references
    .filter((record) => record.edition === edition && record.benchmark === benchmark)
    .toSorted((a, b) => a.globalBatchSize - b.globalBatchSize);
  const [nearest] = own.toSorted(
    (a, b) =>
      Math.abs(Math.log(a.globalBatchSize / globalBatchSize)) -
      Math.abs(Math.log(b.globalBatchSize / globalBatchSize)),
  );
  return {
    kind: "no-reference",
    globalBatchSize,
    referenceBatchSizes: [...new Set(own.map((record) => record.globalBatchSize))],
    nearest: nearest && {
      globalBatchSize: nearest.globalBatchSize,
      hyperparameters: nearest.hyperparameters,
    },
  };
}

/** Meters must be read at least once a second; 5% longer is the scatter of a timer. */
const longestReadingIntervalMs = 1050;

function readingIntervals({ energy }: BenchmarkResult, place: string): SubmissionItem[] {
  if (energy?.kind !== "measured" || energy.readingIntervalMs === undefined) return [];
  const { readingIntervalMs } = energy;
  if (readingIntervalMs <= longestReadingIntervalMs) return [];
  const problem = { kind: "power-read-rarely", readingIntervalMs } as const;
  return [{ severity: "warning", foundBy: "pitwall", place, problem }];
}

/** Logs of another division than the system's description states. */
function divisions(
  logs: readonly CheckedLog[],
  results: readonly BenchmarkResult[],
): SubmissionItem[] {
  return results.flatMap((result): SubmissionItem[] => {
    const place = placeOf(result, logs);
    const described = result.system.division?.toLowerCase();
    const logged = logs.find(({ path }) => folderOf(path) === place)?.division;
    if (described === undefined || logged === undefined || logged === described) return [];
    return [
      {
        severity: "warning",
        foundBy: "pitwall",
        place,
        problem: { kind: "division-differs", logged, described },
      },
    ];
  });
}

/** The folder of a result as its logs are listed, which may begin below the folder of the round. */
function placeOf({ folder }: BenchmarkResult, logs: readonly CheckedLog[]): string {
  const own = logs.find(({ path }) => `/${folder}`.endsWith(`/${folderOf(path)}`));
  return own === undefined ? folder : folderOf(own.path);
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}
