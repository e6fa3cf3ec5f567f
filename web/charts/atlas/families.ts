/** Index of the style sheet color of an accelerator family: 1 to 11, or 0 for all other families. */
export type FamilyHue = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11;

// Families that often appear in the same chart have distinct hues.
const hues: Readonly<Record<string, FamilyHue>> = {
  H100: 1,
  A100: 2,
  V100: 3,
  H200: 4,
  B200: 5,
  GB200: 6,
  "TPU v3": 7,
  "TPU v4": 8,
  "TPU v2": 3,
  "TPU v5p": 7,
  "TPU v5e": 8,
  "TPU v6e": 9,
  MI300X: 9,
  MI325X: 10,
  "Gaudi 2": 10,
  Gaudi: 9,
  B300: 3,
  GB300: 10,
  MI355X: 7,
  L40: 11,
  L40S: 11,
  "Ascend 910": 11,
  "Graphcore GC200": 9,
  P100: 8,
  K80: 11,
};

const hueCount = 11;

/** Returns the usual hue of a family; 0 if it has none. */
export function familyHue(family: string): FamilyHue {
  return Object.hasOwn(hues, family) ? (hues[family] ?? 0) : 0;
}

/**
 * Hues of the families of one chart: the usual one, or a free one if it has none or another family has taken it. When all are
 * taken, the remaining families are grey.
 *
 * @param families the most frequent first
 */
export function familyHues(families: readonly string[]): ReadonlyMap<string, FamilyHue> {
  const chosen = new Map<string, FamilyHue>();
  const free = new Set(Array.from({ length: hueCount }, (_, index) => hueAt(index + 1)));
  const unplaced: string[] = [];
  for (const family of new Set(families)) {
    const usual = familyHue(family);
    if (free.delete(usual)) chosen.set(family, usual);
    else unplaced.push(family);
  }
  for (const family of unplaced) {
    const [next = 0] = free;
    free.delete(next);
    chosen.set(family, next);
  }
  return chosen;
}

function hueAt(number: number): FamilyHue {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- between 1 and `hueCount`
  return number as FamilyHue;
}
