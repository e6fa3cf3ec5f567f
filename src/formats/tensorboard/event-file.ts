import { joinBytes } from "../binary/join-bytes.ts";
import { maskedCrc32c } from "../binary/crc32c.ts";
import {
  bytesField,
  doubleField,
  floatField,
  integerField,
  messageField,
  textField,
} from "../binary/protobuf-message.ts";

/**
 * Encodes the records of a TensorBoard event file.
 *
 * @see tensorflow/core/util/event.proto, framework/summary.proto and lib/io/record_writer of TensorFlow
 */

/** The first record of every event file. */
export function versionRecord(timeMs: number): Uint8Array {
  return record([doubleField(1, timeMs / 1000), textField(3, "brain.Event:2")]);
}

/** A value of a scalar, as PyTorch writes it. TensorBoard stores 32-bit floats. */
export function scalarRecord(
  tag: string,
  { timeMs, step, value }: { timeMs: number; step: number; value: number },
): Uint8Array {
  return summaryRecord({ timeMs, step }, [textField(1, tag), floatField(2, value)]);
}

/** A text in Markdown for the Text tab. */
export function markdownRecord(tag: string, timeMs: number, markdown: string): Uint8Array {
  const tensor = [integerField(1, stringType), oneElement, textField(8, markdown)];
  return summaryRecord({ timeMs, step: 0 }, [
    textField(1, `${tag}/text_summary`),
    messageField(8, ...tensor),
    messageField(9, messageField(1, textField(1, "text"))),
  ]);
}

/** A record of the HParams tab; `content` is the `HParamsPluginData` message. */
export function hparamsRecord(tag: string, timeMs: number, content: Uint8Array): Uint8Array {
  const tensor = [integerField(1, floatType), oneElement, bytesField(5, new Uint8Array(4))];
  return summaryRecord({ timeMs, step: 0 }, [
    textField(1, tag),
    messageField(8, ...tensor),
    messageField(9, messageField(1, textField(1, "hparams"), bytesField(2, content))),
  ]);
}

const floatType = 1;
const stringType = 7;
/** The shape of a tensor: one dimension of size 1. */
const oneElement = messageField(2, messageField(2, integerField(1, 1)));

function summaryRecord(
  { timeMs, step }: { timeMs: number; step: number },
  value: readonly Uint8Array[],
): Uint8Array {
  return record([
    doubleField(1, timeMs / 1000),
    integerField(2, step),
    messageField(5, messageField(1, ...value)),
  ]);
}

/** The length, its checksum, the event, and the event's checksum. */
function record(event: readonly Uint8Array[]): Uint8Array {
  const payload = joinBytes(event);
  const header = new Uint8Array(12);
  const headerView = new DataView(header.buffer);
  headerView.setBigUint64(0, BigInt(payload.length), true);
  headerView.setUint32(8, maskedCrc32c(header.subarray(0, 8)), true);
  const footer = new Uint8Array(4);
  new DataView(footer.buffer).setUint32(0, maskedCrc32c(payload), true);
  return joinBytes([header, payload, footer]);
}
