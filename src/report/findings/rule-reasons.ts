/**
 * Why MLPerf asks for a key, where its policy says so: mlcommons/training_policies, training_rules.adoc (sections on
 * divisions, timing, hyper-parameters and quality) and mlcommons/policies, submission_rules.adoc.
 */
const reasonByKey: Readonly<Record<string, string>> = {
  eval_accuracy: "a run counts only if it trains to the benchmark's quality target",
  eval_error: "a run counts only if it trains to the benchmark's quality target",
  aggregated_eval_accuracy: "FID and CLIP must meet their targets in the same evaluation",
  averaged_validation_loss: "a run counts only if it trains to the benchmark's quality target",
  run_start: "the clock starts here; before it no training data may be touched",
  run_stop: "the clock stops here; without it there is no time to train",
  init_start: "initialisation is not timed, so it must be shown where it begins",
  init_stop: "initialisation is not timed, so it is limited",
  cache_clear: "caches must be cleared, so that data comes from storage as it would at first",
  seed: "each run starts from a seed of its own, chosen at random",
  global_batch_size: "convergence is judged by batch size",
  eval_samples: "the whole evaluation set must be used",
  train_samples: "the reference's data set must be used",
  weights_initialization: "closed-division models start from the reference's weights",
  epoch_start: "evaluations must come at the reference's intervals",
  epoch_stop: "evaluations must come at the reference's intervals",
  block_start: "evaluations must come at the reference's intervals",
  block_stop: "evaluations must come at the reference's intervals",
  "block_start|epoch_start": "evaluations must come at the reference's intervals",
  "block_stop|epoch_stop": "evaluations must come at the reference's intervals",
  eval_start: "evaluation is part of the timed run and must be shown",
  eval_stop: "evaluation is part of the timed run and must be shown",
  submission_benchmark: "it decides which benchmark's rules apply",
  submission_division: "it decides which division's rules apply",
  submission_org: "a result belongs to a submitter",
  submission_platform: "a result belongs to a system",
  submission_status: "availability says whether others can have such a system",
  gradient_accumulation_steps: "closed-division training follows the reference's arithmetic",
};

/** One clause, or undefined where nothing is known. */
export function reasonForKey(key: string): string | undefined {
  const known = reasonByKey[key];
  if (known !== undefined) return known;
  const isOptimizer = /^(?:(?:sgd_|lars_)?opt_|lars_|lora_)/.test(key);
  return isOptimizer
    ? "closed-division hyper-parameters are the reference's, or change only as the rules allow"
    : undefined;
}
