import type { ResultContents } from "../../schema/atlas/rounds/round-contents.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { readTable, type TableLine } from "../csv-table.ts";
import type { ResultsReader } from "../format.ts";
import { roundTableColumns } from "./round-table-columns.ts";

type Line = TableLine<(typeof roundTableColumns)[number]>;

const repository = "https://github.com/mlcommons/training_results_v6.0";
const suite = "mlperf-training";
const round = "v6.0";
const publishedOn = "2026-06-16";

/** MLPerf Training v6.0, for which only run times and some of the official scores are on record. */
export const roundTableReader: ResultsReader = {
  round: {
    suite,
    round,
    publishedOn,
    sourceRepository: repository,
    licence: "Apache-2.0",
    changes:
      "Fastest and middle runs are from the dataset of elyryba/gpu-topology-efficiency (2026-07-04, Apache-2.0), which was extracted from the round's logs; systems, scaling factors and 20 official scores are from the round's own files (commit eabf23a0). Of an even number of runs, the middle one is the slower of the two in the middle. The slowest run is computed from the rounded spread, within 0.05 % of the middle run.",
    missing: [
      "The logs were not available: there are no single runs and no curves, and runs that missed the target are not known.",
      "Most official scores were not available: these rows give the middle run before scaling (score kind `middle-run`).",
      "System descriptions were missing for Lambda gb300_n18_ngc25.09_nemo, NVIDIA hsg_ngpu2560_ngc25.09_nemo and hsg_ngpu5120_ngc25.09_nemo, and Nebius nebius_b300_n1: their division and availability are unknown.",
    ],
    logCount: 0,
  },
  hasPublishedAcceleratorNames: true,
  open: (name) => readTable(name, roundTableColumns, (line) => resultOf(line, name)),
};

function resultOf(line: Line, name: string): ResultContents {
  if (line.text("round") !== round)
    throw new UserError("round-differs", `\`${name}\` contains a result of another round`, {
      at: name,
      saw: line.text("round"),
      hint: `this format reads the results of MLPerf Training ${round}`,
    });
  const [submitter, system] = [line.text("submitter"), line.text("system")];
  const benchmark = line.text("benchmark");
  const row: ResultRow = {
    rowId: [suite, round, submitter, system, benchmark].join("/"),
    suite,
    round,
    publishedOn,
    ...termsOf(line),
    submitter,
    system,
    systemName: optional(line.text("system_name")),
    benchmark,
    benchmarkAsPublished: benchmark,
    compatibilityGroup: 1,
    scaling: "strong",
    edition: "training-6.0",
    nodeCount: line.requiredNumber("nodes"),
    acceleratorCount: line.requiredNumber("accelerators"),
    acceleratorAsPublished: line.text("accelerator_model"),
    framework: optional(line.text("framework")),
    ...timesOf(line),
    ...convergenceOf(line, benchmark),
    source: `${repository}/tree/main/${submitter}/results/${system}/${benchmark}`,
  };
  return { row, runs: [], curves: [] };
}

function termsOf(line: Line): Pick<ResultRow, "division" | "availability"> {
  const division = line.text("division");
  const availability = line.text("availability");
  return {
    division: division === "closed" || division === "open" ? division : undefined,
    availability:
      availability === "cloud" || availability === "on-premise" ? availability : undefined,
  };
}

type Times = Pick<
  ResultRow,
  | "runCount"
  | "convergedRunCount"
  | "scoreMs"
  | "unscaledMs"
  | "scoreKind"
  | "scalingFactor"
  | "fastestMs"
  | "medianMs"
  | "slowestMs"
  | "note"
>;

function timesOf(line: Line): Times {
  const runCount = line.requiredNumber("run_count");
  const middleMs = milliseconds(line.requiredNumber("middle_seconds"));
  const fastestMs = milliseconds(line.requiredNumber("fastest_seconds"));
  const spread = line.requiredNumber("spread_over_middle");
  return {
    runCount,
    convergedRunCount: runCount,
    fastestMs,
    // Of an even number of runs, the table gives the slower of the two in the middle.
    medianMs: middleMs,
    slowestMs: Math.round(fastestMs + spread * middleMs),
    ...scoreOf(line, { runCount, middleMs }),
  };
}

/** A score of three runs is the middle one, because the fastest and the slowest do not count. */
function scoreOf(
  line: Line,
  { runCount, middleMs }: { runCount: number; middleMs: number },
): Pick<Times, "scoreMs" | "unscaledMs" | "scoreKind" | "scalingFactor" | "note"> {
  const factor = line.number("scaling_factor");
  const officialMinutes = line.number("official_minutes");
  if (officialMinutes !== undefined) {
    const scalingFactor = factor ?? 1;
    const scoreMs = milliseconds(officialMinutes * 60);
    const unscaledMs = milliseconds((officialMinutes * 60) / scalingFactor);
    const note = `official score; RCP test: ${line.text("rcp_test").toLowerCase()}`;
    return { scoreMs, unscaledMs, scoreKind: "score", scalingFactor, note };
  }
  if (runCount === 3 && factor !== undefined)
    return {
      scoreMs: milliseconds((middleMs * factor) / 1000),
      unscaledMs: middleMs,
      scoreKind: "score",
      scalingFactor: factor,
      note: "middle run of 3, times the committed scaling factor",
    };
  const notes = [
    `middle of ${runCount} runs, before scaling; official score not on record`,
    ...(factor === undefined ? [] : [`committed scaling factor ${factor.toFixed(4)}, not applied`]),
    ...(line.text("division") === "" ? ["no system description: division unknown"] : []),
  ];
  return {
    scoreMs: middleMs,
    unscaledMs: middleMs,
    scoreKind: "middle-run",
    scalingFactor: 1,
    note: notes.join("; "),
  };
}

function convergenceOf(
  line: Line,
  benchmark: string,
): Pick<ResultRow, "globalBatchSize" | "samplesToConverge" | "samplesUnit"> {
  const samplesToConverge = line.number("samples_to_converge");
  return {
    globalBatchSize: line.number("global_batch_size"),
    samplesToConverge,
    ...(samplesToConverge === undefined
      ? {}
      : { samplesUnit: benchmark === "dlrm_dcnv2" ? "epochs" : "samples" }),
  };
}

function milliseconds(seconds: number): number {
  return Number((seconds * 1000).toFixed(3));
}

function optional(text: string): string | undefined {
  return text === "" ? undefined : text;
}
