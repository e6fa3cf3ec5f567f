/** Read access to the files of run records; names are relative to the record. */
export interface RecordFiles {
  /** Names of all record directories, unordered; empty if there is no home yet. */
  runIds(): Promise<string[]>;
  /** Absolute path of a record; it may not exist. */
  directory(runId: string): string;
  /** Whether a record directory exists. */
  exists(runId: string): Promise<boolean>;
  /** Whether a file exists; faster than reading one that does not. */
  has(runId: string, fileName: string): boolean;
  /** Undefined if the file does not exist. */
  readText(runId: string, fileName: string): Promise<string | undefined>;
  /** Yields nothing if the file does not exist. */
  readBytes(runId: string, fileName: string): AsyncIterable<Uint8Array>;
  /** The record's own files that exist, except result.json; sorted. */
  fileNames(runId: string): Promise<string[]>;
}

export const requestFile = "run.json";
export const resultFile = "result.json";
/** Written after the record is closed, so result.json does not list it. */
export const signatureFile = "signature.json";
/** Changes of the labels after the start. Not part of what result.json seals, because they describe the run from outside. */
export const labelsFile = "labels.jsonl";
export const logFile = "log.txt";
/**
 * Which rank wrote which bytes of the log; only in records of jobs with several ranks. It is a separate file so that
 * the log contains exactly what was printed: other tools can read the MLLOG lines, and one-rank records are unchanged.
 * If Pitwall was killed, the lines of its last milliseconds may be attributed to the previous rank.
 */
export const logRanksFile = "log-ranks.jsonl";
export const eventsFile = "events.jsonl";
/** Output of the command of `--prepare`; only in records of runs that have one. */
export const prepareLogFile = "prepare.log";
export const samplesDirectory = "samples";
/** Log and samples of a run that Pitwall attaches to, until they replace the files of these names. */
export const rebuiltDirectory = "rebuilt";

/** Copies of the files that an imported run was read from. */
export const copiesDirectory = "imported";

const ownFiles = new Set([requestFile, logFile, logRanksFile, eventsFile, prepareLogFile]);

/** Whether a file (`samples/rank-0.jsonl`) is part of the record; programs may write other files next to it. */
export function isRecordFile(name: string): boolean {
  return (
    ownFiles.has(name) ||
    /^samples\/[A-Za-z0-9][\w.-]*\.jsonl$/.test(name) ||
    /^imported\/[A-Za-z0-9][\w.-]*$/.test(name)
  );
}

/** Whether a file belongs in a bundle of the record: its own files, its result, its signature and its labels. */
export function isBundledFile(name: string): boolean {
  return [resultFile, signatureFile, labelsFile].includes(name) || isRecordFile(name);
}

/** A valid name in a record for the copy of a file; its own name if that is valid. */
export function copyFileName(name: string): string {
  const safe = name.replaceAll(/[^\w.-]/gu, "_").replace(/^[^A-Za-z0-9]+/u, "");
  return `${copiesDirectory}/${safe === "" ? "file" : safe}`;
}

/** @throws RangeError if the stem is not valid for a record file */
export function sampleFileName(fileStem: string): string {
  const name = `${samplesDirectory}/${fileStem}.jsonl`;
  if (!isRecordFile(name)) throw new RangeError(`\`${fileStem}\` cannot name a sample file`);
  return name;
}
