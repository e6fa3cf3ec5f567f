export function readCsv(text: string): Record<string, string>[];
