import { seededRandom, type SeededRandom } from "../../foundation/numbers/seeded-random.ts";

/** Random numbers that all offers of a plan share, so that offers differ by their own numbers alone. Each kind is drawn when it is first needed. */
class SharedDraws {
  readonly #random: SeededRandom;
  readonly #drawCount: number;
  readonly #kept = new Map<string, Float64Array>();
  #factors: { logSpread: number; values: Float64Array } | undefined;

  constructor(seed: number | string, drawCount: number) {
    this.#random = seededRandom(seed);
    this.#drawCount = drawCount;
  }

  /** Standard normal: of the predicted time, and of the samples to the target. */
  normal(of: "time" | "seed" | "failure rate"): Float64Array {
    return this.#drawn(of, (random) => random.normal());
  }

  /** Uniform: of the rate of spot interruptions, and of the numbers of failures and spot interruptions. */
  uniform(of: "spot rate" | "failures" | "taken"): Float64Array {
    return this.#drawn(of, (random) => random.uniform());
  }

  /** Log-normal around 1: what the rate of failures is multiplied by. Kept for the last spread. */
  failureFactors(logSpread: number): Float64Array {
    if (this.#factors?.logSpread !== logSpread) {
      const values = this.normal("failure rate").map((value) => Math.exp(logSpread * value));
      this.#factors = { logSpread, values };
    }
    return this.#factors.values;
  }

  #drawn(name: string, next: (random: SeededRandom) => number): Float64Array {
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    const random = this.#random.fork(name);
    const values = new Float64Array(this.#drawCount);
    for (let at = 0; at < values.length; at++) values[at] = next(random);
    this.#kept.set(name, values);
    return values;
  }
}

let last: { key: string; draws: SharedDraws } | undefined;

/** The draws of a seed. The last ones are kept: a plan asks for the same ones for each of its offers. */
export function sharedDraws(seed: number | string, drawCount: number): SharedDraws {
  const key = `${drawCount} ${seed}`;
  if (last?.key !== key) last = { key, draws: new SharedDraws(seed, drawCount) };
  return last.draws;
}
