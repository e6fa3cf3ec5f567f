import { z } from "zod";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";

const ranDocument = z.object({
  result: z.object({ seriesId: z.string(), runs: z.array(z.object({ runId: z.string() })) }),
});

/** A finished series of two runs, both of which reach `val_acc >= 0.75` at the second evaluation. */
export async function exportedSeries(
  more: readonly string[] = [],
): Promise<{ cwd: string; seriesId: string; runIds: string[] }> {
  const cwd = temporaryFolder();
  const command = writeTraining(cwd, { values: [0.5, 0.75] });
  const [metric, pattern] = readsAccuracy;
  const reading = [metric, pattern, "--target", "val_acc>=0.75", "--samples", "samples=(\\d+)"];
  const words = ["run", "--runs", "2", ...reading, ...more, "--json", "--", ...command];
  const { stdout } = await pitwall(words, { cwd });
  const { seriesId, runs } = ranDocument.parse(JSON.parse(stdout)).result;
  return { cwd, seriesId, runIds: runs.map(({ runId }) => runId) };
}
