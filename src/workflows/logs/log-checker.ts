import type { CompiledEdition } from "../../rules/compile-edition.ts";
import { LogCauseReader } from "../../rules/causes/log-cause-reader.ts";
import type { LogCheck } from "../../rules/log-check.ts";
import { checkableEditions, editionsWithBenchmark } from "../../schema/logs/edition-name.ts";
import type { LogDialect, LogLine } from "../../schema/logs/log-event.ts";
import type { LogCause } from "../../schema/logs/log-cause.ts";
import type { LogFileFinding, LogVerdict } from "../../schema/logs/log-verdict.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { RuleVerdict } from "../../schema/logs/rule-finding.ts";
import { clockedMs } from "../../score/mlperf/clock.ts";
import { type LogFacts, LogFactsReader } from "../../score/mlperf/log-facts.ts";

/** A log's verdict, and the facts that are compared with other logs. */
export interface JudgedLog {
  verdict: LogVerdict;
  facts: LogFacts;
}

/** The rules a log is checked against: an edition's, or none if its round has no rules. */
export type LogRules = CompiledEdition | { withoutRules: MlperfEdition };

/** Joins the rules and the facts of one log: lines in, verdict out. */
export class LogChecker {
  readonly #facts = new LogFactsReader();
  readonly #causes = new LogCauseReader();
  readonly #knownKeys: ReadonlySet<string>;
  readonly #check: LogCheck | undefined;
  readonly #edition: string | undefined;
  readonly #withoutRules: MlperfEdition | undefined;

  /** @param rules undefined if the log does not name its round */
  constructor(rules: LogRules | undefined) {
    const isJudged = rules !== undefined && "start" in rules;
    this.#check = isJudged ? rules.start() : undefined;
    this.#knownKeys = isJudged ? rules.knownKeys : new Set();
    this.#edition = isJudged ? rules.edition : rules?.withoutRules;
    this.#withoutRules = isJudged ? undefined : rules?.withoutRules;
  }

  push(lines: readonly LogLine[]): void {
    for (const line of lines) {
      this.#check?.push(line);
      this.#facts.push(line);
      this.#causes.push(line);
    }
  }

  /**
   * @param fileFindings problems of the file; reported only if the log fails the rules or a problem makes it fail
   * @param expectedDivision a log of another division fails
   */
  finish(fileFindings: readonly LogFileFinding[], expectedDivision?: "closed" | "open"): JudgedLog {
    const facts = this.#facts.finish();
    const withoutRules = this.#withoutRules;
    const judgement =
      withoutRules === undefined
        ? this.#judge(facts, fileFindings, expectedDivision)
        : { ...notJudged(withoutRules, fileFindings), causes: this.#causes.finish(undefined) };
    const { verdict, officialCheckerCrashes, failingKeys, findings, warnings, causes } = judgement;
    return {
      facts,
      verdict: {
        edition: this.#edition,
        benchmark: facts.benchmark,
        division: facts.division,
        verdict,
        officialCheckerCrashes,
        failingKeys,
        timeToTrainMs: clockedMs(facts),
        findings,
        warnings,
        causes,
      },
    };
  }

  #judge(
    facts: LogFacts,
    fileFindings: readonly LogFileFinding[],
    expectedDivision: "closed" | "open" | undefined,
  ): Judgement {
    const judged = this.#check?.finish();
    const divisionFindings = divisionDiffers(facts, expectedDivision);
    const mustFail = [...fileFindings.filter(isFatal), ...divisionFindings].length > 0;
    const isPass = judged?.verdict === "pass" && !mustFail;
    const beside = isPass
      ? []
      : [...fileFindings, ...this.#otherDialects(facts), ...divisionFindings];
    const { failingKeys, findings, warnings } = judged ?? nothingToJudge;
    return {
      verdict: isPass ? "pass" : "fail",
      officialCheckerCrashes: judged?.verdict === "crash",
      failingKeys,
      findings: [...beside, ...findings],
      warnings,
      causes: this.#causesOf(judged),
    };
  }

  #causesOf(judged: RuleVerdict | undefined): LogCause[] {
    if (judged === undefined) return this.#causes.finish(undefined);
    const findings = [...judged.findings, ...judged.warnings];
    const metTarget = this.#check?.metTarget();
    return this.#causes.finish({ findings, knownKeys: this.#knownKeys, metTarget });
  }

  /** Lines in dialects of other editions, if there are no lines in this edition's. */
  #otherDialects({ lineCounts, benchmark }: LogFacts): LogFileFinding[] {
    if (this.#edition === undefined) return [];
    const own = this.#edition === "training-0.6" ? "mll" : "mllog";
    if (lineCounts[own] > 0) return [];
    return (["mlpv", "mll", "mllog"] as const)
      .filter((dialect) => lineCounts[dialect] > 0)
      .map((dialect) => ({
        rule: "other-dialect" as const,
        dialect,
        lineCount: lineCounts[dialect],
        edition: editionOf(dialect, benchmark),
      }));
  }
}

/** Round 0.5 has no rules. */
function editionOf(dialect: LogDialect, benchmark: string | undefined): string | undefined {
  if (dialect === "mlpv") return undefined;
  if (dialect === "mll") return "training-0.6";
  const editions = benchmark === undefined ? checkableEditions : editionsWithBenchmark(benchmark);
  const newer = editions.filter((edition) => edition !== "training-0.6");
  return newer.findLast((edition) => edition.startsWith("training")) ?? newer.at(-1);
}

type Judgement = Pick<
  LogVerdict,
  "verdict" | "officialCheckerCrashes" | "failingKeys" | "findings" | "warnings" | "causes"
>;

function notJudged(
  edition: MlperfEdition,
  fileFindings: readonly LogFileFinding[],
): Omit<Judgement, "causes"> {
  return {
    verdict: "not-judged",
    officialCheckerCrashes: false,
    failingKeys: [],
    findings: [{ rule: "edition-without-rules", edition }, ...fileFindings],
    warnings: [],
  };
}

const nothingToJudge: Pick<RuleVerdict, "failingKeys" | "findings" | "warnings"> = {
  failingKeys: [],
  findings: [{ rule: "no-lines" }],
  warnings: [],
};

/** Only a part of the log was read. */
function isFatal({ rule }: LogFileFinding): boolean {
  return rule === "gzip-broken" || rule === "file-unreadable";
}

function divisionDiffers(
  { division, lineCounts }: LogFacts,
  expected: "closed" | "open" | undefined,
): LogFileFinding[] {
  if (expected === undefined || division === expected) return [];
  if (lineCounts.mll + lineCounts.mllog === 0) return [];
  return [{ rule: "division-differs", expected, seen: division }];
}
