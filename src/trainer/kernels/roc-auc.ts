/**
 * Area under the receiver operating characteristic: the probability that a random positive is
 * scored above a random negative; equal scores count half. Computed from ranks in O(n log n).
 *
 * @param scores higher means more likely positive
 * @param labels 1 for a positive, anything else for a negative; as many as there are scores
 * @returns 0..1, or NaN if there is no positive or no negative, or if a score is NaN
 * @throws RangeError if scores and labels differ in number
 * @see Hanley and McNeil 1982, https://doi.org/10.1148/radiology.143.1.7063747
 */
export function rocAuc(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const count = scores.length;
  if (labels.length !== count) {
    throw new RangeError(`${count} scores do not go with ${labels.length} labels`);
  }
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let index = 0; index < count; index++) if (Number.isNaN(scores[index])) return Number.NaN;
  order.sort((a, b) => scores[a]! - scores[b]!);

  let positiveCount = 0;
  let positiveRankSum = 0;
  for (let first = 0; first < count;) {
    let end = first + 1;
    while (end < count && scores[order[end]!] === scores[order[first]!]) end++;
    // Equal scores share the mean of the ranks first + 1 … end.
    const sharedRank = (first + 1 + end) / 2;
    for (let place = first; place < end; place++) {
      if (labels[order[place]!] !== 1) continue;
      positiveCount += 1;
      positiveRankSum += sharedRank;
    }
    first = end;
  }
  const pairCount = positiveCount * (count - positiveCount);
  return (positiveRankSum - (positiveCount * (positiveCount + 1)) / 2) / pairCount;
}
