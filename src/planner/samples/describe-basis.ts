import type { SamplesBasis } from "./samples-to-target.ts";

/** Where a number of samples is from, in a few words. */
export function describeBasis(basis: SamplesBasis): string {
  switch (basis.kind) {
    case "reference-point":
      return `reference point of ${basis.edition} at batch size ${basis.batchSize}`;
    case "between-points":
      return `between the reference points of ${basis.edition} at ${basis.below} and ${basis.above}`;
    case "law":
      return `law of the reference points of ${basis.edition}, from batch size ${basis.nearest}`;
    case "tokens":
      return "tokens as given";
    case "scaling-law":
      return `${basis.law}: ${basis.source}`;
  }
}
