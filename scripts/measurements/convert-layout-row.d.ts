export function convertLayoutRow(row: Readonly<Record<string, string>>): { line: unknown };
