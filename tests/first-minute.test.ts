import { cpSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { shape } from "./support/card-shape.ts";
import { temporaryFolder } from "./support/pitwall.ts";
import { replayCast } from "./support/recorded-terminal.ts";
import { shellIn } from "./support/shell-in.ts";

const replayed = replayCast(
  readFileSync(new URL("../docs/first-minute.cast", import.meta.url), "utf8"),
);
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** What each command leaves on the terminal, by command; progress lines are left out. */
const screens = new Map(
  replayed.text
    .split(/^\$ /mu)
    .slice(1)
    .map((text): [string, string] => {
      const [command = "", ...shown] = text.trimEnd().split("\n");
      return [command, shown.filter((line) => !/^run \d+\/\d+ /u.test(line)).join("\n")];
    }),
);

/** Lines are wrapped on a terminal. */
function unwrapped(text: string): string {
  return text.trim().replaceAll(/\s+/gu, " ");
}

describe("docs/first-minute.cast", () => {
  test("takes about a minute, and its times increase", () => {
    expect(replayed.header).toMatchObject({ version: 2, width: 110 });
    expect(replayed.seconds).toEqual(replayed.seconds.toSorted((a, b) => a - b));
    expect(replayed.seconds.at(-1)).toBeLessThan(90);
  });

  test("shows the runs of the README, with the same lines", () => {
    const runs = [...readme.matchAll(/^```\n\$ (pitwall run --target [^\n]+)\n([\s\S]*?)^```$/gmu)];
    expect(runs).toHaveLength(2);
    for (const [, command = "", shown = ""] of runs)
      expect(shape(screens.get(command) ?? "")).toEqual(shape(shown));
  });

  test.each(["pitwall check training_v5.0", "pitwall score training_v5.0"])(
    "shows what `%s` prints",
    (command) => {
      const cwd = temporaryFolder();
      cpSync(new URL("../data/example", import.meta.url), cwd, { recursive: true });
      const { stdout, stderr } = shellIn(cwd, command);
      expect(unwrapped(screens.get(command) ?? "")).toBe(unwrapped(stdout + stderr));
    },
  );
});
