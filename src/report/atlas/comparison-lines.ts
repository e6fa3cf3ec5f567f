import { markdownTable } from "../../foundation/tables/markdown-table.ts";
import { type CsvCell, type CsvOptions, csvText } from "../../foundation/tables/csv.ts";
import type {
  Comparison,
  Difference,
  PairComparison,
} from "../../schema/atlas/answers/comparison.ts";
import { plainPaint } from "../paint.ts";
import { fieldWords, pairLines, valueText } from "./comparison-page.ts";

/** The fields that differ as a Markdown table with one column for each subject, then the verdict on each pair. */
export function comparisonMarkdown({ subjects, differences, pairs }: Comparison): string {
  const table = markdownTable<Difference>(
    [
      { head: "differs", align: "left", cell: ({ field }) => fieldWords[field] },
      ...subjects.map(({ name }, index) => ({
        head: name,
        align: "left" as const,
        cell: ({ field, values }: Difference) => valueText(field, values[index]),
      })),
    ],
    differences,
  );
  const verdicts = pairs.map((pair) => {
    const lines = pairLines(pair, plainPaint, true).map((line) => line.trim());
    return `- ${lines.join("; ")}\n`;
  });
  return `${table}\n${verdicts.join("")}`;
}

/** One line for each field that differs, and the time ratio and p-value against the first subject; full precision. */
export function comparisonCsv(
  { subjects, differences, pairs }: Comparison,
  options: CsvOptions = {},
): string {
  const ofPairs = (
    name: string,
    read: (pair: PairComparison) => CsvCell | undefined,
  ): CsvCell[] => [name, "", ...pairs.map((pair) => read(pair) ?? "")];
  return csvText(
    [
      ["field", ...subjects.map(({ name }) => name)],
      ...differences.map(({ field, values }) => [field, ...values.map((value) => value ?? "")]),
      ofPairs("timesAsFast", ({ split }) => split.totalRatio),
      ofPairs("pValue", ({ test }) => (test.kind === "tested" ? test.pValue : undefined)),
      ofPairs("breakEvenUsdPerHour", ({ breakEven }) => breakEven?.equalPrices?.toUsdPerHour),
    ],
    options,
  );
}
