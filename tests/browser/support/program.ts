import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { bin, temporaryFolder } from "../../support/pitwall.ts";
import { environmentOf } from "./serve.ts";

/** Creates an empty home, which is deleted when the test ends. */
export function newHome(): string {
  const home = join(temporaryFolder(), "home");
  mkdirSync(home);
  return home;
}

/** Runs the built program and returns its standard output. */
export function runPitwall(home: string, words: readonly string[]): string {
  return execFileSync(process.execPath, [bin, ...words], {
    cwd: home,
    env: environmentOf(home),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 28,
  });
}

/** The `result` of the document that a command prints with `--json`. */
export function resultOf(home: string, words: readonly string[]) {
  return JSON.parse(runPitwall(home, [...words, "--json"])).result;
}
