import type { FileSample } from "./format.ts";
import { type ReadableFormat, readableFormats } from "./formats.ts";

/** Finds the format of a file or folder by its name and first bytes; undefined if no format accepts it. */
export function detectFormat(sample: FileSample): ReadableFormat | undefined {
  return readableFormats().find(({ read }) => read.detect(sample));
}
