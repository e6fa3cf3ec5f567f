/** The files of run records, as far as reading them goes; names are those inside a record. */
export interface RecordFiles {
  /** Names of all record directories, in no order; none where there is no home yet. */
  runIds(): Promise<string[]>;
  /** Absolute path of a record, whether it exists or not. */
  directory(runId: string): string;
  /** Whether there is a record directory. */
  exists(runId: string): Promise<boolean>;
  /** Undefined where there is no such file. */
  readText(runId: string, fileName: string): Promise<string | undefined>;
  /** Nothing where there is no such file. */
  readBytes(runId: string, fileName: string): AsyncIterable<Uint8Array>;
  /** Those of the record's own files that are there, but for result.json; sorted. */
  fileNames(runId: string): Promise<string[]>;
}

export const requestFile = "run.json";
export const resultFile = "result.json";
/** Written after the record is closed, and so not among the files that result.json lists. */
export const signatureFile = "signature.json";
export const logFile = "log.txt";
/**
 * Which rank wrote which bytes of the log; only in records of jobs with several ranks. It is a file
 * of its own, so that the log holds exactly what was printed: MLLOG lines stay readable by other
 * tools, and a one-rank record is not changed. After Pitwall was killed, the lines of its last
 * milliseconds may be counted to the rank before.
 */
export const logRanksFile = "log-ranks.jsonl";
export const eventsFile = "events.jsonl";
export const samplesDirectory = "samples";

const ownFiles = new Set([requestFile, logFile, logRanksFile, eventsFile]);

/** Whether a file (`samples/rank-0.jsonl`) is part of the record: programs may leave others beside. */
export function isRecordFile(name: string): boolean {
  return ownFiles.has(name) || /^samples\/[A-Za-z0-9][\w.-]*\.jsonl$/.test(name);
}

/** Whether a file belongs into a bundle of the record: its own files, its result and its signature. */
export function isBundledFile(name: string): boolean {
  return name === resultFile || name === signatureFile || isRecordFile(name);
}

/** @throws RangeError if the stem would not make a record file */
export function sampleFileName(fileStem: string): string {
  const name = `${samplesDirectory}/${fileStem}.jsonl`;
  if (!isRecordFile(name)) throw new RangeError(`\`${fileStem}\` cannot name a sample file`);
  return name;
}
