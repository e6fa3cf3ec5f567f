import type { CsvOptions } from "../../foundation/tables/csv.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { OptionTable } from "../command-table.ts";

/** For commands that write CSV. */
export const rawCsvOption = {
  rawCsv: {
    takes: "nothing",
    group: "Output",
    help: "write CSV cells unchanged; default: cells that a spreadsheet would run as a formula get a leading `'`",
  },
} as const satisfies OptionTable;

/**
 * @param csvFlag the option that selects CSV output, such as `--format csv`
 * @throws UserError `raw-csv-without-csv`
 */
export function csvOptionsOf(
  { rawCsv }: { rawCsv: boolean },
  { isCsv, csvFlag }: { isCsv: boolean; csvFlag: string },
): CsvOptions {
  if (rawCsv && !isCsv) {
    throw new UserError("raw-csv-without-csv", "`--raw-csv` applies to CSV output only", {
      at: "--raw-csv",
      hint: `add \`${csvFlag}\``,
    });
  }
  return { isRaw: rawCsv };
}
