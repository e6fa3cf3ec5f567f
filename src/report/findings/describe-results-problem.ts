import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";

/** Describes what is wrong with a results folder and what to do about it. */
export function describeResultsProblem(problem: ResultsProblem): {
  code: string;
  message: string;
  hint: string;
} {
  const { kind: code, folder } = problem;
  const again = "import the round again with `pitwall results import`, or delete the folder";
  switch (problem.kind) {
    case "manifest-missing":
      return {
        code,
        message: `\`${folder}\` has no manifest.json: the import was interrupted, or this is not a results folder`,
        hint: again,
      };
    case "manifest-invalid":
      return {
        code,
        message: `invalid manifest.json in \`${folder}\`: ${problem.reason}`,
        hint: again,
      };
    case "file-missing":
      return { code, message: `\`${folder}\` is missing ${problem.file}`, hint: again };
    case "file-changed":
      return {
        code,
        message: `${problem.file} in \`${folder}\` changed after the import: its SHA-256 differs from the manifest`,
        hint: again,
      };
    case "file-unreadable":
      return {
        code,
        message: `cannot read ${problem.file} in \`${folder}\`: ${problem.reason}`,
        hint: again,
      };
  }
}
