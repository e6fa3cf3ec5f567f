import { doubleField, integerField, messageField, textField } from "../binary/protobuf-message.ts";
import type { Parameter } from "../tracked/run-parameters.ts";
import type { TrackedRun } from "../tracked/tracked-run.ts";

/**
 * Messages of TensorBoard's HParams plugin, which shows runs as a table of settings and results.
 *
 * @see tensorboard/plugins/hparams/plugin_data.proto and api.proto
 */

/** The settings of a run, written when it starts. */
export function sessionStart({ parameters, startedMs }: TrackedRun): Uint8Array {
  const settings = parameters.map((parameter) => messageField(1, ...settingFields(parameter)));
  return messageField(3, ...settings, doubleField(5, startedMs / 1000));
}

/** How a run ended. */
export function sessionEnd({ status, endedMs }: TrackedRun): Uint8Array {
  return messageField(4, integerField(1, statusCodes[status]), doubleField(2, endedMs / 1000));
}

/** An entry of a map from text to google.protobuf.Value. */
function settingFields([name, value]: Parameter): Uint8Array[] {
  return [textField(1, name), messageField(2, valueField(value))];
}

function valueField(value: Parameter[1]): Uint8Array {
  if (typeof value === "number") return doubleField(2, value);
  if (typeof value === "boolean") return integerField(4, value ? 1 : 0);
  return textField(3, value);
}

const statusCodes = { finished: 1, failed: 2, killed: 2, running: 3 } as const;
