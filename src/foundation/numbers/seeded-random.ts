/** A stream of random numbers that is the same for the same seed, on every machine. */
export interface SeededRandom {
  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number;
  /** Uniform whole number in [0, bound). */
  below(bound: number): number;
  /** Standard normal distribution. */
  normal(): number;
  /** An independent stream; the same name gives the same stream. */
  fork(name: string): SeededRandom;
}

/**
 * sfc32, Chris Doty-Humphrey's small fast counting generator, seeded through a string hash.
 *
 * @see PractRand, http://pracrand.sourceforge.net/
 */
export function seededRandom(seed: number | string): SeededRandom {
  return new Sfc32(String(seed));
}

/** A class, so that engines compile a loop of draws once and not for each stream. */
class Sfc32 implements SeededRandom {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spareNormal = Number.NaN;

  constructor(seed: string) {
    this.#seed = seed;
    this.#a = hash(seed, 1);
    this.#b = hash(seed, 2);
    this.#c = hash(seed, 3);
    for (let round = 0; round < 12; round++) this.#next();
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  uniform(): number {
    return this.#next() / 4294967296;
  }

  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  normal(): number {
    const spare = this.#spareNormal;
    if (!Number.isNaN(spare)) {
      this.#spareNormal = Number.NaN;
      return spare;
    }
    // Box–Muller transform; 1 - uniform keeps the argument of the logarithm above zero.
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  fork(name: string): SeededRandom {
    return seededRandom(`${this.#seed}/${name}`);
  }
}

/** Fisher–Yates shuffle; returns a new array of 0..count-1 in random order. */
export function shuffledIndices(count: number, random: SeededRandom): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}

/** FNV-1a over UTF-16 code units, with the final mixing step of MurmurHash3. */
function hash(text: string, salt: number): number {
  let state = (0x811c9dc5 ^ Math.imul(salt, 0x9e3779b1)) | 0;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return state ^ (state >>> 16);
}
