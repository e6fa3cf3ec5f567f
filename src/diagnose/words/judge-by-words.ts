import type { Cause, Diagnosis } from "../../schema/diagnosis/diagnosis.ts";
import type { SeenSign } from "../lines/line-signs.ts";
import type { RunFacts } from "../run-facts.ts";
import { kindOfException } from "./sign-of-words.ts";

/** What known texts of programs, launchers and schedulers show. */
export function withoutWords(facts: RunFacts): RunFacts {
  return { ...facts, signs: facts.signs.filter(({ isGeneral }) => isGeneral !== true) };
}

/** Also lines that nothing but their words explains, and what exceptions are about. */
export function withWords(facts: RunFacts): RunFacts {
  const wereVerified = [...facts.steps.values()].flat().some((step) => step.verifiedSteps);
  const signs = facts.signs
    .filter(({ isGeneral, isPassed }) => isGeneral !== true || isPassed !== true)
    // Whether steps have the same results again was measured, and the agent prints what differed.
    .filter(({ kind }) => kind !== "not-reproducible" || !wereVerified)
    .map((sign) => refined(sign));
  return { ...facts, signs };
}

function refined(sign: SeenSign): SeenSign {
  if (sign.kind !== "exception" && sign.kind !== "other-exception") return sign;
  const kind = sign.isOfCheckpoint === true ? "bad-checkpoint" : kindOfException(sign.text);
  return kind === undefined ? sign : { ...sign, kind };
}

/** Kinds that say only how a rank ended, not why. */
const unexplained: ReadonlySet<Cause["kind"]> = new Set(["crash", "killed", "connection-lost"]);

/** Whether nothing but the ends of ranks is known. */
export function isOpen({ verdict }: Diagnosis): boolean {
  return verdict.kind !== "fault" || verdict.causes.every(({ kind }) => unexplained.has(kind));
}

/** Whether words name a cause where nothing did, or why the same ranks ended. */
export function saysMore(general: Diagnosis, known: Diagnosis): boolean {
  if (general === known || general.verdict.kind !== "fault") return false;
  if (known.verdict.kind !== "fault") return true;
  const blamed = new Set(known.verdict.causes.flatMap(({ ranks }) => ranks));
  const { causes } = general.verdict;
  const isExplained = causes.some(({ kind }) => !unexplained.has(kind));
  return isExplained && causes.every(({ ranks }) => ranks.every((rank) => blamed.has(rank)));
}

/** Words are weaker evidence than a text whose program is known. */
const weight = 0.75;

export function byWords(diagnosis: Diagnosis): Diagnosis {
  const { verdict } = diagnosis;
  if (verdict.kind !== "fault") return diagnosis;
  const causes = verdict.causes.map((cause) => weaker(cause));
  return { ...diagnosis, verdict: { kind: "fault", causes } };
}

function weaker(cause: Cause): Cause {
  return { ...cause, likelihood: weight * cause.likelihood };
}
