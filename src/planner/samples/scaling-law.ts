/** Loss over parameters N and tokens D: E + A / N^alpha + B / D^beta, in nats per token. */
export interface ScalingLaw {
  name: string;
  irreducible: number;
  parameterFactor: number;
  parameterExponent: number;
  tokenFactor: number;
  tokenExponent: number;
  source: string;
}

/** A loss that a dense language model should reach. */
export interface LossGoal {
  loss: number;
  parameterCount: number;
  /** The first one decides; the spread between all of them is the uncertainty. */
  laws: readonly ScalingLaw[];
}

export type TokensToLoss =
  | { kind: "reached"; tokens: number; logSpread: number; law: string; source: string }
  | { kind: "unreachable"; lowest: number };

/** Seeds move the tokens to a loss by less than laws that were fitted to the same runs differ. */
const minimumLogSpread = 0.05;

/**
 * Tokens until a loss, by the first law, with the standard deviation of the logarithm between the laws.
 *
 * @see Hoffmann et al. 2022, approach 3, https://arxiv.org/abs/2203.15556
 */
export function tokensToLoss({ loss, parameterCount, laws }: LossGoal): TokensToLoss {
  const answers = laws.map((law) => ({ law, tokens: tokensBy(law, loss, parameterCount) }));
  const [first] = answers;
  if (first === undefined) throw new RangeError("a loss requires at least one scaling law");
  if (first.tokens === undefined)
    return { kind: "unreachable", lowest: lowestLoss(first.law, parameterCount) };
  const logs = answers.flatMap(({ tokens }) => (tokens === undefined ? [] : [Math.log(tokens)]));
  const widest = Math.max(...logs) - Math.min(...logs);
  return {
    kind: "reached",
    tokens: first.tokens,
    logSpread: Math.max(minimumLogSpread, widest / 2),
    law: first.law.name,
    source: first.law.source,
  };
}

function tokensBy(law: ScalingLaw, loss: number, parameterCount: number): number | undefined {
  const gap = loss - lowestLoss(law, parameterCount);
  return gap <= 0 ? undefined : (law.tokenFactor / gap) ** (1 / law.tokenExponent);
}

/** With unlimited tokens. */
function lowestLoss(law: ScalingLaw, parameterCount: number): number {
  return law.irreducible + law.parameterFactor / parameterCount ** law.parameterExponent;
}

/** Loss after training on a number of tokens. */
function lossAfter(law: ScalingLaw, parameterCount: number, tokens: number): number {
  return lowestLoss(law, parameterCount) + law.tokenFactor / tokens ** law.tokenExponent;
}

export interface CriticalBatchLaw {
  tokensAtLossOne: number;
  lossExponent: number;
}

/**
 * The largest power of two of tokens up to the critical batch size at the end of a training: larger batches need more
 * tokens for the same loss.
 *
 * @see Kaplan et al. 2020, section 5.1, https://arxiv.org/abs/2001.08361
 */
export function usualBatchTokens(
  { tokensAtLossOne, lossExponent }: CriticalBatchLaw,
  law: ScalingLaw,
  { parameterCount, tokens }: { parameterCount: number; tokens: number },
): number {
  const critical = tokensAtLossOne / lossAfter(law, parameterCount, tokens) ** lossExponent;
  return 2 ** Math.floor(Math.log2(critical));
}
