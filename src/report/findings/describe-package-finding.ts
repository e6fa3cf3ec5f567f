import type { PackageFinding } from "../../schema/logs/package-finding.ts";
import { countOf } from "../wording.ts";

/** Describes a finding about a result folder in one sentence. */
// oxlint-disable-next-line complexity -- one case per rule, and nothing but cases
export function describePackageFinding(finding: PackageFinding): string {
  if (isAboutFiles(finding)) return describeFile(finding);
  if (isAboutUpload(finding)) return describeUpload(finding);
  switch (finding.rule) {
    case "run-count":
      return `${countOf(finding.have, "run")}; a result requires ${finding.need}`;
    case "result-number-repeated":
      return `run number \`${finding.number}\` is used ${finding.logs.length} times: ${listOf(finding.logs)}`;
    case "benchmarks-differ":
      return `logs of ${finding.benchmarks.length} benchmarks in one folder: ${finding.benchmarks
        .map(({ benchmark, logs }) => `\`${benchmark}\` in ${listOf(logs)}`)
        .join("; ")}`;
    case "folder-names-another-benchmark":
      return `the folder is named \`${finding.folder}\` but its logs are for \`${finding.logged}\``;
    case "benchmark-not-in-edition":
      return `\`${finding.benchmark}\` is not a benchmark of ${finding.edition}${meant(finding.nearest)}`;
    case "seed-missing":
      return finding.scope === "all"
        ? "no log has a `seed`; each run must use and log a seed of its own"
        : `no \`seed\` in ${listOf(finding.logs)}, while the other logs have one`;
    case "seed-repeated":
      return `the same seed ${finding.seed.length > 60 ? "set" : finding.seed} in ${listOf(finding.logs)}`;
    case "hyperparameter-differs":
      return `\`${finding.key}\` differs between runs: ${finding.values
        .map(({ value, logs }) => `${value} in ${listOf(logs)}`)
        .join("; ")}`;
  }
}

type UploadFinding = Extract<
  PackageFinding,
  { rule: "names-unsuitable" | "files-too-large" | "links-broken" }
>;

function isAboutUpload(finding: PackageFinding): finding is UploadFinding {
  return ["names-unsuitable", "files-too-large", "links-broken"].includes(finding.rule);
}

/** Describes files that the repository checker does not accept. */
function describeUpload(finding: UploadFinding): string {
  switch (finding.rule) {
    case "names-unsuitable":
      return `${countOf(finding.count, "name")} with a space, or with a dot at the start: ${listOf(finding.paths)}`;
    case "files-too-large": {
      const shown = finding.files.map(
        ({ path, bytes }) => `\`${path}\` (${(bytes / 2 ** 20).toFixed(0)} MiB)`,
      );
      return `${countOf(finding.count, "file")} larger than ${finding.limitBytes / 2 ** 20} MiB: ${shown.join(", ")}`;
    }
    case "links-broken":
      return `${countOf(finding.count, "symbolic link")} without a target: ${listOf(finding.paths)}`;
  }
}

type FileFinding = Extract<PackageFinding, { rule: `system-${string}` | `power-${string}` }>;

function isAboutFiles(finding: PackageFinding): finding is FileFinding {
  return finding.rule.startsWith("system-") || finding.rule.startsWith("power-");
}

function describeFile(finding: FileFinding): string {
  switch (finding.rule) {
    case "system-file-missing":
      return `\`${finding.path}\` is missing${meant(finding.nearest)}`;
    case "system-file-invalid":
      return `\`${finding.path}\`${finding.line === undefined ? "" : `, line ${finding.line}`}: ${finding.reason}`;
    case "system-fields-missing":
      return `\`${finding.path}\` is missing ${finding.fields
        .map(({ field, writtenAs }) =>
          writtenAs === undefined ? `\`${field}\`` : `\`${field}\` (written as \`${writtenAs}\`?)`,
        )
        .join(", ")}`;
    case "system-value-odd":
      return `\`${finding.path}\`: \`${finding.field}\` is \`${finding.seen}\`; allowed values: ${finding.allowed.map((value) => `\`${value}\``).join(", ")}${meant(finding.nearest)}`;
    case "power-missing":
      return `the result has power logs, but none for ${listOf(finding.logs)}`;
    case "power-files-differ":
      return `the number of node power logs differs: ${finding.counts
        .map(({ nodeFiles, logs }) => `${nodeFiles} in ${listOf(logs)}`)
        .join("; ")}`;
    case "power-of-no-run":
      return `power logs without a matching run log: ${listOf(finding.folders)}`;
  }
}

const shownNames = 4;

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, shownNames).map((name) => `\`${name}\``);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ");
}

function meant(nearest: string | undefined): string {
  return nearest === undefined ? "" : `; did you mean \`${nearest}\`?`;
}
