import { dumpPrefix } from "../schema/run/events/dump-files.ts";

/** `none`: agents and the helper of programs take no samples. */
export const observeVariable = "PITWALL_OBSERVE";

/** The variable that identifies the processes of a run, independent of their process group. */
export const runDirectoryVariable = "PITWALL_RUN_DIR";

/** Where PyTorch writes the dump of its Flight Recorder, with the number of the rank after it. */
export const dumpVariable = "TORCH_FR_DUMP_TEMP_FILE";

/**
 * Lets ranks of PyTorch that wait too long for each other leave what they were doing in the folder of the run. A variable of the user
 * takes precedence, and `PITWALL_FLIGHT_RECORDER=off` sets none.
 */
export function flightRecorderVariables(
  given: Readonly<Record<string, string | undefined>>,
  { runDirectory }: { runDirectory: string },
): Record<string, string> {
  const isOff = given["PITWALL_FLIGHT_RECORDER"] === "off" || given[dumpVariable] !== undefined;
  return isOff ? {} : { [dumpVariable]: `${runDirectory}/${dumpPrefix}` };
}

/**
 * The environment of one rank: that of the job, plus Pitwall's own variables. `PYTHONUNBUFFERED` makes
 * Python write each line immediately instead of in blocks of 8 KiB, so that metrics arrive without
 * delay; a value set by the user takes precedence.
 */
export function rankEnvironment(
  given: Readonly<Record<string, string | undefined>>,
  run: { runDirectory: string; seed: number },
  { rank, localRank, worldSize }: { rank: number; localRank: number; worldSize: number },
): Record<string, string> {
  const kept = Object.entries(given).filter((entry) => entry[1] !== undefined);
  return {
    PYTHONUNBUFFERED: "1",
    ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ""])),
    [runDirectoryVariable]: run.runDirectory,
    PITWALL_SEED: String(run.seed),
    PITWALL_RANK: String(rank),
    PITWALL_LOCAL_RANK: String(localRank),
    PITWALL_WORLD_SIZE: String(worldSize),
  };
}
