import { seededRandom } from "../../foundation/seeded-random.ts";

/** Random numbers that all offers of a plan share, so that offers differ by their own numbers alone. */
export interface SharedDraws {
  drawCount: number;
  /** Standard normal: of the predicted time and of the samples to the target. */
  time: Float64Array;
  seed: Float64Array;
  /** Log-normal around 1: what the rate of failures is multiplied by. Kept for the last spread. */
  failureFactors: (logSpread: number) => Float64Array;
  /** Uniform: of the rate of spot interruptions, and of the numbers of failures and spot interruptions. */
  spotRate: Float64Array;
  failures: Float64Array;
  taken: Float64Array;
}

let last: { key: string; draws: SharedDraws } | undefined;

/** The draws of a seed. The last ones are kept: a plan asks for the same ones for each of its offers. */
export function sharedDraws(seed: number | string, drawCount: number): SharedDraws {
  const key = `${drawCount} ${seed}`;
  if (last?.key === key) return last.draws;
  const random = seededRandom(seed);
  const uniforms = (): Float64Array => filled(drawCount, () => random.uniform());
  const normals = (): Float64Array => filled(drawCount, () => random.normal());
  const draws = {
    drawCount,
    time: normals(),
    seed: normals(),
    failureFactors: keptFactors(normals()),
    spotRate: uniforms(),
    failures: uniforms(),
    taken: uniforms(),
  };
  last = { key, draws };
  return draws;
}

function keptFactors(normals: Float64Array): SharedDraws["failureFactors"] {
  let kept: { logSpread: number; factors: Float64Array } | undefined;
  return (logSpread) => {
    if (kept?.logSpread !== logSpread)
      kept = { logSpread, factors: normals.map((value) => Math.exp(logSpread * value)) };
    return kept.factors;
  };
}

function filled(count: number, next: () => number): Float64Array {
  const values = new Float64Array(count);
  for (let at = 0; at < count; at++) values[at] = next();
  return values;
}
