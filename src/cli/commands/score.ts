import type { CsvOptions } from "../../foundation/tables/csv.ts";
import type { EditionAssumption } from "../../schema/logs/edition-assumption.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import type { CheckReport } from "../../workflows/check/assemble-check.ts";
import type { ScoreRequest } from "../../workflows/submissions/score-submission.ts";
import { screenWidth } from "../terminal/atlas-screen.ts";
import { type Call, defineCommand, exitCodes, type Face } from "../command-table.ts";
import { csvOptionsOf, rawCsvOption } from "../answers/raw-csv.ts";
import { printAssumptions } from "../answers/print-assumptions.ts";
import { StatusLine } from "../terminal/status-line.ts";

const options = {
  edition: {
    takes: "text",
    placeholder: "edition",
    group: "Rules",
    help: "the round's rules, `training-5.0`, `hpc-3.0`; default: as the folder's path says",
  },
  verdict: {
    takes: "choice",
    choices: ["checker", "as-published", "status"],
    default: "checker",
    group: "Rules",
    help: "whose word decides whether a run counts: the official rules of today, those of the time, or the log's own `run_stop`",
  },
  "bert-train-samples": {
    takes: "nothing",
    group: "Rules",
    help: "compare BERT's convergence by `train_samples` instead of `epoch_num`",
  },
  division: {
    takes: "choice",
    choices: ["closed", "open"],
    group: "Selection",
    help: "only results of this division",
  },
  check: {
    takes: "nothing",
    group: "Output",
    help: "say what `pitwall check` says as well: every log is read once for both",
  },
  threads: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Work",
    help: "threads that read logs; default: one per core, fewer where there is little to read",
  },
  csv: {
    takes: "choice",
    choices: ["results", "official", "official-detailed", "official-weak"],
    group: "Output",
    help: "print a table as CSV: ours, or one in the official summarizer's columns",
  },
  ...rawCsvOption,
} as const;

export const scoreCommand = defineCommand({
  name: "score",
  summary: "Score a round, a submission or a benchmark by the rules",
  usage: "<folder | archive>…",
  arguments: [
    {
      name: "folder | archive…",
      help: "with logs as <organisation>/results/<system>/<benchmark>/result_<n>.txt, at any height; or such a folder as .tar, .tar.gz, .tar.zst or .zip",
    },
  ],
  argumentCount: { minimum: 1, maximum: 1000 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall score training_results_v5.0/NVIDIA",
      does: "every result of one submitter, a line each",
    },
    {
      command: "pitwall score training_results_v5.0 --check",
      does: "a whole round, scored and checked in one go",
    },
    {
      command: "pitwall score Acme/results/node8/llama2_70b_lora --edition 5.1",
      does: "one result in full: dropped runs, spread, convergence test, energy",
    },
    {
      command: "pitwall score training_results_v5.0 --csv official > summary.csv",
      does: "the official summarizer's table",
    },
  ],
  options,
  exits: [
    { code: 0, when: "everything has a score, and converges no faster than the reference allows" },
    {
      code: 1,
      when: "a result has no score, or converges too fast or beyond the reference; with `--check` also a log fails",
    },
    { code: 2, when: "a folder holds no results, or its round is not known" },
  ],
  async act(call) {
    const { csv } = call.options;
    const csvLook = csvOptionsOf(call.options, {
      isCsv: csv !== undefined && !call.shared.json,
      csvFlag: "--csv results",
    });
    const answer = await scoreAll(call);
    if (answer.results.length === 0 && !call.shared.quiet)
      call.face.err.write("no results of this division\n");
    if (call.shared.json) await writeDocument(answer, call.face);
    else await printAnswer(answer, call, csvLook);
    return isAllGood(answer) ? exitCodes.yes : exitCodes.no;
  },
});

function isAllGood({ results, report }: Answer): boolean {
  const passes = report === undefined || report.logs.every(({ verdict }) => verdict !== "fail");
  return passes && results.every(isGood);
}

interface Answer {
  results: BenchmarkResult[];
  /** Present with `--check`. */
  report: CheckReport | undefined;
  /** Present if the rules applied at the round count more runs. */
  countAsPublished: { runCount: number; resultCount: number } | undefined;
  /** Rounds that neither paths nor logs state. */
  assumed: readonly EditionAssumption[];
}

async function scoreAll(call: Call<typeof options>): Promise<Answer> {
  const { scoreSubmission } = await import("../../workflows/submissions/score-submission.ts");
  const line = call.shared.quiet ? undefined : new StatusLine(call.face);
  const read = { expectedBytes: 0, logs: 0, bytes: 0 };
  const answer: Answer = {
    results: [],
    report: undefined,
    countAsPublished: undefined,
    assumed: [],
  };
  try {
    for await (const event of scoreSubmission(await requestOf(call), call.face.interrupt)) {
      if (event.kind === "found") {
        read.expectedBytes = event.bytes;
        answer.assumed = event.assumptions;
        if (!call.shared.quiet)
          await printAssumptions(event.assumptions, ["score", ...call.arguments], call.face);
      }
      if (event.kind === "logs-read") {
        read.logs += event.logCount;
        read.bytes += event.bytes;
        line?.show((elapsedMs) => readingText(read, elapsedMs));
      }
      if (event.kind === "scored") answer.results.push(event.result);
      if (event.kind === "count-as-published") {
        const { runCount, resultCount } = event;
        answer.countAsPublished = { runCount, resultCount };
      }
      if (event.kind === "checked") answer.report = event.report;
    }
  } finally {
    line?.clear();
  }
  return answer;
}

async function requestOf({
  arguments: folders,
  options: { edition, verdict, division, check, threads, "bert-train-samples": usesTrainSamples },
  face,
}: Call<typeof options>): Promise<ScoreRequest> {
  const { trustedVerdicts } = await import("../../schema/logs/trusted-verdict.ts");
  return {
    folders,
    workingFolder: face.cwd,
    edition,
    division: division === "closed" || division === "open" ? division : undefined,
    verdict: trustedVerdicts.find((known) => known === verdict) ?? "checker",
    usesTrainSamples,
    alsoChecks: check,
    threadCount: threads,
  };
}

async function writeDocument(
  { results, report, countAsPublished, assumed }: Answer,
  face: Face,
): Promise<void> {
  const result = {
    results,
    ...(assumed.length === 0 ? {} : { assumedEditions: assumed }),
    ...(countAsPublished === undefined ? {} : { countAsPublished }),
    ...(report === undefined ? {} : await checkedOf(report, face)),
  };
  const document = { schemaVersion: 1, command: "score", ok: true, result };
  face.out.write(`${JSON.stringify(document)}\n`);
}

async function printAnswer(
  { results, report, countAsPublished }: Answer,
  call: Call<typeof options>,
  csvLook: CsvOptions,
): Promise<void> {
  const { csv } = call.options;
  if (csv !== undefined) call.face.out.write(await csvOf(results, csv, csvLook));
  else if (results.length > 0) await printForPeople(results, call);
  if (report !== undefined) await printCheck(report, call);
  if (countAsPublished !== undefined && !call.shared.quiet)
    printAsPublished(countAsPublished, call);
}

async function checkedOf({ logs, packages }: CheckReport, face: Face) {
  const { readRuleSources } = await import("../../workflows/check/rule-sources.ts");
  const rules = await readRuleSources(
    logs.map(({ edition }) => edition),
    face.nowMs(),
  );
  return { rules, logs, packages };
}

function printAsPublished(
  { runCount, resultCount }: { runCount: number; resultCount: number },
  { face, arguments: folders }: Call<typeof options>,
): void {
  const runs = `${runCount} ${runCount === 1 ? "run" : "runs"} of ${resultCount} ${resultCount === 1 ? "result" : "results"}`;
  const command = `pitwall score ${folders.join(" ")} --verdict as-published`;
  face.err.write(
    `\n${face.err.paint.warn("note:")} ${runs} failed only by rules that were added after the round; count them with ${face.err.paint.name(command)}\n`,
  );
}

function readingText(
  read: { expectedBytes: number; logs: number; bytes: number },
  elapsedMs: number,
): string {
  const leftMs = (elapsedMs / Math.max(1, read.bytes)) * (read.expectedBytes - read.bytes);
  const megabytes = `${(read.bytes / 1e6).toFixed(0)} of ${(read.expectedBytes / 1e6).toFixed(0)} MB`;
  return `reading logs: ${read.logs}, ${megabytes}, ${Math.ceil(leftMs / 1000)} s left`;
}

/** With CSV output, the check goes to standard error, so that standard output stays valid CSV. */
async function printCheck(
  report: CheckReport,
  { arguments: folders, options: { edition, csv }, face, shared }: Call<typeof options>,
): Promise<void> {
  const { checkReport } = await import("../../report/logs/check-report.ts");
  const screen = csv === undefined ? face.out : face.err;
  const { rules } = await checkedOf(report, face);
  const input = { ...report, arguments: folders, edition, rules };
  const text = checkReport(input, screen.paint, {
    showsAll: shared.verbose,
    isStrict: false,
    withNextStep: false,
    width: screenWidth({ out: screen }),
  });
  screen.write(`\n${shared.quiet ? (text.split("\n", 1)[0] ?? "") : text}\n`);
}

async function csvOf(
  results: readonly BenchmarkResult[],
  csv: string,
  look: CsvOptions,
): Promise<string> {
  const { officialCsv, officialTables } = await import("../../report/logs/official-csv.ts");
  const table = officialTables.find((known) => known === csv);
  if (table !== undefined) return officialCsv(results, table, look);
  const { scoreCsv } = await import("../../report/logs/score-csv.ts");
  return scoreCsv(results, look);
}

async function printForPeople(
  results: readonly BenchmarkResult[],
  { face, shared, arguments: folders }: Call<typeof options>,
): Promise<void> {
  const { scoreCard, scoreTable } = await import("../../report/logs/score-report.ts");
  const { describeSubmissionFinding } =
    await import("../../report/findings/describe-submission-finding.ts");
  const { paint } = face.out;
  const showsAll = shared.verbose || results.length === 1;
  if (showsAll) {
    face.out.print(`${results.map((result) => scoreCard(result, paint)).join("\n\n")}\n`);
  } else {
    face.out.print(`${scoreTable(results, { width: screenWidth(face), paint })}\n`);
    const withFindings = results.filter(({ findings }) => findings.length > 0);
    if (shared.quiet) return;
    for (const { folder, findings } of withFindings) {
      for (const finding of findings)
        face.err.write(
          `${face.err.paint.warn("warning:")} ${folder}: ${describeSubmissionFinding(finding)}\n`,
        );
    }
    const [first] = results;
    if (first !== undefined)
      face.out.write(
        `\nnext: ${paint.name(`pitwall score ${folders.join(" ")} --verbose`)}   shows every run\n`,
      );
  }
  if (!shared.quiet)
    face.err.write("\nThese are unverified scores: only MLCommons verifies a submission.\n");
}

function isGood({ score, weak, convergence, subfolder, scalingKind }: BenchmarkResult): boolean {
  if (subfolder !== undefined) return true;
  const isScored = scalingKind === "weak" ? weak?.kind === "scored" : score.kind === "scored";
  return isScored && convergesAllowed(convergence);
}

function convergesAllowed(check: BenchmarkResult["convergence"]): boolean {
  switch (check.kind) {
    case "found":
    case "interpolated":
    case "smaller-batch":
      return check.test.passes || check.isBypassed;
    case "missing":
      return check.isBypassed;
    case "no-batch-size":
    case "insufficient":
    case "not-stated":
      return false;
    case "not-checked":
      return true;
  }
}
