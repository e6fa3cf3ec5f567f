import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A training program in miniature, as anybody might have one: prints an accuracy per epoch and knows
 * nothing of Pitwall. Written for Node.js, so that tests need no Python.
 *
 * @returns the command that starts it
 */
export function writeTraining(
  folder: string,
  {
    values = [0.5, 0.7, 0.95, 0.96],
    print = "`epoch=${epoch} samples=${(epoch + 1) * 100} loss=${(1 - value).toFixed(3)} val_acc=${value}`",
    everyMs = 20,
    atEnd = "",
  }: {
    values?: readonly (number | string)[];
    print?: string;
    everyMs?: number;
    atEnd?: string;
  } = {},
): string[] {
  writeFileSync(
    join(folder, "train.mjs"),
    `const values = ${JSON.stringify(values)};
for (const [epoch, value] of values.entries()) {
  await new Promise((resolve) => setTimeout(resolve, ${everyMs}));
  console.log(${print});
}
${atEnd}
`,
  );
  return [process.execPath, "train.mjs"];
}

/** How such a program is read. */
export const readsAccuracy = ["--metric", "val_acc=(\\S+)", "--target", "val_acc>=0.94"] as const;
