import type { ResultContents } from "../../schema/atlas/rounds/round-contents.ts";
import { readTable, type TableLine } from "../csv-table.ts";
import type { ResultsReader } from "../format.ts";
import { singleRunEntry } from "../single-run-entry.ts";
import { dawnbenchColumns } from "./dawnbench-columns.ts";
import { dawnbenchHardware } from "./dawnbench-hardware.ts";

const repository = "https://github.com/stanford-futuredata/dawn-bench-entries";
const suite = "dawnbench";
const round = "2017-2020";

/** DAWNBench's training entries: one training each, to the contest's target. */
export const dawnbenchReader: ResultsReader = {
  round: {
    suite,
    round,
    publishedOn: "2017-2020",
    sourceRepository: repository,
    licence: "Apache-2.0",
    changes:
      "Each entry became one row; hours became milliseconds, and hardware in free words became counts.",
    missing: ["Evaluation curves of the entries are not kept here, only the time to the target."],
    logCount: 0,
  },
  open: (name) => readTable(name, dawnbenchColumns, entryOf),
};

function entryOf(line: TableLine<(typeof dawnbenchColumns)[number]>): ResultContents {
  const hardware = line.text("hardware");
  const framework = line.text("framework");
  const totalCostUsd = line.number("total_cost_usd");
  const computedCostUsd = line.number("computed_cost_usd");
  return singleRunEntry(
    {
      ...dawnbenchHardware(hardware),
      rowId: `${suite}/${round}/${line.text("file").replace(/\.json$/, "")}`,
      suite,
      round,
      publishedOn: line.text("date"),
      submitter: line.text("author"),
      system: hardware,
      systemName: line.text("model"),
      benchmark: `dawnbench_${line.text("task").toLowerCase()}`,
      benchmarkAsPublished: line.text("task"),
      acceleratorAsPublished: hardware,
      framework: framework === "" ? undefined : framework,
      statedCostUsd: totalCostUsd ?? computedCostUsd,
      note:
        totalCostUsd === undefined && computedCostUsd !== undefined
          ? "cost is the entry's price per hour times its time"
          : undefined,
      source: encodeURI(`${repository}/blob/master/${line.text("file")}`),
    },
    line.requiredNumber("hours_to_target") * 3_600_000,
  );
}
