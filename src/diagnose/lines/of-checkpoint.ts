/** A line that says that a checkpoint is read. */
export const restores =
  /\b(?:load|restor|resum)\w*\b.{0,60}(?:checkpoint|ckpt|snapshot|\bstate|\.pth?\b|\.distcp|\.safetensors|weights)|torch\.load\(|load_checkpoint|load_state|\brestore\w*\(|\bresum(?:e|ing) from\b|dcp\.load/iu;
const damaged =
  /corrupt|truncat|unexpected e(?:of|nd)|ran out of input|crc|checksum|magic|data[_ ]loss|invalid header|bad zip|central directory|incomplete|unpickling|invalid load key/iu;

/** Whether an exception is about damaged data, which may be those of a checkpoint. */
export function mayBeOfCheckpoint(kind: string, text: string): true | undefined {
  return /exception/u.test(kind) && damaged.test(text) ? true : undefined;
}
