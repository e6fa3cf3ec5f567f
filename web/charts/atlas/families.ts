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

/** Returns the hue of a family, which is the same in every chart. */
export function familyHue(family: string): FamilyHue {
  return Object.hasOwn(hues, family) ? (hues[family] ?? 0) : 0;
}
