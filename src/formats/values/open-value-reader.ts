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

const wandbMagic = [0x3a, 0x57, 0x26, 0x42];

/** Chooses the reader for a file by its name and first bytes; anything else is read as text. */
export function openValueReader(name: string, firstBytes: Uint8Array): ValueReader {
  if (wandbMagic.every((byte, index) => firstBytes[index] === byte))
    return readerOf("offline W&B run", new WandbReader());
  if (name.includes("tfevents")) return readerOf("TensorBoard event file", new TensorboardReader());
  const text = new TrainingLogReader();
  return {
    format: "training log",
    push: (bytes) => text.push(bytes),
    finish: () => text.finish(),
    end: () => text.end(),
  };
}

function readerOf(
  format: string,
  reader: { push(bytes: Uint8Array): LoggedValue[]; end(): ReadingEnd },
): ValueReader {
  return {
    format,
    push: (bytes) => reader.push(bytes),
    finish: () => [],
    end: () => reader.end(),
  };
}
