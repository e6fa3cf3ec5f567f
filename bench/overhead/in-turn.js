// What the benches share: commands measured in turn, and their summary as text.

/** One untimed round, then rounds in which each command runs once. */
export function inTurn(rounds, commands, measure) {
  const samples = Object.keys(commands).map((name) => ({ name, timings: [] }));
  for (let round = 0; round <= rounds; round++) {
    for (const sample of samples) {
      const timing = measure(commands[sample.name]);
      if (round > 0) sample.timings.push(timing);
    }
  }
  return samples;
}

export function spread(summary, digits = 0) {
  const [middle, least, most] = [summary.median, summary.minimum, summary.maximum].map((one) =>
    one.toFixed(digits),
  );
  return `${middle} (${least} … ${most})`;
}

export function percent({ median: middle, minimum, maximum }) {
  const [a, b, c] = [middle, minimum, maximum].map((one) => (one * 100).toFixed(2));
  return `${a} % (${b} … ${c})`;
}
