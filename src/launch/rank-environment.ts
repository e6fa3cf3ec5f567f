/** The variable by which the processes of a run are known, whatever group they are in. */
export const runDirectoryVariable = "PITWALL_RUN_DIR";

/**
 * The environment of one rank: what the job was given, and Pitwall's own variables.
 * `PYTHONUNBUFFERED` makes Python hand over each line when it is printed, not 8 KiB later, so that
 * a metric is seen at once; a value set by the user takes precedence.
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
