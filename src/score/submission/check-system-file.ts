import { isJsonObject } from "../../foundation/json.ts";
import { nearestWord } from "../../foundation/text/nearest-word.ts";
import type { PackageFinding, SystemFileText } from "../../schema/logs/package-finding.ts";
import { mlperfSystemFields, type SubmissionTerms } from "../../schema/logs/mlperf-system-file.ts";

/** Since round 4.0 these spellings only (mlcommons/logging, system_desc_checker). */
const statusSpellings: readonly SubmissionTerms["status"][] = [
  "Available on-premise",
  "Available cloud",
  "Preview",
  "Research, Development, or Internal (RDI)",
];
const divisions = ["closed", "open"];

/** Checks a system description like MLPerf's system description checker: the file exists, is JSON, and is complete. */
export function checkSystemFile(
  file: SystemFileText,
  { edition }: { edition: string | undefined },
): PackageFinding[] {
  const { path } = file;
  if (file.kind === "missing") {
    const nearest = nearestWord(path.slice("systems/".length), file.others);
    return [{ rule: "system-file-missing", path, nearest }];
  }
  if (file.kind === "unreadable") {
    return [
      {
        rule: "system-file-invalid",
        path,
        reason: `cannot read the file: ${file.code}`,
      },
    ];
  }
  const parsed = parseJson(file.text);
  if ("reason" in parsed) return [{ rule: "system-file-invalid", path, ...parsed }];
  if (!isJsonObject(parsed.value)) {
    return [{ rule: "system-file-invalid", path, reason: "not a JSON object" }];
  }
  return [...missingFields(parsed.value, path), ...oddValues(parsed.value, { path, edition })];
}

function missingFields(system: object, path: string): PackageFinding[] {
  const missing = mlperfSystemFields.filter((field) => !Object.hasOwn(system, field));
  if (missing.length === 0) return [];
  const known: readonly string[] = mlperfSystemFields;
  const strangers = new Set(Object.keys(system).filter((field) => !known.includes(field)));
  const fields = missing.map((field) => {
    const writtenAs = nearestWord(field, [...strangers]);
    if (writtenAs !== undefined) strangers.delete(writtenAs);
    return { field, writtenAs };
  });
  return [{ rule: "system-fields-missing", path, fields }];
}

function oddValues(
  system: Readonly<Record<string, unknown>>,
  { path, edition }: { path: string; edition: string | undefined },
): PackageFinding[] {
  const findings: PackageFinding[] = [];
  const look = (field: string, allowed: readonly string[]): void => {
    const value = system[field];
    if (value === undefined || (typeof value === "string" && allowed.includes(value))) return;
    const seen = typeof value === "string" ? value : JSON.stringify(value);
    const nearest = nearestWord(seen, allowed);
    findings.push({
      rule: "system-value-odd",
      path,
      field,
      seen,
      allowed: [...allowed],
      nearest,
    });
  };
  look("division", divisions);
  if (asksForExactStatus(edition)) look("status", statusSpellings);
  return findings;
}

function asksForExactStatus(edition: string | undefined): boolean {
  const version = /^training-(\d+)/.exec(edition ?? "")?.[1];
  return version !== undefined && Number(version) >= 4;
}

/** The parsed JSON, or the error and, if the message contains it, the line. */
function parseJson(text: string): { value: unknown } | { reason: string; line?: number } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (text.trim() === "") return { reason: "the file is empty" };
    // The message ends with a piece of the text, which is redundant once the line is known.
    const reason = error.message.replace(/, "[^]*$/, "").replaceAll(/\s+/g, " ");
    const position = /position (\d+)/.exec(error.message)?.[1];
    if (position === undefined) return { reason };
    return { reason, line: text.slice(0, Number(position)).split("\n").length };
  }
}
