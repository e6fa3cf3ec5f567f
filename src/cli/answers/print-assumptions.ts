import { shellWord } from "../../foundation/text/shell-word.ts";
import type { EditionAssumption } from "../../schema/logs/edition-assumption.ts";
import type { Face } from "../command-table.ts";

/**
 * Warns of rules that were assumed.
 *
 * @param words the command that assumed them: its name and arguments
 */
export async function printAssumptions(
  assumptions: readonly EditionAssumption[],
  words: readonly string[],
  face: Face,
): Promise<void> {
  if (assumptions.length === 0) return;
  const { assumedEditionText } = await import("../../report/logs/rule-source-text.ts");
  const command = ["pitwall", ...words.map((word) => shellWord(word))].join(" ");
  for (const assumption of assumptions) {
    const text = assumedEditionText(assumption, command);
    face.err.write(`${face.err.paint.warn("warning:")} ${text}\n`);
  }
}
