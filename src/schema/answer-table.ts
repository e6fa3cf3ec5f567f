/** What a question gives: named columns, and rows of plain JSON values in their order. */
export interface AnswerTable {
  /** `type` is the data base's own word: `VARCHAR`, `DOUBLE`, `DOUBLE[]`. */
  columns: readonly { name: string; type: string }[];
  rows: readonly (readonly unknown[])[];
}
