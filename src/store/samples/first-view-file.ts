import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { seriesDescription, xAxes } from "../../schema/dashboard/run-series.ts";
import { readText } from "../open-file.ts";
import { writeAtomically } from "../write-atomically.ts";

// What the page of a finished run shows first, so that it is there before the samples of ranks are read again. The record
// takes precedence: a file that is missing, outdated or damaged is not used.

/** Increment on every change of the stored data or of how it is calculated. */
const formatVersion = 4;

const heading = z.object({
  formatVersion: z.literal(formatVersion),
  /** Identifies the files that it was calculated from. */
  sign: z.string(),
  ranks: z.array(z.number().int().nonnegative()),
  series: z.array(seriesDescription),
  xAxes: z.array(z.enum(xAxes)),
  unreadableCount: z.number().int().nonnegative(),
  /** Median step time of rank 0. */
  sampledStepMs: z.number().optional(),
});
export type FirstViewHeading = z.output<typeof heading>;

/** The series of one query as JSON. */
export interface FirstViewAnswer {
  query: string;
  /** How many buckets were requested. */
  width: number;
  series: string;
}

export interface FirstViewFile {
  heading: FirstViewHeading;
  answers: readonly FirstViewAnswer[];
}

/** The stored view, if it was calculated from files with this signature. */
export async function readFirstViewFile(
  path: string,
  sign: string,
): Promise<FirstViewFile | undefined> {
  const read = await readText(path, { followsLinks: false });
  if (read.kind !== "read") return undefined;
  try {
    const [first = "", ...lines] = read.text.split("\n");
    const known = heading.parse(JSON.parse(first));
    if (known.sign !== sign || lines.pop() !== "") return undefined;
    const answers = lines.map((line) => {
      const [query = "", width, series = ""] = line.split("\t");
      return { query, width: Number(width), series };
    });
    return { heading: known, answers };
  } catch {
    // Damaged, or of another version: it is calculated again.
    return undefined;
  }
}

/** @throws what the disk reports */
export async function writeFirstViewFile(
  path: string,
  view: { heading: Omit<FirstViewHeading, "formatVersion">; answers: readonly FirstViewAnswer[] },
): Promise<void> {
  const lines = view.answers.map(({ query, width, series }) => `${query}\t${width}\t${series}\n`);
  await mkdir(dirname(path), { recursive: true });
  await writeAtomically(
    path,
    `${JSON.stringify({ formatVersion, ...view.heading })}\n${lines.join("")}`,
  );
}
