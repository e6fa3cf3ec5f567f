import type { PublishedRound } from "../../schema/atlas/rounds/published-round.ts";
import type { BenchmarkResult, SubmissionFinding } from "../../schema/logs/submission.ts";

/** Describes the missing data of a round's folder, one sentence per item. */
export function describeMissing(
  results: readonly BenchmarkResult[],
  {
    setAside,
    logCount,
    published,
  }: { setAside: readonly string[]; logCount: number; published: PublishedRound | undefined },
): string[] {
  return [
    listedOnly(logCount, published),
    setAside.length === 0
      ? undefined
      : `${setAside.length} ${setAside.length === 1 ? "folder" : "folders"} of runs that submitters set aside are not results: ${setAside.join(", ")}.`,
    sentenceFor(results, "system-file-missing", "no description of the system"),
    sentenceFor(
      results,
      "system-file-invalid",
      "a description of the system that cannot be parsed whole",
    ),
    sentenceFor(
      results,
      "system-fields-missing",
      "a description of the system that lacks needed fields",
    ),
    tooFewRuns(results),
  ].filter((sentence) => sentence !== undefined);
}

function listedOnly(logCount: number, published: PublishedRound | undefined): string | undefined {
  const absent = (published?.listedLogCount ?? logCount) - logCount;
  if (absent <= 0) return undefined;
  const gap = published?.knownGap;
  const what = gap !== undefined && gap.logCount === absent ? `: ${gap.what}` : "";
  return `${absent} ${absent === 1 ? "log" : "logs"} that the round's repository lists were not there${what}.`;
}

function sentenceFor(
  results: readonly BenchmarkResult[],
  rule: SubmissionFinding["rule"],
  what: string,
): string | undefined {
  const found = results.filter(({ findings }) => findings.some((one) => one.rule === rule));
  return found.length === 0 ? undefined : `${countOf(found)} ${what}: ${namesOf(found)}.`;
}

function tooFewRuns(results: readonly BenchmarkResult[]): string | undefined {
  const found = results.filter(({ findings }) =>
    findings.some((one) => one.rule === "run-count" && one.have < one.need),
  );
  return found.length === 0
    ? undefined
    : `${countOf(found)} fewer logs than the rules ask for: ${namesOf(found)}.`;
}

function countOf(found: readonly BenchmarkResult[]): string {
  return found.length === 1 ? "1 result has" : `${found.length} results have`;
}

const mostNames = 6;

function namesOf(found: readonly BenchmarkResult[]): string {
  const names = [
    ...new Set(
      found.map(({ system, benchmark }) => `${system.organisation}/${system.folder}/${benchmark}`),
    ),
  ];
  const more = names.length - mostNames;
  return names.slice(0, mostNames).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
