import type { ResultContents, RoundDescription } from "../schema/atlas/rounds/round-contents.ts";
import type { ExportedRun } from "../schema/run/exported-run.ts";
import type { RunPage } from "../schema/run/run-page.ts";

/**
 * A file format: one row of the table in formats.ts. Rows are small and load their reader or writer only when it is
 * needed, so that help and detection stay fast.
 */
export interface Format {
  /** The value of `--format`. */
  name: string;
  /** What the format is, as a phrase for help and documentation. */
  summary: string;
  /** Usual file endings: `.csv`. Empty for folders. */
  fileEndings: readonly string[];
  read?: FormatReader;
  write?: FormatWriter;
}

/** Input of format detection for a file or folder. */
export type FileSample =
  | { kind: "folder"; name: string }
  /** `firstBytes` holds the whole file if it is shorter than `sampleBytes`. */
  | { kind: "file"; name: string; firstBytes: Uint8Array };

/** Number of bytes of a file that detection needs. */
export const sampleBytes = 4096;

export type FormatReader = {
  /** Whether a file or folder is of this format. */
  detect(sample: FileSample): boolean;
} & (
  | { gives: "results"; load(): Promise<ResultsReader> }
  /** A folder or archive of logs. The import workflow unpacks it, applies the rules and scores it. */
  | { gives: "logs" }
);

/** Reads a table of results, one training each. */
export interface ResultsReader {
  /** Where the results are from. */
  round: RoundDescription;
  /** The names of accelerators are those of system descriptions: the import adds the names of the catalog. */
  hasPublishedAcceleratorNames?: true;
  /** @param name file name, for errors */
  open(name: string): StreamReader<ResultContents>;
}

/** Converts the bytes of a file to typed values, piece by piece. A piece is only valid during the call. */
export interface StreamReader<Noun> {
  push(bytes: Uint8Array): readonly Noun[];
  end(): readonly Noun[];
}

export type FormatWriter = {
  /** Options of `pitwall export` that apply to this format. */
  options: readonly WriterOption[];
  /** Leaves out runs without a verdict, and those that a score does not count. */
  needsVerdict: boolean;
  /** Does not write the telemetry of runs, which is then not read. */
  omitsTelemetry?: true;
  /** A sentence to print after the export. */
  notice?: string;
  /** What to do with the output: a command, and what it does. `path` is quoted for a shell. */
  next?: (path: string) => NextStep;
} & (
  | { gives: "folder"; defaultFolder: string; load(): Promise<FolderWriter> }
  | {
      gives: "document";
      /** Not a text; never printed to a terminal. Default false. */
      isBinary?: true;
      load(): Promise<DocumentWriter>;
    }
  /** A page for people. The export workflow scores the runs and lays it out. */
  | { gives: "page" }
);

export interface NextStep {
  command: string;
  does: string;
}

/** Options that a format may take; each is an option of `pitwall export`. */
export interface WriterOptionValues {
  submitter?: string;
  system?: string;
  /** The experiment of a tracking server. */
  experiment?: string;
  /** The server to send the runs to, instead of writing files. */
  trackingUri?: string;
  /** Leaves cells that spreadsheets run as formulas as they are. */
  rawCsv?: true;
}
export type WriterOption = keyof WriterOptionValues;

/** Yields the files of a folder. */
export type FolderWriter = (
  runs: readonly ExportedRun[],
  options: WriterOptionValues,
  context: FolderContext,
) => readonly FormatFile[];

export interface FolderContext {
  /** The folder to write. Absolute. */
  folder: string;
  /** The result card of a run as `pitwall run` prints it, without colors. */
  cardOf: (run: RunPage) => string;
}

/** Yields a document in pieces, so that long documents need not fit in memory. */
export type DocumentWriter = (
  runs: readonly ExportedRun[],
  options: WriterOptionValues,
) => Iterable<string | Uint8Array>;

/** A file of a folder to be written. */
export interface FormatFile {
  /** Relative to the folder, with `/`. */
  path: string;
  content:
    | { kind: "text"; text: string }
    | { kind: "bytes"; bytes: Uint8Array }
    /** A folder, which may stay empty. */
    | { kind: "folder" }
    | { kind: "log-of"; run: RunPage };
}
