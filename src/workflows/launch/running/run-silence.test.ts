import { expect, test } from "vitest";
import { RunSilence } from "./run-silence.ts";

test("lines of steps in color have a period", () => {
  const silence = new RunSilence({ isCatchingUp: false, launchedMs: 0 });
  const isBusy = (): boolean => false;
  for (let step = 0; step < 10; step++) {
    const text = `\u001B[32mstep\u001B[0m ${step} \u001B[31mloss\u001B[0m \u001B[1m0.${step}\u001B[0m\n`;
    silence.output("rank 0", Buffer.from(text), step * 1000);
    silence.changes(step * 1000, isBusy);
  }
  const changes = [];
  for (let nowMs = 10_000; nowMs < 30_000; nowMs += 1000)
    changes.push(silence.changes(nowMs, isBusy));
  expect(changes.find((change) => change !== undefined)).toMatchObject({
    during: "step",
    periodMs: 1000,
  });
});
