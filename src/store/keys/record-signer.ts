import { createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import type { RecordSignature, SignatureCheck } from "../../schema/run/record-signature.ts";
import { fingerprintOf, type KnownKey, type SigningKey } from "./key-store.ts";

/** What a signature covers: the closing event of a run's hash chain, and therefore all files of the record. */
export interface SignedSubject {
  runId: string;
  closingSha256: string;
}

export function signRecord(subject: SignedSubject, key: SigningKey): RecordSignature {
  const publicKey = createPublicKey(key.privateKey);
  return {
    schemaVersion: 1,
    algorithm: "ed25519",
    keyName: key.name,
    publicKey: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
    closingSha256: subject.closingSha256,
    signature: sign(undefined, messageOf(subject), key.privateKey).toString("base64"),
  };
}

/** Whether a signature is valid for this record, and whether the user knows its key. */
export function checkSignature(
  signature: RecordSignature,
  subject: SignedSubject,
  known: readonly KnownKey[],
): SignatureCheck | { kind: "invalid"; reason: string } {
  if (signature.closingSha256 !== subject.closingSha256)
    return { kind: "invalid", reason: "it covers another closing event" };
  const publicKey = readPublicKey(signature.publicKey);
  if (publicKey === undefined)
    return { kind: "invalid", reason: "signature.json does not contain an Ed25519 public key" };
  const bytes = Buffer.from(signature.signature, "base64");
  if (!verify(undefined, messageOf(subject), publicKey, bytes))
    return { kind: "invalid", reason: "it does not match the closing event" };
  const fingerprint = fingerprintOf(publicKey);
  const key = known.find((each) => each.fingerprint === fingerprint);
  return key === undefined
    ? { kind: "unknown-key", claimedName: signature.keyName, fingerprint }
    : { kind: "valid", name: key.name, fingerprint };
}

/** The first line prevents reuse of a record's signature for another kind of document. */
function messageOf({ runId, closingSha256 }: SignedSubject): Buffer {
  return Buffer.from(`pitwall record 1\n${runId}\n${closingSha256}\n`);
}

function readPublicKey(base64: string): KeyObject | undefined {
  try {
    const key = createPublicKey({
      key: Buffer.from(base64, "base64"),
      type: "spki",
      format: "der",
    });
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    // OpenSSL throws various errors for invalid key bytes; the caller reports them.
    return undefined;
  }
}
