import { gunzipSync, gzipSync } from "node:zlib";
import { parquetMetadata, parquetRead, parquetReadObjects, parquetSchema } from "hyparquet";
import type { ColumnTable } from "./result-tables.ts";

/** Lines of a table by column name, as stored in a file; an absent value has no property. */
export type TableLine = Readonly<Record<string, unknown>>;

export interface TableWriting {
  columns: ColumnTable;
  /** Lines per row group; a reader of a few lines unpacks only the groups that can contain them. */
  linesPerGroup: number;
  /** `GZIP` (the default) is smaller; `SNAPPY` unpacks faster if columns are short. */
  codec?: "GZIP" | "SNAPPY";
  createdBy: string;
}

/** Writes lines to a Parquet file that standard tools can read. */
export async function packTable(
  lines: readonly TableLine[],
  { columns, linesPerGroup, codec = "GZIP", createdBy }: TableWriting,
): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const columnData = Object.entries(columns).map(([name, { type, isRequired }]) =>
    Object.assign(encodingOf(name, type), {
      name,
      type,
      nullable: !isRequired,
      data: lines.map((line) => line[name] ?? null),
      // Used only to find a result's lines.
      statistics: name === "rowId",
      offsetIndex: false,
    }),
  );
  return new Uint8Array(
    parquetWriteBuffer({
      columnData,
      codec,
      compressors: { GZIP: (bytes) => gzipSync(bytes, { level: 9 }) },
      rowGroupSize: linesPerGroup,
      statisticsTruncateLength: Number.POSITIVE_INFINITY,
      createdBy,
    }),
  );
}

/** Times rise and figures resemble their neighbors; both encodings make that visible to gzip. */
function encodingOf(
  name: string,
  type: string,
): { encoding?: "DELTA_BINARY_PACKED" | "BYTE_STREAM_SPLIT" } {
  if (name === "clockMs") return { encoding: "DELTA_BINARY_PACKED" };
  return type === "FLOAT" ? { encoding: "BYTE_STREAM_SPLIT" } : {};
}

/**
 * Unpacks the lines of a Parquet file, or only those of one result. Ignores unknown columns; columns that an older
 * version did not write are absent, or have the value that the table defines for this case.
 *
 * @throws Error of any kind, from the parser, if the bytes are not a Parquet file with these columns
 */
export async function unpackTable(
  bytes: Uint8Array,
  { columns, where }: TableReading,
): Promise<TableLine[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  if (!(file instanceof ArrayBuffer)) throw new Error("the file is in shared memory");
  const metadata = parquetMetadata(file);
  const there = new Set(parquetSchema(metadata).children.map(({ element }) => element.name));
  const lacking = Object.entries(columns).find(
    ([name, { isRequired, whenColumnMissing }]) =>
      isRequired && whenColumnMissing === undefined && !there.has(name),
  );
  if (lacking !== undefined) throw new Error(`it has no column ${lacking[0]}`);
  const source = {
    file,
    metadata,
    columns: Object.keys(columns).filter((name) => there.has(name)),
    compressors: { GZIP: (packed: Uint8Array) => gunzipSync(packed) },
  };
  const lines = await (where === undefined ? readAll(source) : readSome(source, where));
  const added = Object.entries(columns).flatMap(([name, { whenColumnMissing }]) =>
    whenColumnMissing === undefined || there.has(name) ? [] : [[name, whenColumnMissing] as const],
  );
  if (added.length === 0) return lines;
  const values = Object.fromEntries(added);
  return lines.map((line) => Object.assign({}, line, values));
}

export interface TableReading {
  columns: ColumnTable;
  /** Column names and the required text values. */
  where?: Readonly<Record<string, string>>;
}

type Source = Parameters<typeof parquetReadObjects>[0];

/** Column by column, the storage order: twice as fast as line by line. */
async function readAll(source: Source): Promise<TableLine[]> {
  const lines: Record<string, unknown>[] = [];
  await parquetRead({
    ...source,
    onChunk: ({ columnName, columnData, rowStart }) => {
      for (let index = 0; index < columnData.length; index++) {
        const value: unknown = columnData[index];
        const line = (lines[rowStart + index] ??= {});
        if (value !== null && value !== undefined) line[columnName] = value;
      }
    },
  });
  return lines;
}

async function readSome(
  source: Source,
  where: Readonly<Record<string, string>>,
): Promise<TableLine[]> {
  const filter = Object.fromEntries(
    Object.entries(where).map(([name, value]) => [name, { $eq: value }]),
  );
  const lines: Record<string, unknown>[] = await parquetReadObjects({ ...source, filter });
  return lines.map((line) =>
    Object.fromEntries(
      Object.entries(line).filter(([, value]) => value !== null && value !== undefined),
    ),
  );
}
