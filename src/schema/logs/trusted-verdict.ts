/**
 * Whose word decides whether a run counts: the rules as the official checker holds them today, the rules as they were
 * at the round, or what the log says of itself.
 */
export const trustedVerdicts = ["checker", "as-published", "status"] as const;
export type TrustedVerdict = (typeof trustedVerdicts)[number];
