/**
 * Why MLPerf requires a key, if its policy gives a reason: mlcommons/training_policies, training_rules.adoc (sections on
 * divisions, timing, hyper-parameters and quality) and mlcommons/policies, submission_rules.adoc.
 */
const reasonByKey: Readonly<Record<string, string>> = {
  eval_accuracy: "a run counts only if it trains to the benchmark's quality target",
  eval_error: "a run counts only if it trains to the benchmark's quality target",
  aggregated_eval_accuracy: "FID and CLIP must meet their targets in the same evaluation",
  averaged_validation_loss: "a run counts only if it trains to the benchmark's quality target",
  run_start: "the clock starts here; reading training data earlier is not allowed",
  run_stop: "the clock stops here; without it there is no time to train",
  init_start: "initialization is not timed, so its start must be logged",
  init_stop: "initialization is not timed, so it has a time limit",
  cache_clear: "caches must be cleared so that data is read from storage",
  seed: "each run uses its own randomly chosen seed",
  global_batch_size: "convergence is checked for each batch size",
  eval_samples: "the full evaluation set must be used",
  train_samples: "the reference data set must be used",
  weights_initialization: "closed-division models start from the reference weights",
  epoch_start: "evaluations must follow the reference schedule",
  epoch_stop: "evaluations must follow the reference schedule",
  block_start: "evaluations must follow the reference schedule",
  block_stop: "evaluations must follow the reference schedule",
  "block_start|epoch_start": "evaluations must follow the reference schedule",
  "block_stop|epoch_stop": "evaluations must follow the reference schedule",
  eval_start: "evaluation is part of the timed run and must be logged",
  eval_stop: "evaluation is part of the timed run and must be logged",
  submission_benchmark: "selects the benchmark rules",
  submission_division: "selects the division rules",
  submission_org: "a result must name its submitter",
  submission_platform: "a result must name its system",
  submission_status: "availability states whether others can obtain the system",
  gradient_accumulation_steps: "closed-division training follows the reference computation",
};

/** The reason in one clause, or undefined if the policy gives none. */
export function reasonForKey(key: string): string | undefined {
  const known = reasonByKey[key];
  if (known !== undefined) return known;
  const isOptimizer = /^(?:(?:sgd_|lars_)?opt_|lars_|lora_)/.test(key);
  return isOptimizer
    ? "closed-division hyperparameters must match the reference unless the rules allow a change"
    : undefined;
}
