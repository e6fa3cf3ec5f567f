/** The names of Flight Recorder dumps in a record, or in PITWALL_RUN_DIR of another host; the rank follows. */
export const dumpPrefix = "flight-recorder-rank_";

/** Whether a file of a record is a Flight Recorder dump, or the stack of a rank that `pitwall.py` wrote beside it. */
export function isDumpFile(name: string): boolean {
  return /^(?:flight-recorder|stack)-rank_\d+(?:\.\w+)?$/u.test(name);
}
