/** The fields queried for each GPU; the installed driver may not support all of them. */
export const nvidiaFields = [
  "index",
  "uuid",
  "name",
  "memory.used",
  "utilization.gpu",
  "power.draw.average",
  "power.draw",
  "power.draw.instant",
  "total_energy_consumption",
] as const;
export type NvidiaField = (typeof nvidiaFields)[number];

/** One GPU at one moment. A figure that the driver does not report is absent. */
export interface GpuRow {
  index: number;
  uuid: string;
  name: string;
  memoryBytes: number | undefined;
  utilisationFraction: number | undefined;
  powerWatts: number | undefined;
  /** The driver's own counter, since it was loaded. */
  totalJoules: number | undefined;
}

/** Fields that this driver knows, from `nvidia-smi --help-query-gpu`; an unknown one fails the whole query. */
export function knownFields(helpText: string): readonly NvidiaField[] {
  const named = new Set([...helpText.matchAll(/"([a-z0-9_.]+)"/gi)].map((match) => match[1] ?? ""));
  for (const field of ["index", "uuid", "name"]) named.add(field);
  return nvidiaFields.filter((field) => named.has(field));
}

/** One line of `--format=csv,noheader,nounits`; undefined for messages between the lines. */
export function parseGpuLine(line: string, fields: readonly NvidiaField[]): GpuRow | undefined {
  const cells = line.split(",").map((cell) => cell.trim());
  if (cells.length !== fields.length) return undefined;
  const cell = (field: NvidiaField): string => cells[fields.indexOf(field)] ?? "";
  const index = numberIn(cell("index"));
  if (index === undefined || !cell("uuid").startsWith("GPU-")) return undefined;
  const mebibytes = numberIn(cell("memory.used"));
  const percent = numberIn(cell("utilization.gpu"));
  const millijoules = numberIn(cell("total_energy_consumption"));
  return {
    index,
    uuid: cell("uuid"),
    name: cell("name"),
    memoryBytes: mebibytes === undefined ? undefined : mebibytes * 1024 * 1024,
    utilisationFraction: percent === undefined ? undefined : Math.min(1, percent / 100),
    // The average over the last second suits sums over seconds; older drivers have one figure only.
    powerWatts:
      numberIn(cell("power.draw.average")) ??
      numberIn(cell("power.draw")) ??
      numberIn(cell("power.draw.instant")),
    totalJoules: millijoules === undefined ? undefined : millijoules / 1000,
  };
}

/** `[N/A]`, `[Not Supported]`, `[Unknown Error]`, `[GPU requires reset]` and similar text are not numbers. */
function numberIn(cell: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(cell) ? Number(cell) : undefined;
}
