import { shuffledIndices, seededRandom } from "../foundation/numbers/seeded-random.ts";
import type { WorkloadData } from "./workload.ts";

/** An 8 x 8 image of a handwritten digit. */
export interface Digit {
  /** 64 grey values in 0..1, row by row. */
  readonly pixels: Float32Array;
  /** 0..9 */
  readonly label: number;
}

export const digitsPath = "digits/digits.csv.gz";

export const digitsData: WorkloadData = {
  description:
    "1,797 handwritten digits, 8 x 8 pixels; 1,437 to train on and 360 held out, 36 of each class, the same for every seed",
  source:
    "UCI Optical Recognition of Handwritten Digits, test part (Alpaydin and Kaynak 1998), https://archive.ics.uci.edu/dataset/80",
  licence: "CC BY 4.0",
  files: [
    {
      path: digitsPath,
      sha256: "46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a",
    },
  ],
};

const heldOutPerClass = 36;

/**
 * Reads the 1,797 rows and divides them. Held out are 36 of each class, a fifth, drawn once with a
 * fixed seed, so that every run is evaluated on the same images.
 *
 * @throws Error if a row is not 64 values in 0..16 and a label
 */
export function readDigits(csv: string): { training: Digit[]; heldOut: Digit[] } {
  const digits = csv.trim().split("\n").map(parseRow);
  const training: Digit[] = [];
  const heldOut: Digit[] = [];
  const heldOutByClass = new Map<number, number>();
  for (const index of shuffledIndices(digits.length, seededRandom("digits/held-out"))) {
    const digit = digits[index];
    if (digit === undefined) continue;
    const count = heldOutByClass.get(digit.label) ?? 0;
    if (count < heldOutPerClass) {
      heldOutByClass.set(digit.label, count + 1);
      heldOut.push(digit);
    } else {
      training.push(digit);
    }
  }
  return { training, heldOut };
}

function parseRow(row: string, index: number): Digit {
  const values = row.split(",").map(Number);
  const label = values.at(-1);
  const pixels = Float32Array.from(values.slice(0, -1), (value) => value / 16);
  const isImage = pixels.length === 64 && pixels.every((pixel) => pixel >= 0 && pixel <= 1);
  if (!isImage || label === undefined || !Number.isInteger(label) || label < 0 || label > 9) {
    throw new Error(`digits: row ${index + 1} is not 64 values in 0..16 and a label in 0..9`);
  }
  return { pixels, label };
}
