import type { SignatureCheck } from "../../../schema/run/record-signature.ts";
import type { RecordIntegrity, VerdictDifference } from "../../../schema/run/run-page.ts";

/** Whether a record is not what was written: the answer of `pitwall verify` is no. */
export function isAltered({ kind }: RecordIntegrity): boolean {
  switch (kind) {
    case "intact":
    case "result-not-sealed":
    case "unsealed":
      return false;
    case "chain-broken":
    case "files-changed":
    case "signature-invalid":
      return true;
  }
}

/** A field of result.json that log and events contradict. */
export function describeVerdictDifference(difference: VerdictDifference): string {
  const { field, recorded, recomputed } = difference;
  return `result.json says ${field} ${recorded}; log and events give ${recomputed}`;
}

/** What the files of a record prove, in the same words on the terminal and on the dashboard. */
export function describeIntegrity(integrity: RecordIntegrity): string {
  switch (integrity.kind) {
    case "intact":
      return `intact: ${signatureText(integrity.signature)}`;
    case "result-not-sealed":
      return `${notSealed[integrity.reason]}: the files agree with result.json, and nothing covers result.json itself`;
    case "unsealed":
      return `no result yet; events are in sequence${integrity.tornLine ? ", the last line was cut off" : ""}`;
    case "chain-broken":
      return `altered: events.jsonl, line ${integrity.line}: ${integrity.reason}`;
    case "files-changed":
      return `altered: ${integrity.files.join(", ")}`;
    case "signature-invalid":
      return `signature invalid: ${integrity.reason}`;
  }
}

const notSealed = {
  "no-closing-event": "result written, not yet sealed",
  "old-version": "written by Pitwall 0.1.0, which did not seal results",
} as const;

const agree = "the files agree with each other";
const noProof = "not proof against someone who rewrote them all";

function signatureText(signature: SignatureCheck): string {
  switch (signature.kind) {
    case "unsigned":
      return `${agree}; ${noProof}`;
    case "valid":
      return `signed by ${signature.name} ${signature.fingerprint}, signature valid`;
    case "unknown-key":
      return `${agree}; signed by an unknown key ${signature.fingerprint} that calls itself \`${signature.claimedName}\`; ${noProof}`;
  }
}
