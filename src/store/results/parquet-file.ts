import { gunzipSync, gzipSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import type { ColumnTable } from "./result-tables.ts";

/** Lines of a table by column name, as a file holds them; an absent value is no member. */
export type TableLine = Readonly<Record<string, unknown>>;

export interface TableWriting {
  columns: ColumnTable;
  /** Lines per row group; a reader that wants a few lines unpacks the groups that may hold them. */
  linesPerGroup: number;
  createdBy: string;
}

/** Packs lines into a Parquet file: gzip, so that every tool reads it, and Node and browsers natively fast. */
export async function packTable(
  lines: readonly TableLine[],
  { columns, linesPerGroup, createdBy }: TableWriting,
): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const columnData = Object.entries(columns).map(([name, { type, isRequired }]) =>
    Object.assign(encodingOf(name, type), {
      name,
      type,
      nullable: !isRequired,
      data: lines.map((line) => line[name] ?? null),
      // Of use only for finding a result's lines.
      statistics: name === "rowId",
      offsetIndex: false,
    }),
  );
  return new Uint8Array(
    parquetWriteBuffer({
      columnData,
      codec: "GZIP",
      compressors: { GZIP: (bytes) => gzipSync(bytes, { level: 9 }) },
      rowGroupSize: linesPerGroup,
      statisticsTruncateLength: Number.POSITIVE_INFINITY,
      createdBy,
    }),
  );
}

/** Times rise and figures resemble their neighbours; both encodings make that visible to gzip. */
function encodingOf(
  name: string,
  type: string,
): { encoding?: "DELTA_BINARY_PACKED" | "BYTE_STREAM_SPLIT" } {
  if (name === "clockMs") return { encoding: "DELTA_BINARY_PACKED" };
  return type === "FLOAT" ? { encoding: "BYTE_STREAM_SPLIT" } : {};
}

/**
 * Unpacks the lines of a Parquet file that belong to one result, or all.
 *
 * @throws Error of any kind, from the parser, if the bytes are no Parquet file of these columns
 */
export async function unpackTable(
  bytes: Uint8Array,
  { columns, where }: { columns: ColumnTable; where?: Readonly<Record<string, string>> },
): Promise<TableLine[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  if (!(file instanceof ArrayBuffer)) throw new Error("the file is in shared memory");
  const filter =
    where === undefined
      ? undefined
      : Object.fromEntries(Object.entries(where).map(([name, value]) => [name, { $eq: value }]));
  const lines: Record<string, unknown>[] = await parquetReadObjects({
    file,
    columns: Object.keys(columns),
    compressors: { GZIP: (packed) => gunzipSync(packed) },
    ...(filter === undefined ? {} : { filter }),
  });
  return lines.map((line) => withoutNulls(line));
}

function withoutNulls(line: Readonly<Record<string, unknown>>): TableLine {
  const kept: Record<string, unknown> = {};
  for (const name in line)
    if (line[name] !== null && line[name] !== undefined) kept[name] = line[name];
  return kept;
}
