import type { ResultsProblem } from "../../schema/atlas/results-problem.ts";

/** What is wrong with a folder of results, for people, and what to do about it. */
export function describeResultsProblem(problem: ResultsProblem): {
  code: string;
  message: string;
  hint: string;
} {
  const { kind: code, folder } = problem;
  const again = "import the round again with `pitwall results import`, or remove the folder";
  switch (problem.kind) {
    case "manifest-missing":
      return {
        code,
        message: `\`${folder}\` has no manifest.json: an import that was cut off, or no results at all`,
        hint: again,
      };
    case "manifest-invalid":
      return {
        code,
        message: `the manifest.json of \`${folder}\` cannot be used: ${problem.reason}`,
        hint: again,
      };
    case "file-missing":
      return { code, message: `\`${folder}\` lacks ${problem.file}`, hint: again };
    case "file-changed":
      return {
        code,
        message: `${problem.file} of \`${folder}\` is not what was imported: its sha256 differs from the manifest's`,
        hint: again,
      };
    case "file-unreadable":
      return {
        code,
        message: `${problem.file} of \`${folder}\` cannot be read: ${problem.reason}`,
        hint: again,
      };
  }
}
