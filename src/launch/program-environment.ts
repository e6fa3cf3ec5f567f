/** The variable by which the processes of a run are known, whatever group they are in. */
export const runDirectoryVariable = "PITWALL_RUN_DIR";

/**
 * The environment a program is started with: what it was given, and the contract's variables.
 * `PYTHONUNBUFFERED` makes Python hand over each line when it is printed, not 8 KiB later, so that
 * a metric is seen at once; a value set by the user stands.
 */
export function programEnvironment(
  given: Readonly<Record<string, string | undefined>>,
  run: { runDirectory: string; seed: number },
): Record<string, string> {
  const kept = Object.entries(given).filter((entry) => entry[1] !== undefined);
  return {
    PYTHONUNBUFFERED: "1",
    ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ""])),
    [runDirectoryVariable]: run.runDirectory,
    PITWALL_SEED: String(run.seed),
    PITWALL_RANK: "0",
    PITWALL_WORLD_SIZE: "1",
  };
}
