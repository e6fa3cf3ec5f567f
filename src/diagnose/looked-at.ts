import type { LookedAt } from "../schema/diagnosis/diagnosis.ts";
import type { RunFacts } from "./run-facts.ts";

/** How much of what a diagnosis looked at. */
export function lookedAt(facts: RunFacts): LookedAt[] {
  const samples = [...facts.steps.values()].flat();
  const verified = samples.flatMap(({ verifiedSteps }) => verifiedSteps ?? []);
  const stepCount = new Set(verified.map(({ step }) => step)).size;
  return [
    { what: "log-lines", count: facts.lineCount },
    // Without a record, they are made from lines.
    { what: "events", count: facts.placesOfEvents === undefined ? facts.events.length : 0 },
    { what: "findings", count: facts.findings.length },
    { what: "step-samples", count: samples.length },
    ...(verified.length === 0 ? [] : [{ what: "verified-steps" as const, count: stepCount }]),
    { what: "flight-recorder-dumps", count: facts.dumps.length },
    ...(facts.ras === undefined || facts.ras.length === 0
      ? []
      : [{ what: "ras-answers" as const, count: facts.ras.length }]),
    { what: "stacks", count: facts.stacks.length },
    { what: "error-files", count: facts.errorFiles.length },
  ];
}
