import { type Section, wordsOfSection } from "./line-section.ts";
import { matchName, type NameMatch } from "../names/match-name.ts";

const separators = ["/", "_", "."];

/** The name that tells a value of one section from that of another: `train_acc` for `acc` in a row with `"split": "train"`. */
export function nameInSection(name: string, section: Section | undefined): string {
  return section === undefined ? name : `${section.word}_${name}`;
}

/** The names by which a value can be requested: `acc` and `val_acc`, but only `train_acc` in a row of training data. */
export function namesInSection(name: string, section: Section | undefined): string[] {
  const full = nameInSection(name, section);
  return section?.kind === "evaluation" ? [name, full] : [full];
}

/**
 * Compares a name in a row of a section with the name of the requested metric. `acc` in a row of evaluation data is `acc` and
 * `val_acc`; in a row of training data it is `train_acc` only.
 */
export function matchInSection(
  found: string,
  section: Section | undefined,
  wanted: string,
): NameMatch {
  const alone = matchName(found, wanted);
  if (section === undefined) return alone;
  const names = wordsOfSection(section).flatMap((word) =>
    separators.map((separator) => `${word}${separator}${found}`),
  );
  if (names.some((name) => matchName(name, wanted) === "same")) return "same";
  return alone !== "other" && section.kind === "training" ? "longer" : alone;
}

/** Whether a name in a row of a section names the requested metric, alone or at its end. */
export function namesMetricInSection(
  found: string,
  section: Section | undefined,
  wanted: string,
): boolean {
  const match = matchInSection(found, section, wanted);
  return match === "same" || match === "last-words";
}
