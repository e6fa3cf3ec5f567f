/** The answer to a query: named columns, and rows of plain JSON values in column order. */
export interface AnswerTable {
  /** `type` is the data base's own word: `VARCHAR`, `DOUBLE`, `DOUBLE[]`. */
  columns: readonly { name: string; type: string }[];
  rows: readonly (readonly unknown[])[];
}
