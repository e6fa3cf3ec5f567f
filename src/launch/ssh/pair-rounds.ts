/** Above this number of hosts, each is tested with its neighbors in a ring instead of all others. */
const mostForAllPairs = 8;

/**
 * Pairs of numbers from 0 to `count` - 1 in rounds: each number is in one pair of a round at most, so that all pairs of a round can be tested
 * at the same time. Up to 8 numbers these are all pairs, above that the neighbors in a ring.
 */
export function pairRounds(count: number): [number, number][][] {
  return count <= mostForAllPairs ? allPairs(count) : neighbors(count);
}

/** The circle method of tournaments. */
function allPairs(count: number): [number, number][][] {
  const size = count + (count % 2);
  return Array.from({ length: Math.max(0, size - 1) }, (_, round) => {
    const others = Array.from(
      { length: size - 1 },
      (_, index) => 1 + ((index + round) % (size - 1)),
    );
    const circle = [0, ...others];
    const pairs = Array.from({ length: size / 2 }, (_, index): [number, number] => [
      circle[index] ?? 0,
      circle[size - 1 - index] ?? 0,
    ]);
    // With an odd count, one pauses in each round.
    return pairs.filter(([a, b]) => a < count && b < count).map(sorted);
  });
}

function neighbors(count: number): [number, number][][] {
  const pairs = Array.from({ length: count }, (_, index): [number, number] =>
    sorted([index, (index + 1) % count]),
  );
  const last = count % 2 === 1 ? pairs.slice(-1) : [];
  const even = pairs.slice(0, count - last.length);
  const rounds = [0, 1].map((parity) => even.filter((_, index) => index % 2 === parity));
  return last.length === 0 ? rounds : [...rounds, last];
}

function sorted([a, b]: [number, number]): [number, number] {
  return a < b ? [a, b] : [b, a];
}
