// Reads a CSV table with a header line into one object per row.
import { CsvReader } from "../../build/foundation/tables/csv-reader.js";

export function readCsv(text) {
  const reader = new CsvReader();
  const [head = [], ...rows] = [...reader.push(text), ...reader.end()];
  return rows.map((cells) =>
    Object.fromEntries(head.map((name, column) => [name, cells[column] ?? ""])),
  );
}
