import type { EditionAssumption } from "../schema/logs/edition-assumption.ts";
import type { Face } from "./command-table.ts";

/** Warns of rules that were assumed. */
export async function printAssumptions(
  assumptions: readonly EditionAssumption[],
  face: Face,
): Promise<void> {
  if (assumptions.length === 0) return;
  const { assumedEditionText } = await import("../report/logs/rule-source-text.ts");
  for (const assumption of assumptions)
    face.err.write(`${face.err.paint.warn("warning:")} ${assumedEditionText(assumption)}\n`);
}
