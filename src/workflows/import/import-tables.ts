import { dawnbenchHardware } from "../../atlas/names/dawnbench-hardware.ts";
import type { ResultRow } from "../../schema/atlas/result-row.ts";
import type { ResultRun } from "../../schema/atlas/result-run.ts";
import type { RoundManifest } from "../../schema/atlas/round-manifest.ts";
import { readCsv } from "../../store/results/read-csv.ts";
import type { RoundDescription } from "../../schema/atlas/round-contents.ts";
import { writeResults } from "../../store/results/write-results.ts";

export interface TableImport {
  /** A CSV file. */
  file: string;
  into: string;
  importedBy: string;
}

type Written = Promise<{ folder: string; manifest: RoundManifest }>;

/**
 * Turns a table of DAWNBench's training entries into rows: one training each, to the contest's target.
 *
 * @throws UserError `table-lacks-column`
 */
export async function importDawnbench({ file, into, importedBy }: TableImport): Written {
  const entries = await readCsv(file, [
    "task",
    "file",
    "date",
    "author",
    "model",
    "framework",
    "hardware",
    "total_cost_usd",
    "computed_cost_usd",
    "hours_to_target",
  ]);
  const suite = "dawnbench";
  const round = "2017-2020";
  const repository = "https://github.com/stanford-futuredata/dawn-bench-entries";
  const toRow = (entry: (typeof entries)[number]): ResultRow => {
    const stated = amountOf(entry("total_cost_usd")) ?? amountOf(entry("computed_cost_usd"));
    return {
      ...sharedOfTables,
      ...timesOf(Number(entry("hours_to_target")) * 3_600_000),
      ...dawnbenchHardware(entry("hardware")),
      rowId: `${suite}/${round}/${entry("file").replace(/\.json$/, "")}`,
      suite,
      round,
      publishedOn: entry("date"),
      submitter: entry("author"),
      system: entry("hardware"),
      systemName: entry("model"),
      benchmark: `dawnbench_${entry("task").toLowerCase()}`,
      benchmarkAsPublished: entry("task"),
      acceleratorAsPublished: entry("hardware"),
      framework: entry("framework") === "" ? undefined : entry("framework"),
      statedCostUsd: stated,
      note:
        entry("total_cost_usd") === "" && stated !== undefined
          ? "cost is the entry's price per hour times its time"
          : undefined,
      source: encodeURI(`${repository}/blob/master/${entry("file")}`),
    };
  };
  return write(
    entries.map(toRow),
    { into, importedBy },
    {
      suite,
      round,
      publishedOn: "2017-2020",
      sourceRepository: repository,
      licence: "Apache-2.0",
      changes:
        "Each entry became one row; hours became milliseconds, and hardware in free words became counts.",
      missing: ["Evaluation curves of the entries are not kept here, only the time to the target."],
    },
  );
}

/**
 * Turns a table of the NanoGPT speedrun's records into rows. The table has its two tracks one after the other: the
 * number of the record starts again with the second, GPT-2 Medium.
 *
 * @throws UserError `table-lacks-column`
 */
export async function importSpeedrun({ file, into, importedBy }: TableImport): Written {
  const records = await readCsv(file, ["record", "minutes", "description", "date"]);
  const suite = "nanogpt-speedrun";
  const round = "2024-";
  const repository = "https://github.com/KellerJordan/modded-nanogpt";
  const seen = new Map<string, number>();
  let track = 1;
  let before = 0;
  const toRow = (entry: (typeof records)[number]): ResultRow => {
    const record = Number(entry("record"));
    if (record === 1 && before > 1) track++;
    before = record;
    const name = `track-${track}/${record}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    const benchmark = track === 1 ? "nanogpt_speedrun" : "nanogpt_speedrun_medium";
    return {
      ...sharedOfTables,
      ...timesOf(Number(entry("minutes")) * 60_000),
      rowId: `${suite}/${round}/${name}${times === 1 ? "" : `-${times}`}`,
      suite,
      round,
      publishedOn: isoDate(entry("date")),
      submitter: "modded-nanogpt",
      system: "8xH100",
      systemName: `record ${record}`,
      benchmark,
      benchmarkAsPublished: track === 1 ? "NanoGPT speedrun" : "NanoGPT speedrun, GPT-2 Medium",
      nodeCount: 1,
      acceleratorCount: 8,
      accelerator: "h100-sxm",
      acceleratorFamily: "H100",
      acceleratorAsPublished: "8xH100",
      framework: "PyTorch",
      note: entry("description") === "" ? undefined : entry("description"),
      source: repository,
    };
  };
  return write(
    records.map(toRow),
    { into, importedBy },
    {
      suite,
      round,
      publishedOn: undefined,
      sourceRepository: repository,
      licence: "MIT",
      changes: "Each record became one row; minutes became milliseconds.",
      missing: [
        "The records' own logs: times are the record table's, the mean of several runs each.",
      ],
    },
  );
}

const sharedOfTables = {
  compatibilityGroup: 1,
  scaling: "strong",
  scalingFactor: 1,
  runCount: 1,
  convergedRunCount: 1,
} as const;

function timesOf(
  timeMs: number,
): Pick<ResultRow, "scoreMs" | "unscaledMs" | "fastestMs" | "medianMs" | "slowestMs"> {
  const rounded = Number(timeMs.toFixed(3));
  return {
    scoreMs: rounded,
    unscaledMs: rounded,
    fastestMs: rounded,
    medianMs: rounded,
    slowestMs: rounded,
  };
}

function write(
  rows: readonly ResultRow[],
  { into, importedBy }: Omit<TableImport, "file">,
  manifest: Omit<RoundDescription, "logCount">,
): Written {
  const runs = rows.map(({ rowId, scoreMs }): ResultRun => ({
    rowId,
    run: "entry",
    fate: "counted",
    timeToTrainMs: scoreMs,
  }));
  return writeResults(
    into,
    { manifest: { ...manifest, logCount: 0 }, rows, runs, curves: [] },
    importedBy,
  );
}

function amountOf(text: string): number | undefined {
  return text === "" ? undefined : Number(text);
}

/** `06/05/24`, month first. */
function isoDate(text: string): string | undefined {
  const match = /^(\d\d)\/(\d\d)\/(\d\d)$/.exec(text);
  return match === null ? undefined : `20${match[3]}-${match[1]}-${match[2]}`;
}
