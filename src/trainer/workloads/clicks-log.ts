import { seededRandom, type SeededRandom } from "../../foundation/numbers/seeded-random.ts";

// A click log drawn from a hidden model, so that the best possible ranking is known.
//
// An impression is six categories and four numbers. Popularity within a category is skewed as it is
// in shops and on sites: the value of rank r is drawn in proportion to 1 / (r + 2).

/** The number of values of each category. */
const categorySizes = { viewer: 500, advert: 300, page: 100, country: 30, hour: 24, device: 6 };

export const categoryCount = Object.keys(categorySizes).length;
export const numberCount = 4;
/** Values of all categories together; they are numbered through. */
export const valueCount = Object.values(categorySizes).reduce((sum, size) => sum + size, 0);

/** Impressions, column by column. */
export interface ClickLog {
  readonly count: number;
  /** [count, categoryCount], values numbered through. */
  readonly values: Int32Array;
  /** [count, numberCount], standard normal. */
  readonly numbers: Float32Array;
  /** [count], 1 if the viewer clicked. */
  readonly clicked: Uint8Array;
  /** [count], the click probability under the hidden model; ranking by it is optimal. */
  readonly clickProbability: Float32Array;
}

/** Draws impressions; the same name gives the same log, the hidden model is the same for all. */
export function drawClickLog(name: string, count: number): ClickLog {
  const hidden = drawHiddenModel(seededRandom("clicks: hidden model"));
  const random = seededRandom(`clicks: ${name}`);
  const log = {
    count,
    values: new Int32Array(count * categoryCount),
    numbers: new Float32Array(count * numberCount),
    clicked: new Uint8Array(count),
    clickProbability: new Float32Array(count),
  };
  for (let impression = 0; impression < count; impression++) {
    const values = log.values.subarray(
      impression * categoryCount,
      (impression + 1) * categoryCount,
    );
    const numbers = log.numbers.subarray(impression * numberCount, (impression + 1) * numberCount);
    for (const [place, category] of hidden.categories.entries()) {
      values[place] = drawValue(category, random);
    }
    for (let place = 0; place < numberCount; place++) numbers[place] = random.normal();
    const probability = 1 / (1 + Math.exp(-hiddenLogit(hidden, values, numbers)));
    log.clickProbability[impression] = probability;
    log.clicked[impression] = random.uniform() < probability ? 1 : 0;
  }
  return log;
}

/** The hidden model of clicks: a weight for every value, and a vector per value for pairwise interactions. */
interface HiddenModel {
  readonly categories: readonly Category[];
  /** Indexed by value. */
  readonly appeal: Float64Array;
  /** [valueCount, tasteWidth] */
  readonly taste: Float64Array;
}

interface Category {
  /** Number of the first value. */
  readonly firstValue: number;
  /** Probability of this value or an earlier one. */
  readonly cumulativeProbability: Float64Array;
}

const tasteWidth = 4;
const appealDeviation = 0.5;
const tasteDeviation = 0.35;
const baseLogit = -1.5;

function drawHiddenModel(random: SeededRandom): HiddenModel {
  let firstValue = 0;
  const categories = Object.values(categorySizes).map((size) => {
    const category = { firstValue, cumulativeProbability: skewedPopularity(size) };
    firstValue += size;
    return category;
  });
  const appeal = Float64Array.from({ length: valueCount }, () => appealDeviation * random.normal());
  const taste = Float64Array.from(
    { length: valueCount * tasteWidth },
    () => tasteDeviation * random.normal(),
  );
  return { categories, appeal, taste };
}

function skewedPopularity(size: number): Float64Array {
  const weights = Array.from({ length: size }, (_, rank) => 1 / (rank + 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return Float64Array.from(weights, (weight) => (sum += weight / total));
}

function drawValue({ firstValue, cumulativeProbability }: Category, random: SeededRandom): number {
  const drawn = random.uniform();
  let [low, high] = [0, cumulativeProbability.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulativeProbability[middle] ?? 1) > drawn) high = middle;
    else low = middle + 1;
  }
  return firstValue + low;
}

/** Sum of the base rate, the weight of each value, the interaction of each pair, and the effect of the numbers. */
function hiddenLogit(
  { appeal, taste }: HiddenModel,
  values: Int32Array,
  numbers: Float32Array,
): number {
  let logit = baseLogit;
  for (const value of values) logit += appeal[value] ?? 0;
  let side = 0;
  for (let axis = 0; axis < tasteWidth; axis++) {
    let sum = 0;
    let squares = 0;
    for (const value of values) {
      const weight = taste[value * tasteWidth + axis] ?? 0;
      sum += weight;
      squares += weight * weight;
    }
    // Σ over pairs of t_i · t_j is (|Σ t|² - Σ |t|²) / 2.
    logit += (sum * sum - squares) / 2;
    if (axis === 0) side = sum > 0 ? 1 : -1;
  }
  const [a = 0, b = 0, c = 0, d = 0] = numbers;
  return logit + 0.5 * a + 0.6 * Math.tanh(2 * b) - 0.3 * (c * c - 1) + 0.4 * d * side;
}
