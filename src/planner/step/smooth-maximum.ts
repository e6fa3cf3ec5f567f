/**
 * The larger of two times, rounded off where they are close: kernels and messages differ, so that some of both shows.
 *
 * @param width in the unit of the times; 0: the exact maximum
 */
export function smoothMaximum(a: number, b: number, width: number): number {
  const difference = a - b;
  return (a + b + Math.sqrt(difference * difference + width * width)) / 2;
}

/** Communication of which a share is always exposed and the rest only as far as `cover` is too short for it, ms. */
export function exposedTime(comm: number, share: number, cover: number): number {
  return share * comm + smoothMaximum(0, (1 - share) * comm - cover, comm * roundedShare);
}

const roundedShare = 0.2;
