import type { MlperfEdition } from "../schema/mlperf-round.ts";
import type { LogLine } from "../schema/log-event.ts";
import type { RunJudgement } from "../schema/submission.ts";
import { borrowedEditions, compileEdition } from "../rules/compile-edition.ts";
import { readRuleAmendments, readRuleEdition } from "../store/read-score-data.ts";

/**
 * Whose word decides whether a run counts: the rules as the official checker holds them today, the rules as they were
 * at the round, or what the log says of itself.
 */
export const trustedVerdicts = ["checker", "as-published", "status"] as const;
export type TrustedVerdict = (typeof trustedVerdicts)[number];

/** Judges logs by one edition. */
export interface Judge {
  edition: MlperfEdition;
  start(): { push(line: LogLine): void; finish(): RunJudgement };
}

/** Rounds that no rules were written for. */
const withoutRules: ReadonlySet<MlperfEdition> = new Set(["training-0.5", "hpc-0.7"]);

/** Rounds without rules are judged by status, whatever is asked. */
export async function createJudge(edition: MlperfEdition, trusted: TrustedVerdict): Promise<Judge> {
  if (trusted === "status" || withoutRules.has(edition)) {
    return {
      edition,
      start: () => ({ push: () => undefined, finish: () => ({ kind: "self-reported" }) }),
    };
  }
  const rules = await readRuleEdition(edition);
  const borrowed = await Promise.all(borrowedEditions(rules).map((id) => readRuleEdition(id)));
  const amended = trusted === "as-published" ? { asPublished: await readRuleAmendments() } : {};
  const compiled = compileEdition(rules, { borrowed, ...amended });
  return {
    edition,
    start() {
      const check = compiled.start();
      return {
        push: (line) => check.push(line),
        finish() {
          const { verdict, failingKeys } = check.finish();
          return { kind: "checked", edition, verdict, failingKeys };
        },
      };
    },
  };
}
