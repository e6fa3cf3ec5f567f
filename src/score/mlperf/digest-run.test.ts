import { describe, expect, test } from "vitest";
import { parseLog } from "../../mllog/parse-log.ts";
import type { RunDigest } from "../../schema/logs/submission.ts";
import { createRunDigester } from "./digest-run.ts";

function digest(edition: string, ...lines: string[]): RunDigest {
  const digester = createRunDigester("result_0.txt", edition);
  for (const line of parseLog(lines.join("\n")).lines) digester.push(line);
  return digester.finish({ kind: "self-reported" });
}

function mllog(key: string, timeMs: number, value: unknown = null, metadata: unknown = {}): string {
  return `:::MLLOG ${JSON.stringify({ namespace: "", time_ms: timeMs, event_type: "POINT_IN_TIME", key, value, metadata })}`;
}

const success = { status: "success" };

describe("createRunDigester", () => {
  test("reads benchmark, batch size, clock and convergence", () => {
    const read = digest(
      "training-5.0",
      mllog("submission_benchmark", 1, "retinanet"),
      mllog("submission_division", 1, "Closed"),
      mllog("global_batch_size", 2, 256),
      mllog("opt_name", 2, "adam"),
      mllog("run_start", 1000),
      mllog("eval_accuracy", 2000, 0.3, { epoch_num: 3 }),
      mllog("eval_accuracy", 3000, 0.35, { epoch_num: 4.00049 }),
      mllog("run_stop", 4000, null, success),
      mllog("eval_accuracy", 5000, 0.36, { epoch_num: 9 }),
    );
    expect(read).toMatchObject({
      benchmark: "retinanet",
      division: "closed",
      globalBatchSize: 256,
      optimizer: "adam",
      runStartMs: 1000,
      runStopMs: 4000,
      status: "success",
      convergence: { kind: "converged", amount: 4 },
    });
  });

  test("uses the last run_start and the first run_stop after it, and ignores later times", () => {
    const read = digest(
      "training-3.0",
      mllog("run_start", 1000),
      mllog("run_start", 1500),
      mllog("run_stop", 9000, null, success),
      mllog("run_stop", 9900, null, { status: "aborted" }),
    );
    expect(read).toMatchObject({ runStartMs: 1500, runStopMs: 9000, status: "aborted" });
    expect(read.convergence).toEqual({ kind: "not-converged", status: "aborted" });
  });

  test.each([
    { name: "an exact tie down to the even thousandth", epoch: 2.3125, expected: 2.312 },
    { name: "an exact tie up to the even thousandth", epoch: 2.1875, expected: 2.188 },
    { name: "other values to the nearest thousandth", epoch: 0.98765, expected: 0.988 },
  ])("rounds $name", ({ epoch, expected }) => {
    const read = digest(
      "training-5.0",
      mllog("submission_benchmark", 1, "rgat"),
      mllog("eval_accuracy", 2, 0.7, { epoch_num: epoch }),
      mllog("run_stop", 3, null, success),
    );
    expect(read.convergence).toEqual({ kind: "converged", amount: expected });
  });

  test.each([
    { benchmark: "llama2_70b_lora", key: "eval_accuracy" },
    { benchmark: "flux1", key: "eval_error" },
  ])("reads $benchmark's convergence from samples_count", ({ benchmark, key }) => {
    const read = digest(
      "training-5.1",
      mllog("submission_benchmark", 1, benchmark),
      mllog(key, 2, 0.9, { epoch_num: 7, samples_count: 3072 }),
      mllog("run_stop", 3, null, success),
    );
    expect(read.convergence).toEqual({ kind: "converged", amount: 3072 });
  });

  test("reports the missing field of a converged run", () => {
    const read = digest(
      "training-5.0",
      mllog("submission_benchmark", 1, "llama31_405b"),
      mllog("eval_accuracy", 2, 5.6, { epoch_num: 7 }),
      mllog("run_stop", 3, null, success),
    );
    expect(read.convergence).toEqual({ kind: "not-stated", field: "samples_count" });
  });

  test.each([
    { edition: "training-3.1", field: "step_num" },
    { edition: "training-5.0", field: "samples_count" },
  ])("joins the two Stable Diffusion metrics by $field in $edition", ({ edition, field }) => {
    const at = (amount: number, metric: string, value: number): string =>
      mllog("eval_accuracy", 5, value, { [field]: amount, metric });
    const read = digest(
      edition,
      mllog("submission_benchmark", 1, "stable_diffusion"),
      at(3000, "CLIP", 0.16),
      at(1000, "FID", 95),
      at(2000, "FID", 89),
      at(3000, "FID", 80),
      at(1000, "CLIP", 0.2),
      at(2000, "CLIP", 0.14),
      mllog("run_stop", 9, null, success),
    );
    expect(read.convergence).toEqual({ kind: "converged", amount: 3000 });
  });

  test("an unfinished log has no stop and counts as not converged", () => {
    const read = digest("training-5.0", mllog("run_start", 5), "not a line of ours");
    expect(read.runStopMs).toBeUndefined();
    expect(read.convergence).toEqual({ kind: "not-converged", status: undefined });
  });

  const old = (key: string, seconds: number): string =>
    `:::MLPv0.5.0 resnet ${seconds} (train.py:1) ${key}`;
  test.each([
    { name: "logs success", stop: 'run_stop: {"success": true}', quality: 0.1, status: "success" },
    {
      name: "logs success as a string",
      stop: 'run_stop: {"success": "true"}',
      quality: 0.1,
      status: "success",
    },
    {
      name: "logs failure",
      stop: 'run_stop: {"success": false}',
      quality: 0.9,
      status: "failure",
    },
    {
      name: "logs no status and meets its target",
      stop: "run_stop",
      quality: 0.75,
      status: "success",
    },
    {
      name: "logs no status and misses its target",
      stop: "run_stop",
      quality: 0.7,
      status: "target missed",
    },
  ])("reads the status of a round 0.5 run that $name", ({ stop, quality, status }) => {
    const read = digest(
      "training-0.5",
      old("run_start", 100.5),
      old("eval_target: 0.749", 150),
      old(`eval_accuracy: {"epoch": 61, "value": ${quality}}`, 160),
      old(stop, 200),
    );
    expect(read).toMatchObject({
      benchmark: "resnet",
      status,
      runStartMs: 100_500,
      runStopMs: 200_000,
    });
  });

  test("reads the offline evaluation time of minigo in round 0.6, in seconds since the run start", () => {
    const read = digest(
      "training-0.6",
      ':::MLL 1560828319.234 eval_result: {"metadata": {"iteration": 19, "timestamp": 1725.869}, "value": null}',
    );
    expect(read.evaluatedOfflineMs).toBeCloseTo(1_725_869, 6);
  });

  test("ignores keys with the names of Object.prototype members", () => {
    const names = ["__defineGetter__", "constructor", "toString", "__proto__"];
    const lines = names.map((name) => mllog(name, 1, "rgat"));
    expect(digest("training-5.0", ...lines)).toEqual(digest("training-5.0"));
  });
});
