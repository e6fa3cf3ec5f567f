import type { LogFinding } from "../schema/logs/log-verdict.ts";
import type { RuleAmendment } from "../schema/logs/rule-edition.ts";

/**
 * Whether a log that fails the current rules of an edition passes the rules as they were applied at the round: each of its
 * findings comes from a rule that was added or made stricter later.
 */
export function passesAsPublished(
  { edition, findings }: { edition?: string | undefined; findings: readonly LogFinding[] },
  amendments: readonly RuleAmendment[],
): boolean {
  const ofEdition = amendments.filter((each) => each.edition === edition);
  return (
    findings.length > 0 &&
    findings.every((finding) => ofEdition.some((amendment) => isWaived(finding, amendment)))
  );
}

function isWaived(finding: LogFinding, amendment: RuleAmendment): boolean {
  switch (amendment.kind) {
    case "drop-key":
      return (
        "key" in finding &&
        "file" in finding &&
        finding.key === amendment.key &&
        finding.file === amendment.file
      );
    case "warn-if-missing":
      return finding.rule === "key-missing" && finding.key === amendment.key;
    case "warn-at-end":
      return finding.rule === "end-check-failed";
  }
}
