interface MarkdownColumn<Row> {
  head: string;
  /** Numbers are aligned to the right. */
  align: "left" | "right" | "decimal";
  cell(row: Row): string;
}

/** A Markdown table that ends with a newline. A line break or a `|` in a cell does not break it. */
export function markdownTable<Row>(
  columns: readonly MarkdownColumn<Row>[],
  rows: readonly Row[],
): string {
  const heads = columns.map(({ head }) => markdownCell(head));
  const rules = columns.map(({ align }) => (align === "left" ? "---" : "---:"));
  const body = rows.map((row) => columns.map((column) => markdownCell(column.cell(row))));
  return [heads, rules, ...body].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function markdownCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\r?\n/gu, " ");
}
