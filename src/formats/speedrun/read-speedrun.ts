import type { ResultContents } from "../../schema/atlas/rounds/round-contents.ts";
import { readTable, type TableLine } from "../csv-table.ts";
import type { ResultsReader } from "../format.ts";
import { singleRunEntry } from "../single-run-entry.ts";
import { speedrunColumns } from "./speedrun-columns.ts";

const repository = "https://github.com/KellerJordan/modded-nanogpt";
const suite = "nanogpt-speedrun";
const round = "2024-";

/** The NanoGPT speedrun's record table. */
export const speedrunReader: ResultsReader = {
  round: {
    suite,
    round,
    publishedOn: undefined,
    sourceRepository: repository,
    licence: "MIT",
    changes: "Each record became one row; minutes became milliseconds.",
    missing: [
      "The records' own logs: times are the record table's, the mean of several runs each.",
    ],
    logCount: 0,
  },
  open(name) {
    const records = new RecordTracks();
    return readTable(name, speedrunColumns, (line) =>
      entryOf(line, records.place(line.requiredNumber("record"))),
    );
  },
};

interface RecordPlace {
  record: number;
  track: number;
  /** `track-1/12`, and `track-1/12-2` if the number occurs again. */
  id: string;
}

/** The table has two tracks one after the other; record numbers restart with the second, GPT-2 Medium. */
class RecordTracks {
  readonly #counts = new Map<string, number>();
  #track = 1;
  #previous = 0;

  place(record: number): RecordPlace {
    if (record === 1 && this.#previous > 1) this.#track++;
    this.#previous = record;
    const id = `track-${this.#track}/${record}`;
    const count = (this.#counts.get(id) ?? 0) + 1;
    this.#counts.set(id, count);
    return { record, track: this.#track, id: count === 1 ? id : `${id}-${count}` };
  }
}

function entryOf(
  line: TableLine<(typeof speedrunColumns)[number]>,
  { record, track, id }: RecordPlace,
): ResultContents {
  const description = line.text("description");
  return singleRunEntry(
    {
      rowId: `${suite}/${round}/${id}`,
      suite,
      round,
      publishedOn: isoDate(line.text("date")),
      submitter: "modded-nanogpt",
      system: "8xH100",
      systemName: `record ${record}`,
      benchmark: track === 1 ? "nanogpt_speedrun" : "nanogpt_speedrun_medium",
      benchmarkAsPublished: track === 1 ? "NanoGPT speedrun" : "NanoGPT speedrun, GPT-2 Medium",
      nodeCount: 1,
      acceleratorCount: 8,
      accelerator: "h100-sxm",
      acceleratorFamily: "H100",
      acceleratorAsPublished: "8xH100",
      framework: "PyTorch",
      note: description === "" ? undefined : description,
      source: repository,
    },
    line.requiredNumber("minutes") * 60_000,
  );
}

/** `06/05/24`, month first. */
function isoDate(text: string): string | undefined {
  const match = /^(\d\d)\/(\d\d)\/(\d\d)$/.exec(text);
  return match === null ? undefined : `20${match[3]}-${match[1]}-${match[2]}`;
}
