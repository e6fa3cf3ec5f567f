import { isJsonObject, type JsonObject, type JsonValue } from "../../foundation/json.ts";
import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import type { LoggedValue, ReadingEnd } from "../logged-value.ts";
import { type RowCell, type TextCell, valuesOfRow, wholeNumber } from "../values/row-values.ts";
import { parsePythonJson } from "./parse-python-json.ts";

/** Longer documents are not read: they are not logs of metrics. */
const maximumBytes = 256 << 20;
const maximumDepth = 16;

/**
 * Reads the metrics of a JSON document, which is one value for the whole file:
 *
 * - `trainer_state.json` of Hugging Face: the entries of `log_history`;
 * - a list of objects: a row for each;
 * - an object of lists of numbers, as Keras' history: a row for each index;
 * - any other object: one row.
 *
 * The document is read by `finish`, in the order of its steps.
 */
export class JsonDocumentReader {
  readonly #decoder = utf8Decoder();
  readonly #parts: string[] = [];
  #byteCount = 0;
  #isRead = false;

  push(bytes: Uint8Array): LoggedValue[] {
    this.#byteCount += bytes.length;
    if (this.#byteCount <= maximumBytes)
      this.#parts.push(this.#decoder.decode(bytes, { stream: true }));
    return [];
  }

  finish(): LoggedValue[] {
    if (this.#byteCount > maximumBytes) return [];
    const document = parsePythonJson(this.#parts.join("") + this.#decoder.decode());
    this.#parts.length = 0;
    this.#isRead = document !== undefined;
    const rows = rowsOf(document).map(({ cells, texts }) => valuesOfRow(cells, texts));
    return inStepOrder(rows).flat();
  }

  end(): ReadingEnd {
    if (this.#isRead) return { kind: "complete" };
    return { kind: "partial", byteCount: this.#byteCount };
  }
}

interface Row {
  cells: readonly RowCell[];
  texts: readonly TextCell[];
}

function rowsOf(document: JsonValue | undefined): Row[] {
  if (Array.isArray(document)) return document.flatMap((entry) => objectRow(entry));
  if (!isJsonObject(document)) return [];
  const history = document["log_history"];
  if (Array.isArray(history)) return history.flatMap((entry) => objectRow(entry));
  const columns = columnsOf(document);
  if (columns.length === 0) return objectRow(document);
  return transposed(columns).map((cells) => ({ cells, texts: [] }));
}

function objectRow(entry: JsonValue): Row[] {
  if (!isJsonObject(entry)) return [];
  const cells = [...cellsOf(entry, "", 0)];
  return cells.length === 0 ? [] : [{ cells, texts: textsOf(entry) }];
}

function textsOf(object: JsonObject): TextCell[] {
  return Object.entries(object).flatMap(([name, text]) =>
    typeof text === "string" ? [{ name, text }] : [],
  );
}

function* cellsOf(object: JsonObject, prefix: string, depth: number): Generator<RowCell> {
  if (depth > maximumDepth) return;
  for (const [key, value] of Object.entries(object)) {
    const name = `${prefix}${key}`;
    if (isJsonObject(value)) yield* cellsOf(value, `${name}.`, depth + 1);
    else yield* cellOf(name, value);
  }
}

function cellOf(name: string, value: JsonValue): RowCell[] {
  if (typeof value === "number") return [{ name, number: { value, suffix: undefined } }];
  const number = typeof value === "string" ? wholeNumber(value.trim()) : undefined;
  return number === undefined ? [] : [{ name, number }];
}

interface Column {
  name: string;
  values: readonly JsonValue[];
}

/** The lists of an object, if they are lists of numbers. */
function columnsOf(document: JsonObject): Column[] {
  return Object.entries(document).flatMap(([name, values]) =>
    Array.isArray(values) && values.length > 0 && values.every((value) => cellOf(name, value)[0])
      ? [{ name, values }]
      : [],
  );
}

function transposed(columns: readonly Column[]): RowCell[][] {
  const rowCount = Math.max(...columns.map(({ values }) => values.length));
  return Array.from({ length: rowCount }, (_, index) =>
    columns.flatMap(({ name, values }) => {
      const value = values[index];
      return value === undefined ? [] : cellOf(name, value);
    }),
  );
}

/** Some writers put the newest row first. */
function inStepOrder(rows: readonly LoggedValue[][]): readonly LoggedValue[][] {
  const steps = rows.map((row) => row[0]?.step);
  const isComplete = steps.every((step) => step !== undefined);
  return isComplete ? rows.toSorted((a, b) => (a[0]?.step ?? 0) - (b[0]?.step ?? 0)) : rows;
}
