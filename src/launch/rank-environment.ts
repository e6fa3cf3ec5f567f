/** The variable that identifies the processes of a run, independent of their process group. */
export const runDirectoryVariable = "PITWALL_RUN_DIR";

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
