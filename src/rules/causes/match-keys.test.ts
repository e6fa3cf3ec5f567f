import { describe, expect, test } from "vitest";
import { matchKeys } from "./match-keys.ts";

describe("matchKeys", () => {
  test.each([
    ["lowest_numerical_precision_in_linear", "lowest_numerical_precision_linear"],
    ["opt_adamw_beta_1", "opt_adam_beta_1"],
    ["global_batch_size", "globalBatchSize"],
    ["global_batch_size", "batch_size"],
    ["gradient_accumulation_steps", "grad_accum_steps"],
    ["opt_base_learning_rate", "opt_base_lr"],
    ["max_sequence_length", "max_seq_length"],
    ["run_stop", "run_end"],
    ["run_start", "start_run"],
    ["weights_initialization", "WEIGHTS_INITIALIZATION"],
    ["eval_samples", "eval_sample"],
  ])("pairs `%s` with `%s`", (wanted, written) => {
    expect(matchKeys([wanted], ["train_loss", written])).toEqual([{ wanted, written }]);
  });

  test.each([
    ["opt_adamw_beta_1", "opt_name"],
    ["global_batch_size", "train_loss"],
    ["run_stop", "power_reading"],
    ["seed", "tracked_stats"],
    ["eval_accuracy", "throughput"],
  ])("does not pair `%s` with `%s`", (wanted, written) => {
    expect(matchKeys([wanted], [written])).toEqual([]);
  });

  test("uses each key once, the nearest first", () => {
    expect(
      matchKeys(["opt_adamw_beta_1", "opt_adamw_beta_2"], ["opt_adam_beta_2", "opt_adam_beta_1"]),
    ).toEqual([
      { wanted: "opt_adamw_beta_1", written: "opt_adam_beta_1" },
      { wanted: "opt_adamw_beta_2", written: "opt_adam_beta_2" },
    ]);
  });
});
