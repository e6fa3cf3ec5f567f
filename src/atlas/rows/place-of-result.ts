import type { ImportOrigin } from "../../schema/atlas/results/import-origin.ts";
import type { PublishedRound } from "../../schema/atlas/rounds/published-round.ts";
import type { Suite } from "../../schema/atlas/results/result-row.ts";
import { roundOfPath } from "../../schema/logs/edition-name.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { ResultFolder } from "../../schema/logs/result-folder.ts";

/** The identity of a result, from its folder and round. */
export interface ResultPlace {
  suite: Suite;
  /** `v5.0`. */
  round: string;
  publishedOn: string | undefined;
  /** The folders between the organization's and the benchmark's, without `results`. */
  system: string;
  /** A link to the folder, or its path. */
  source: string;
}

/** The path of a result's folder in its round, and the URL of the published round. */
export function placeOfResult(
  folder: ResultFolder,
  edition: MlperfEdition,
  { rounds, origin }: { rounds: readonly PublishedRound[]; origin: ImportOrigin },
): ResultPlace {
  const { suite, round } = roundOfEdition(edition);
  const published = rounds.find((one) => one.suite === suite && one.round === round);
  const parts = partsFromOrganisation(folder);
  return {
    suite,
    round,
    publishedOn: published?.publishedOn,
    system: systemOf(folder, parts),
    source: origin.kind === "repository" ? linkTo(folder, parts, published) : parts.join("/"),
  };
}

export function roundOfEdition(
  edition: MlperfEdition,
): Pick<PublishedRound, "round"> & { suite: "mlperf-training" | "mlperf-hpc" } {
  const [kind, version] = edition.split("-");
  return { suite: kind === "hpc" ? "mlperf-hpc" : "mlperf-training", round: `v${version}` };
}

/** The path starting at the organization's folder; round 0.5 has all organizations in `v0.5.0`. */
function partsFromOrganisation({
  pathParts: parts,
  organisation,
}: ResultFolder): readonly string[] {
  const oldRound = parts.lastIndexOf("v0.5.0");
  if (oldRound >= 0) return parts.slice(oldRound);
  const results = parts.lastIndexOf("results");
  const at = parts[results - 1] === organisation ? results - 1 : parts.lastIndexOf(organisation);
  return parts.slice(Math.max(at, 0));
}

/** Folders of round 0.5 that every system of a submitter has. */
const saysNothing: ReadonlySet<string> = new Set(["results", "submission", "tpu", ""]);

/** Round 0.5 has folders between the organization and `results` that distinguish systems. */
function systemOf({ systemFolder }: ResultFolder, parts: readonly string[]): string {
  const results = parts.lastIndexOf("results");
  if (parts[0] !== "v0.5.0" || results < 0) return systemFolder;
  const telling = parts.slice(2, results + 2).filter((part) => !saysNothing.has(part));
  return telling.length === 0 ? systemFolder : telling.join("/");
}

/** The result's folder in the repository of its round, if the path names a published round. */
function linkTo(
  { path }: ResultFolder,
  parts: readonly string[],
  published: PublishedRound | undefined,
): string {
  if (published === undefined || roundOfPath(path) === undefined) return path;
  return encodeURI(`${published.repository}/tree/main/${parts.join("/")}`);
}
