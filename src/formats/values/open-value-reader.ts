import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import { CsvValuesReader } from "../csv/csv-values-reader.ts";
import { JsonDocumentReader } from "../json/json-document-reader.ts";
import type { LoggedValue, ReadingEnd } from "../logged-value.ts";
import { TensorboardReader } from "../tensorboard/tensorboard-reader.ts";
import { TrainingLogReader } from "../training-log/training-log-reader.ts";
import { WandbReader } from "../wandb/wandb-reader.ts";

/** Reads the values that a training logged into a file, piece by piece. */
export interface ValueReader {
  /** Description of the file format for output. */
  format: string;
  push(bytes: Uint8Array): LoggedValue[];
  /** All bytes have been pushed. */
  finish(): LoggedValue[];
  end(): ReadingEnd;
}

/** The format of a file of metrics. */
export type ValueFormat = "wandb" | "tensorboard" | "csv" | "json-document" | "json-lines" | "text";

const wandbMagic = [0x3a, 0x57, 0x26, 0x42];
/** The format of a text file is determined by this many bytes. */
const sniffedBytes = 1 << 16;

/** Determines the format of a file by its name and its first bytes. */
export function valueFormat(name: string, firstBytes: Uint8Array): ValueFormat {
  const hasMagic = wandbMagic.every((byte, index) => firstBytes[index] === byte);
  if (hasMagic || name.endsWith(".wandb")) return "wandb";
  if (name.includes("tfevents")) return "tensorboard";
  const text = utf8Decoder().decode(firstBytes.subarray(0, sniffedBytes)).trimStart();
  if (/\.[ct]sv$/iu.test(name)) return "csv";
  if (isJsonDocument(name, text)) return "json-document";
  return text.startsWith("{") ? "json-lines" : "text";
}

/**
 * Chooses the reader for a file by its name and first bytes; anything else is read as text.
 *
 * @param targetOf the target's metric that a name is; of text, only its values are checked for being evaluations
 */
export function openValueReader(
  name: string,
  firstBytes: Uint8Array,
  targetOf?: (metric: string) => string | undefined,
): ValueReader {
  const format = valueFormat(name, firstBytes);
  switch (format) {
    case "wandb":
      return readerOf("offline W&B run", new WandbReader());
    case "tensorboard":
      return readerOf("TensorBoard event file", new TensorboardReader());
    case "csv":
      return readerOf("table with a header line", new CsvValuesReader());
    case "json-document":
      return readerOf("JSON document", new JsonDocumentReader());
    case "json-lines":
    case "text":
      return readerOf("training log", new TrainingLogReader(targetOf));
  }
}

/**
 * A list of objects, or an object over several lines. JSON lines begin with `{` as well, but each of their lines is
 * complete; a file with a single line is a document if its name says so.
 */
function isJsonDocument(name: string, text: string): boolean {
  if (/^\[\s*\{/u.test(text)) return true;
  if (!text.startsWith("{") || !/\.json$/iu.test(name)) return false;
  const [first = "", ...rest] = text.split(/\r?\n/u);
  const hasMoreLines = rest.some((line) => line.trim() !== "");
  return !first.trimEnd().endsWith("}") || !hasMoreLines;
}

function readerOf(
  format: string,
  reader: {
    push(bytes: Uint8Array): LoggedValue[];
    finish?(): LoggedValue[];
    end(): ReadingEnd;
  },
): ValueReader {
  return {
    format,
    push: (bytes) => reader.push(bytes),
    finish: () => reader.finish?.() ?? [],
    end: () => reader.end(),
  };
}
