import { z } from "zod";
import { ruleFinding } from "../../logs/rule-finding.ts";
import { ruleScopes } from "./run-checklist.ts";

/** The rule verdict of a finished run; part of result.json. */
export const runRules = z.strictObject({
  edition: z.string(),
  scope: z.enum(ruleScopes),
  /** The MLPerf benchmark named in the log; only with scope `benchmark`. */
  benchmark: z.string().optional(),
  /** `crash`: the official checker crashes on this log without a verdict; never a pass. */
  verdict: z.enum(["pass", "fail", "crash"]),
  /** Sorted; alternatives joined by `|`; `END` for a check at the end of the log. Empty for a crash. */
  failingKeys: z.array(z.string()),
  /** Items of the checklist, met or broken. */
  checkCount: z.number().int().nonnegative(),
  findings: z.array(ruleFinding),
  /** Findings that do not affect the verdict. */
  warnings: z.array(ruleFinding),
});
export type RunRules = z.output<typeof runRules>;
