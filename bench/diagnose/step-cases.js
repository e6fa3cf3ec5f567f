// Labelled slow ranks in simulated step samples: each rank waits for the slowest one in every step.
const sizes = [2, 4, 8, 16, 64, 256, 1024, 4096];

export function stepCase(kind, random) {
  const world = sizes[random.below(sizes.length)];
  const rank = random.below(world);
  const computeMs = 20 + 400 * random.uniform();
  const usualDataMs = 0.02 * computeMs * random.uniform();
  // From a little to twice as slow, of the step.
  const extra = computeMs * (0.2 + 0.8 * random.uniform());
  const noise = 0.01 + 0.04 * random.uniform();
  const sampleCount = 10 + random.below(30);
  const samples = new Map(Array.from({ length: world }, (_, each) => [each, []]));
  let timeMs = 1_790_000_000_000;
  for (let index = 0; index < sampleCount; index++) {
    const own = Array.from({ length: world }, (_, each) => {
      const jitter = 1 + noise * Math.abs(random.normal());
      const isBlamed = each === rank;
      return {
        computeMs: computeMs * jitter + (kind === "compute-straggler" && isBlamed ? extra : 0),
        dataMs:
          usualDataMs +
          (kind === "data-starvation" && isBlamed ? extra : 0) +
          (kind === "data-starvation of all" ? extra : 0),
        // Such as a sleep between the measured parts.
        otherMs: kind === "unmeasured straggler" && isBlamed ? extra : 0,
      };
    });
    const slowest = Math.max(...own.map((each) => each.computeMs + each.dataMs + each.otherMs));
    const stepMs = slowest + 0.05 * computeMs;
    timeMs += stepMs * 10;
    for (const [each, parts] of own.entries()) {
      const ownMs = parts.computeMs + parts.dataMs + parts.otherMs;
      samples.get(each).push({
        kind: "step",
        rank: each,
        step: (index + 1) * 10,
        stepCount: 10,
        samplesCount: 0,
        timeMs: timeMs + random.uniform(),
        computeMs: parts.computeMs * 10,
        dataWaitMs: parts.dataMs * 10,
        communicationMs: (stepMs - ownMs) * 10,
      });
    }
  }
  const ranks = kind === "data-starvation of all" ? [] : [rank];
  const named = {
    "unmeasured straggler": "compute-straggler",
    "data-starvation of all": "data-starvation",
  };
  return {
    source: "simulated samples",
    expected: kind === "none" ? [] : [{ kind: named[kind] ?? kind, ranks }],
    about: `${world} ranks, steps of ${computeMs.toFixed(0)} ms, ${kind === "none" ? "no fault" : `${extra.toFixed(0)} ms more on rank ${rank}`}`,
    steps: samples,
    outcome: { kind: "reached", timeToTrainMs: 1 },
  };
}
