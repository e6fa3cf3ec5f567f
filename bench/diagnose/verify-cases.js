// Labelled corruptions in steps that `--verify-step` computed three times: one rank differs, and the others receive what it computed.
const sizes = [1, 2, 4, 8, 64, 512, 4096];

/** @param kind `corrupt once`, `corrupt always`, `not deterministic` or `none` */
export function verifyCase(kind, random) {
  const world = sizes[random.below(sizes.length)];
  const rank = random.below(world);
  const every = 10 * (1 + random.below(50));
  const count = 5 + random.below(20);
  // Before it, enough steps show that the program is deterministic.
  const from = 3 + random.below(count - 3);
  const outcome = kind === "corrupt once" ? "transient" : "persistent";
  const isFaulty = kind.startsWith("corrupt");
  const resultOf = (own, index) => {
    if (kind === "not deterministic") return { outcome: "persistent", where: "computation" };
    const isBad = isFaulty && (kind === "corrupt once" ? index === from : index >= from);
    if (!isBad) return { outcome: "equal" };
    return own === rank
      ? { outcome, where: "computation" }
      : { outcome: "transient", where: "after-exchange" };
  };
  const steps = new Map(
    Array.from({ length: world }, (_, own) => [
      own,
      Array.from({ length: count }, (__, index) => ({
        kind: "step",
        rank: own,
        step: (index + 1) * every,
        stepCount: every,
        samplesCount: 0,
        timeMs: 1_790_000_000_000 + index * every * 100,
        computeMs: 80 * every * (1 + 0.02 * random.uniform()),
        dataWaitMs: every,
        communicationMs: 15 * every,
        verifiedSteps: [{ step: (index + 1) * every, ...resultOf(own, index) }],
      })),
    ]),
  );
  return {
    source: "simulated verified steps",
    expected: isFaulty ? [{ kind: "silent-corruption", ranks: [rank] }] : [],
    about: `${world} ranks, ${kind}, verified each ${every} steps, from the ${from + 1}th on`,
    steps,
    outcome: { kind: "reached", timeToTrainMs: 1 },
  };
}
