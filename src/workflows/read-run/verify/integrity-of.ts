import type { SignatureCheck } from "../../../schema/run/record-signature.ts";
import type { RecordIntegrity } from "../../../schema/run/run-page.ts";
import type { RunRecord, Verification } from "../../../store/records/run-store.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether the record is unchanged since it was written. Reads all its files.
 *
 * @param env the environment that names the folder of the user's keys; default: that of this process
 */
export async function integrityOf(
  record: RunRecord,
  env: Environment = process.env,
): Promise<RecordIntegrity> {
  const { chain, tornLine } = record.events;
  if (chain.kind === "broken")
    return { kind: "chain-broken", line: chain.line, reason: chain.reason };
  const verified = await record.verify();
  switch (verified.kind) {
    case "unchanged":
      return sealOf(record, verified, env);
    case "unfinished":
      return { kind: "unsealed", tornLine: tornLine !== undefined };
    case "changed":
      return {
        kind: "files-changed",
        files: verified.differences.map(({ kind, file }) => `${file} ${kind}`),
      };
  }
}

async function sealOf(
  record: RunRecord,
  { fileCount, closingSha256 }: Extract<Verification, { kind: "unchanged" }>,
  env: Environment,
): Promise<RecordIntegrity> {
  const signed = await record.readSignature();
  if (closingSha256 === undefined) {
    if (signed !== undefined)
      return { kind: "signature-invalid", reason: "the closing event that it covers is missing" };
    const reason = record.result?.sealedBy === undefined ? "old-version" : "no-closing-event";
    return { kind: "result-not-sealed", fileCount, reason };
  }
  if (signed === undefined) return intact(fileCount, { kind: "unsigned" });
  if (signed.kind === "unreadable") return { kind: "signature-invalid", reason: signed.reason };
  // Most records have no signature, so keys and cryptography are loaded on demand.
  const { checkSignature } = await import("../../../store/keys/record-signer.ts");
  const { readKnownKeys } = await import("../../../store/keys/key-store.ts");
  const subject = { runId: record.runId, closingSha256 };
  const checked = checkSignature(signed.signature, subject, await readKnownKeys(env));
  return checked.kind === "invalid"
    ? { kind: "signature-invalid", reason: checked.reason }
    : intact(fileCount, checked);
}

function intact(fileCount: number, signature: SignatureCheck): RecordIntegrity {
  return { kind: "intact", fileCount, signature };
}
