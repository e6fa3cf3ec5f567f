import { seededRandom } from "../../foundation/seeded-random.ts";

/** Random numbers that all offers of a plan share, so that offers differ by their own numbers alone. */
export interface SharedDraws {
  drawCount: number;
  /** Standard normal: of the predicted time, of the samples to the target, and of the rate of failures. */
  time: Float64Array;
  seed: Float64Array;
  failureRate: Float64Array;
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
    failureRate: normals(),
    spotRate: uniforms(),
    failures: uniforms(),
    taken: uniforms(),
  };
  last = { key, draws };
  return draws;
}

function filled(count: number, next: () => number): Float64Array {
  const values = new Float64Array(count);
  for (let at = 0; at < count; at++) values[at] = next();
  return values;
}
