import type { ScalingReading } from "../../schema/logs/result-folder.ts";
import { scalingFile } from "../../schema/logs/submission.ts";
import { describeRefusal, readText } from "../open-file.ts";

/** Reads the review committee's factor. Never writes a file, unlike the official checker. */
export async function readScalingFile(path: string): Promise<ScalingReading> {
  const read = await readText(path, { followsLinks: true });
  if (read.kind === "missing") return { kind: "none", path };
  if (read.kind !== "read") return { kind: "invalid", path, reason: describeRefusal(read) };
  const json = parseJson(read.text);
  if (json.kind === "broken") return { kind: "invalid", path, reason: json.reason };
  const parsed = scalingFile.safeParse(json.value);
  return parsed.success
    ? { kind: "read", path, factor: parsed.data.scaling_factor }
    : { kind: "invalid", path, reason: "`scaling_factor` is not a positive number" };
}

/** Parses a text as JSON, or returns the reason why it is invalid. */
export function parseJson(
  text: string,
): { kind: "read"; value: unknown } | { kind: "broken"; reason: string } {
  try {
    return { kind: "read", value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "broken", reason: error.message };
    throw error;
  }
}
