import { formatCount, formatSignificant } from "../../foundation/numbers/units.ts";
import type { SubmissionItem } from "../../schema/logs/submission-item.ts";
import { describeLogCause } from "../findings/describe-log-cause.ts";
import { describePackageFinding } from "../findings/describe-package-finding.ts";
import { describeLogFinding } from "../findings/describe-rule-finding.ts";
import { valueText } from "../findings/describe-value.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";

export interface SubmissionPageInput {
  items: readonly SubmissionItem[];
  resultCount: number;
  logCount: number;
}

/** The list of what to do before an upload, worst first, without a trailing newline. */
export function submissionReport(
  { items, resultCount, logCount }: SubmissionPageInput,
  paint: Paint,
): string {
  const blocking = items.filter(({ severity }) => severity === "blocking").length;
  const read = `${countOf(resultCount, "result")}, ${countOf(logCount, "log")}`;
  const answer =
    blocking === 0
      ? paint.good(items.length === 0 ? "nothing is missing" : "nothing blocks the upload")
      : paint.bad(`${countOf(blocking, "problem")} to solve before the upload`);
  const lines = items.flatMap((item) => itemLines(item, paint));
  return [`${answer}   ${read}`, ...(lines.length === 0 ? [] : ["", ...lines])].join("\n");
}

function itemLines(item: SubmissionItem, paint: Paint): string[] {
  const { said, advice } = describeItem(item.problem);
  const label =
    item.severity === "blocking"
      ? paint.bad("blocking".padEnd(8))
      : paint.warn("warning".padEnd(8));
  const by = item.foundBy === "pitwall" ? paint.faint("   (found by Pitwall)") : "";
  return [
    `${label}  ${paint.name(item.place)}${by}`,
    `          ${said}`,
    `          ${paint.faint("→")} ${advice}`,
  ];
}

interface ItemWords {
  said: string;
  advice: string;
}

// oxlint-disable-next-line complexity -- one case per kind, and nothing but cases
function describeItem(problem: SubmissionItem["problem"]): ItemWords {
  switch (problem.kind) {
    case "runs-fail":
      return describeFailingRuns(problem);
    case "cause":
      return describeCauses(problem);
    case "package":
      return {
        said: describePackageFinding(problem.finding),
        advice: packageAdvice[problem.finding.rule],
      };
    case "converges-too-fast":
      return describeTooFast(problem);
    case "too-few-converged":
      return describeTooFew(problem);
    case "no-reference":
      return describeNoReference(problem);
    case "no-batch-size":
      return {
        said:
          problem.found.length === 0
            ? "the logs have no `global_batch_size`"
            : `the logs have different batch sizes: ${problem.found.join(", ")}`,
        advice: "train all runs of a result with one batch size and log it",
      };
    case "scaling-file-missing":
      return {
        said: `the runs converge faster than the reference: the score is multiplied by ${problem.factor.toPrecision(6)}`,
        advice: "run the package checker, which writes `scaling.json`, and commit the file",
      };
    case "division-differs":
      return {
        said: `the logs are of the ${problem.logged} division, the system description of the ${problem.described} division`,
        advice: "use one division in `submission_division` and in the system description",
      };
    case "names-differ":
    case "submitter-differs":
    case "organization-differs":
    case "accelerator-differs":
    case "count-differs":
    case "placeholder":
      return describeNames(problem);
    case "power-read-rarely":
      return {
        said: `the power meters are read every ${formatSignificant(problem.readingIntervalMs / 1000, 2)} s (median of the slowest)`,
        advice: "read them at least once a second",
      };
    case "code-missing":
      return {
        said: "there is no code of this benchmark",
        advice: "add the code with which the runs were made, and its README",
      };
    case "not-in-submission":
    case "logs-not-read":
    case "logs-misnamed":
    case "logs-packed":
    case "links-lead-out":
      return describePlaces(problem);
  }
}

function describeCauses({
  cause,
  logCount,
}: Extract<SubmissionItem["problem"], { kind: "cause" }>): ItemWords {
  const { said, advice } = describeLogCause(cause);
  return {
    said: logCount === undefined ? said : `in ${logCount} logs; in the first, ${said}`,
    advice,
  };
}

type PlacesProblem = Extract<
  SubmissionItem["problem"],
  {
    kind:
      | "not-in-submission"
      | "logs-not-read"
      | "logs-misnamed"
      | "logs-packed"
      | "links-lead-out";
  }
>;

function describePlaces(problem: PlacesProblem): ItemWords {
  switch (problem.kind) {
    case "not-in-submission":
      return {
        said: "these logs are not in the folders of a submission, so their names, system and code were not checked",
        advice:
          "move them to `<organization>/results/<system>/<benchmark>/result_<n>.txt`, and add `systems/<system>.json` and `benchmarks/<benchmark>`",
      };
    case "logs-not-read":
      return {
        said: `not read as logs: ${listed(problem.names)}`,
        advice: "name logs `result_<n>.txt`, counted from 0",
      };
    case "logs-misnamed":
      return {
        said: `the official tools read only files named \`result_<n>.txt\`, and find no log among ${listed(problem.names)}`,
        advice: "rename them to `result_0.txt`, `result_1.txt` and so on",
      };
    case "logs-packed":
      return {
        said: `packed with gzip, which the official tools do not read: ${listed(problem.names)}`,
        advice: "unpack them, and name them `result_<n>.txt`",
      };
    case "links-lead-out":
      return {
        said: `symbolic links to files that are not uploaded: ${listed(problem.paths)}`,
        advice: "replace the links with the files",
      };
  }
}

const listedNames = 5;

function listed(names: readonly string[]): string {
  const more = names.length - listedNames;
  const shown = names.slice(0, listedNames).map((name) => `\`${name}\``);
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

type NamesProblem = Extract<
  SubmissionItem["problem"],
  {
    kind:
      | "names-differ"
      | "submitter-differs"
      | "organization-differs"
      | "accelerator-differs"
      | "count-differs"
      | "placeholder";
  }
>;

function describeNames(problem: NamesProblem): ItemWords {
  switch (problem.kind) {
    case "names-differ":
      return {
        said: `\`${problem.key}\` differs between the logs: ${problem.values.map(({ value, logCount }) => `\`${value}\` in ${logCount}`).join(", ")}`,
        advice:
          "check that all logs are of this system; ask the review committee before you change a log",
      };
    case "submitter-differs":
      return {
        said: `the submitter of the system description is \`${problem.described}\`, the folder that of \`${problem.folder}\``,
        advice: "correct `submitter` in the system description, or move the files",
      };
    case "organization-differs":
      return {
        said: `\`submission_org\` is \`${problem.logged}\` in ${countOf(problem.logCount, "log")}, the submitter of the system description \`${problem.described}\``,
        advice:
          "set your organization in the launch script; in finished logs, ask the review committee first",
      };
    case "accelerator-differs":
      return {
        said: `\`submission_platform\` is \`${problem.logged}\` in ${countOf(problem.logCount, "log")}, the accelerator of the system description \`${problem.described}\``,
        advice:
          "check that these are the logs of this system, then correct the name in the launch script",
      };
    case "count-differs":
      return {
        said: `\`submission_platform\` is \`${problem.logged}\` in ${countOf(problem.logCount, "log")}, the system description has ${countOf(problem.nodeCount, "node")} with ${countOf(problem.acceleratorsPerNode, "accelerator")}`,
        advice:
          "check that these are the logs of this system, then correct the counts or the name in the launch script",
      };
    case "placeholder":
      return {
        said: `\`${problem.key}\` is the placeholder \`${problem.value}\` in ${countOf(problem.logCount, "log")}`,
        advice:
          "set the name in the launch script; in finished logs, ask the review committee first",
      };
  }
}

/** The file or the log as a whole, or a key of the log. */
function subjectOf(about: string): string {
  return about === "file" || about === "log" ? `the ${about}` : `\`${about}\``;
}

function describeFailingRuns({
  failedCount,
  allowedCount,
  logs,
  finding,
}: Extract<SubmissionItem["problem"], { kind: "runs-fail" }>): ItemWords {
  const first = finding === undefined ? undefined : describeLogFinding(finding, undefined);
  const why =
    first === undefined
      ? `: ${listed(logs)}, for the ${logs.length === 1 ? "cause" : "causes"} listed below`
      : `; ${logs[0]}: ${subjectOf(first.about)} ${first.said}`;
  const advice =
    failedCount > allowedCount
      ? `at most ${allowedCount} may fail: \`pitwall check\` lists every finding`
      : "it is dropped as the slowest run; a run that passes may improve the score";
  return {
    said: `${countOf(failedCount, "run")} ${failedCount === 1 ? "fails" : "fail"} the compliance rules${why}`,
    advice,
  };
}

function describeTooFast({
  unit,
  globalBatchSize,
  mean,
  smallestAcceptableMean,
}: Extract<SubmissionItem["problem"], { kind: "converges-too-fast" }>): ItemWords {
  const seen = mean === undefined ? "no mean" : amount(mean);
  const gap = mean === undefined ? "" : `, ${amount(smallestAcceptableMean - mean)} too early`;
  return {
    said: `converges too fast at batch size ${formatCount(globalBatchSize)}: ${seen} ${unit}; at least ${amount(smallestAcceptableMean)}${gap}`,
    advice:
      "check the hyperparameters, the data and how samples are counted; more seeds do not change a systematic difference",
  };
}

function describeTooFew({
  missedCount,
  allowedCount,
}: Extract<SubmissionItem["problem"], { kind: "too-few-converged" }>): ItemWords {
  return {
    said: `${countOf(missedCount, "run")} ended without the target or without \`"status": "success"\` at \`run_stop\`; at most ${allowedCount} may`,
    advice: "replace these runs: `pitwall score` lists them without samples to converge",
  };
}

function describeNoReference({
  globalBatchSize,
  referenceBatchSizes,
  nearest,
}: Extract<SubmissionItem["problem"], { kind: "no-reference" }>): ItemWords {
  const known = referenceBatchSizes.map(formatCount).join(", ");
  const settings = Object.entries(nearest?.hyperparameters ?? {})
    .filter(([key]) => key !== "global_batch_size")
    .slice(0, 6)
    .map(([key, value]) => `\`${key}\` ${valueText(value)}`)
    .join(", ");
  const there =
    nearest === undefined || settings === ""
      ? ""
      : `; the reference at ${formatCount(nearest.globalBatchSize)} has ${settings}`;
  return {
    said: `no reference at batch size ${formatCount(globalBatchSize)}; there are references at ${known === "" ? "no batch size" : known}`,
    advice: `train at one of these or between two of them, or submit reference runs for ${formatCount(globalBatchSize)}${there}`,
  };
}

function amount(value: number): string {
  return value >= 1000 ? formatCount(value) : String(Number(value.toPrecision(5)));
}

const packageAdvice: Readonly<
  Record<Extract<SubmissionItem["problem"], { kind: "package" }>["finding"]["rule"], string>
> = {
  "run-count": "add the missing runs as `result_<n>.txt`, or remove those that do not belong here",
  "result-number-repeated": "give each run a number of its own",
  "benchmarks-differ": "move the logs of each benchmark into its own folder",
  "folder-names-another-benchmark": "name the folder after the benchmark",
  "benchmark-not-in-edition": "check `submission_benchmark` and the round",
  "seed-missing": "log the seed of each run",
  "seed-repeated": "repeat one of the runs with another seed",
  "hyperparameter-differs": "train all runs of a result with the same values",
  "system-file-missing": "describe the system in that file",
  "system-file-invalid": "correct the JSON",
  "system-fields-missing": "add the fields; an empty string is allowed where nothing applies",
  "system-value-odd": "use one of the allowed values",
  "power-missing": "add the power logs of these runs, or remove the folder `power`",
  "power-files-differ": "add the power logs of every node",
  "power-of-no-run": "remove them or rename them after their runs",
  "names-unsuitable": "rename them without spaces and without a dot at the start",
  "files-too-large": "remove these files, or make them smaller",
  "links-broken": "replace the links with the files",
};
