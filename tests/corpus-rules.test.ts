import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createLogReader } from "../src/mllog/log-reader.ts";
import { parseLog } from "../src/mllog/parse-log.ts";
import {
  borrowedEditions,
  type CompiledEdition,
  compileEdition,
} from "../src/rules/compile-edition.ts";
import { ruleEdition } from "../src/schema/logs/rule-edition.ts";
import { ruleVerdict } from "../src/schema/logs/rule-finding.ts";
import type { LogLine } from "../src/schema/logs/log-event.ts";

const logs = new URL("fixtures/logs/", import.meta.url);

function readEdition(id: string) {
  const path = new URL(`../data/rules/${id}.json`, import.meta.url);
  return ruleEdition.parse(JSON.parse(readFileSync(path, "utf8")));
}

const compiled = new Map<string, CompiledEdition>();

function loadEdition(id: string): CompiledEdition {
  const edition = readEdition(id);
  const found =
    compiled.get(id) ??
    compileEdition(edition, { borrowed: borrowedEditions(edition).map(readEdition) });
  compiled.set(id, found);
  return found;
}

function check(edition: string, lines: readonly LogLine[]) {
  const checking = loadEdition(edition).start();
  for (const line of lines) checking.push(line);
  return checking.finish();
}

/** log, edition, official verdict, official failing keys */
const officialVerdicts = readFileSync(new URL("verdicts.csv", logs), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((row) => row.split(","))
  .map(([log = "", edition = "", verdict = "", keys = ""]) => ({ log, edition, verdict, keys }));

describe("golden corpus", () => {
  test.each(officialVerdicts)(
    "judges $log as the official checker does",
    ({ log, edition, verdict, keys }) => {
      const ours = check(edition, parseLog(readFileSync(new URL(log, logs))).lines);
      // If the official checker crashes, there is no list of keys.
      const officialKeys = verdict === "crash" || keys === "" ? [] : keys.split(";");
      expect({ verdict: ours.verdict, failingKeys: ours.failingKeys }).toEqual({
        verdict,
        failingKeys: officialKeys,
      });
      expect(ours.findings.length > 0).toBe(verdict !== "pass");
      expect(ruleVerdict.parse(ours)).toEqual(ours);
    },
  );

  test.each(officialVerdicts)("gives $log the same verdict in small pieces", ({ log, edition }) => {
    const bytes = readFileSync(new URL(log, logs));
    const reader = createLogReader();
    const lines: LogLine[] = [];
    for (let at = 0; at < bytes.length; at += 37)
      lines.push(...reader.push(bytes.subarray(at, at + 37)));
    lines.push(...reader.end());
    expect(lines).toEqual(parseLog(bytes.toString("latin1")).lines);
    expect(check(edition, lines)).toEqual(check(edition, parseLog(bytes).lines));
  });
});

describe("findings on published logs", () => {
  test.each([
    {
      name: "a run that missed the quality target",
      log: "xfusion-resnet-training-v3.1/result_5.txt",
      finding: {
        rule: "never-met",
        key: "eval_accuracy",
        expected: "value >= 0.759 and value < 1",
      },
    },
    {
      name: "a line that a text replacement tore",
      log: "lambda-llama2-70b-lora-training-v4.1/result_240928173116824495865_1.txt",
      finding: {
        rule: "unreadable-lines",
        count: 1,
        lines: [{ line: 2, byteOffset: 207, reason: "not-json" }],
      },
    },
    {
      name: "times in seconds under another name, on which the official checker dies",
      log: "alibaba-resnet-training-v0.7/result_2.txt",
      finding: { rule: "line-incomplete", line: 1, byteOffset: 0, reason: "no-time_ms" },
    },
    {
      name: "an initialisation that took too long",
      log: "tinycorp-bert-training-v5.0/result_2.txt",
      finding: { rule: "check-failed", key: "init_stop" },
    },
    {
      name: "a benchmark that no rule file covers",
      log: "google-mask-training-v0.6/result_3.txt",
      finding: { rule: "rules-missing", file: "mask", problem: "no-such-file" },
    },
  ])("say $name", ({ log, finding }) => {
    const edition = officialVerdicts.find((row) => row.log === log)?.edition ?? "";
    const { findings } = check(edition, parseLog(readFileSync(new URL(log, logs))).lines);
    expect(findings).toContainEqual(expect.objectContaining(finding));
  });
});

describe("logs of v0.5, which has no rules", () => {
  test.each([
    { log: "intel-ncf-training-v0.5/result_0.txt", benchmark: "ncf" },
    { log: "google-resnet-training-v0.5/result_0.txt", benchmark: "resnet" },
    { log: "google-ssd-training-v0.5/result_0.txt", benchmark: "ssd" },
  ])("are read: $log", ({ log, benchmark }) => {
    const { lines } = parseLog(readFileSync(new URL(log, logs)));
    const events = lines.flatMap((line) => (line.kind === "event" ? [line.event] : []));
    expect(events).toHaveLength(lines.length);
    expect(events.every(({ dialect }) => dialect === "mlpv")).toBe(true);
    const start = events.find(({ key }) => key === "run_start");
    const stop = events.findLast(({ key }) => key === "run_stop");
    expect(start?.metadata).toMatchObject({ benchmark });
    expect((stop?.timeMs ?? 0) - (start?.timeMs ?? 0)).toBeGreaterThan(60_000);
  });
});
