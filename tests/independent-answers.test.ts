import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { pitwall } from "./support/pitwall.ts";

interface Answer {
  name: string;
  words: string[];
  /** `result.rows[0].row.scoreMs / 60000`, `result.points[acceleratorCount=512].speedup`. */
  path: string;
  value: string | number;
  /** A fraction of the value. */
  tolerance: number;
}

/** Figures computed outside Pitwall from the logs of the rounds and the official tables. */
const answers: Answer[] = JSON.parse(
  readFileSync(new URL("support/independent-answers.json", import.meta.url), "utf8"),
);

function read(document: unknown, path: string): unknown {
  const [left = "", divisor] = path.split(" / ");
  const value = left.split(/\.|\[/u).reduce(step, document);
  return divisor === undefined ? value : Number(value) / Number(divisor);
}

function step(within: unknown, part: string): unknown {
  const key = part.replace(/\]$/u, "");
  const [field = "", wanted] = key.split("=");
  if (wanted === undefined) return Object(within)[key];
  const list: readonly unknown[] = Array.isArray(within) ? within : [];
  return list.find((one) => String(Object(one)[field]) === wanted);
}

function differenceOf(found: unknown, value: string | number): number {
  return typeof value === "string" ? Number(found !== value) : Math.abs(Number(found) / value - 1);
}

describe("answers computed independently from the logs", () => {
  test.each(answers)("$name: $path", async ({ words, path, value, tolerance }) => {
    const found = read(JSON.parse((await pitwall([...words, "--json"])).stdout), path);
    expect(differenceOf(found, value), `${String(found)} for ${value}`).toBeLessThanOrEqual(
      tolerance,
    );
  });
});
