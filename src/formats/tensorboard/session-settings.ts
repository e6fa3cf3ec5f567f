import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import { doubleOf, protobufFields } from "../binary/protobuf-fields.ts";

const utf8 = utf8Decoder();

/**
 * The settings in the content of TensorBoard's HParams plugin, if it is the start of a session.
 *
 * @see tensorboard/plugins/hparams/plugin_data.proto
 */
export function* sessionSettings(content: Uint8Array): Generator<[string, string]> {
  for (const start of messageFields(content, 3))
    for (const entry of messageFields(start, 1)) {
      const [name] = messageFields(entry, 1);
      const [value] = messageFields(entry, 2);
      const text = value === undefined ? undefined : valueText(value);
      if (name !== undefined && text !== undefined) yield [utf8.decode(name), text];
    }
}

/** The messages or texts in the fields with a number. */
export function* messageFields(message: Uint8Array, number: number): Generator<Uint8Array> {
  for (const field of protobufFields(message))
    if (field.number === number && field.kind === "bytes") yield field.bytes;
}

/** Of a google.protobuf.Value: 2 number, 3 text, 4 boolean. */
function valueText(value: Uint8Array): string | undefined {
  for (const field of protobufFields(value)) {
    if (field.number === 2 && field.kind === "fixed64") return String(doubleOf(field.bytes));
    if (field.number === 3 && field.kind === "bytes") return utf8.decode(field.bytes);
    if (field.number === 4 && field.kind === "varint") return String(field.value !== 0n);
  }
  return undefined;
}
