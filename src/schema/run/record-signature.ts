import { z } from "zod";

/** signature.json: an Ed25519 signature over the closing event of a record's hash chain. */
export const recordSignature = z.strictObject({
  schemaVersion: z.literal(1),
  algorithm: z.literal("ed25519"),
  /** What the signer calls the key; only the fingerprint identifies it. */
  keyName: z.string(),
  /** SubjectPublicKeyInfo in DER, as base64. */
  publicKey: z.base64(),
  /** SHA-256 of the last line of events.jsonl, without its newline. */
  closingSha256: z.string().length(64),
  signature: z.base64(),
});
export type RecordSignature = z.output<typeof recordSignature>;

/** What a record's signature proves, where it is valid. */
export type SignatureCheck =
  | { kind: "unsigned" }
  /** The signature is valid and the key is one of the user's own or trusted keys, by this name. */
  | { kind: "valid"; name: string; fingerprint: string }
  /** The signature is valid, by a key that the user does not know; it calls itself `claimedName`. */
  | { kind: "unknown-key"; claimedName: string; fingerprint: string };
