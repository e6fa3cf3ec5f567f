import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../bench/diagnose.js", import.meta.url));

/** A cut of `npm run diagnose` with every kind of fault, and other seeds than the published table. */
test.each(["2", "3"])(
  "doctor names 90 % of labelled faults with kind and rank, without a false alarm: seed %s",
  (seed) => {
    const words = [program, "--cases", "64", "--seed", seed, "--no-write"];
    const printed = execFileSync(process.execPath, words, { encoding: "utf8" });
    const [, right, kinds] =
      /right kind and rank ([\d.]+) %, right kind ([\d.]+) %/u.exec(printed) ?? [];
    expect(Number(right), printed).toBeGreaterThanOrEqual(90);
    expect(Number(kinds), printed).toBeGreaterThanOrEqual(95);
    expect(printed).toContain("false alarms 0 of");
  },
);
