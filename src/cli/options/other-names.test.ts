import { expect, test } from "vitest";
import { commandEntries } from "../commands.ts";
import { kebab } from "../parse-arguments.ts";
import { suggestOption } from "./other-names.ts";

async function flagsOf(name: string): Promise<string[]> {
  const command = await commandEntries[name]?.load();
  return Object.keys(command?.options ?? {}).map(kebab);
}

test.each([
  ["run", "--nproc_per_node", "nproc"],
  ["run", "--num-nodes", "nodes"],
  ["run", "--timeout", "max-time"],
  ["run", "--restarts", "max-restarts"],
  ["run", "--repeat", "runs"],
  ["run", "--targt", "target"],
  ["run", "--project", undefined],
  ["fits", "--gpus", "gpu"],
  ["plan", "--time-limit", "deadline"],
])("of `pitwall %s`, %s suggests %s", async (command, seen, option) => {
  expect(suggestOption(seen, await flagsOf(command))).toBe(option);
});
