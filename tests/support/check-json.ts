import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { checkedLog } from "../../src/schema/logs/log-verdict.ts";
import { editionAssumption } from "../../src/schema/logs/edition-assumption.ts";
import { ruleSource } from "../../src/schema/logs/rule-source.ts";
import { checkedPackage } from "../../src/schema/logs/package-finding.ts";
import { pitwall } from "./pitwall.ts";

export const fixtures = fileURLToPath(new URL("../fixtures/logs", import.meta.url));

/** A log that passes the rules of round 5.0. */
export const passing = readFileSync(
  join(fixtures, "oracle-llama2-70b-lora-training-v5.0/result_2.txt"),
  "latin1",
);

const document = z.strictObject({
  schemaVersion: z.literal(1),
  command: z.literal("check"),
  ok: z.literal(true),
  result: z.strictObject({
    rules: z.array(ruleSource),
    logs: z.array(checkedLog),
    packages: z.array(checkedPackage),
    assumedEditions: z.array(editionAssumption).optional(),
  }),
});

/** What `pitwall check … --json` says. */
export async function checkJson(words: readonly string[], cwd: string) {
  const { exitCode, stdout, stderr } = await pitwall(["check", ...words, "--json"], { cwd });
  return { exitCode, stderr, ...document.parse(JSON.parse(stdout)).result };
}
