import { stepSample, type StepSample } from "../../schema/run/measured/telemetry-sample.ts";
import { sampleToken } from "../../schema/run/events/sample-token.ts";

/** What launchers print before a line of a rank: `[1,0]<stdout>:`, `[default0]:`, `0: `. */
const launcherLabel = /^\s*(?:\[[^\]]*\](?:<std(?:out|err)>)?:?|\d+:)?\s*$/u;

/** A printed sample and where its line is in the text. */
interface SampleLine {
  sample: StepSample;
  start: number;
  /** After the line end. */
  end: number;
}

/**
 * Finds step samples, `:::PITWALL {"kind":"step",…}`, in a program's output. Samples are printed instead of written to a
 * file so that they arrive from any machine. Each is printed in one write that ends the line, but it may follow the start
 * of another process's line, which is not part of it. A line that is not a valid sample is ignored.
 */
export function findSampleLines(text: string): SampleLine[] {
  const found: SampleLine[] = [];
  let from = 0;
  for (let at = text.indexOf(sampleToken); at >= 0; at = text.indexOf(sampleToken, from)) {
    const feed = text.indexOf("\n", at);
    const end = feed < 0 ? text.length : feed + 1;
    const sample = parseSample(text.slice(at + sampleToken.length, end));
    if (sample !== undefined) found.push({ sample, start: startOf(text, at), end });
    from = sample === undefined ? at + sampleToken.length : end;
  }
  return found;
}

/** Where a sample begins: after the start of another line, or at the label that a launcher put before it. */
function startOf(text: string, at: number): number {
  const lineStart = text.lastIndexOf("\n", at) + 1;
  return launcherLabel.test(text.slice(lineStart, at)) ? lineStart : at;
}

function parseSample(text: string): StepSample | undefined {
  try {
    return stepSample.safeParse(JSON.parse(text)).data;
  } catch {
    // Not JSON: the line remains in the output, where the user sees it.
    return undefined;
  }
}
