/**
 * What decides whether a run counts: the rules as the official checker applies them today, the rules as they were
 * at the round, or the status in the log.
 */
export const trustedVerdicts = ["checker", "as-published", "status"] as const;
export type TrustedVerdict = (typeof trustedVerdicts)[number];
