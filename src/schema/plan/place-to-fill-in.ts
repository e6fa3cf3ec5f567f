/** Marks what a plan cannot know in a file that it writes: `<fill in: a partition of the cluster>`. */
export function placeToFillIn(what: string): string {
  return `<fill in: ${what}>`;
}

/** A place in a workload file that is still to be filled in. */
export interface PlaceToFillIn {
  /** Of the file: `command`. */
  key: string;
  what: string;
}

/** All places in the values of a file, in order. */
export function placesToFillIn(file: Readonly<Record<string, unknown>>): PlaceToFillIn[] {
  return Object.entries(file).flatMap(([key, value]) =>
    [...JSON.stringify(value ?? null).matchAll(/<fill in: (?<what>[^<>]*)>/gu)].map(
      ({ groups }) => ({ key, what: groups?.["what"] ?? "" }),
    ),
  );
}
