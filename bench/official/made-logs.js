// Makes logs of rounds 6.0 and 6.1, for which no published ones exist, that pass the rules unless they are changed.

/** Values of keys that depend on others; all other keys get a constant from their rule, or a number. */
const values = {
  flux1: { global_batch_size: 1024, evaluation_frequency: 262144 },
  deepseekv3_671b: {
    global_batch_size: 16384,
    opt_base_learning_rate: 2.4e-5,
    opt_learning_rate_decay_steps: 11996,
  },
  llama31_405b: {
    global_batch_size: 1152,
    opt_base_learning_rate: 8e-5,
    opt_learning_rate_warmup_steps: 8000,
    opt_learning_rate_decay_steps: 1192000,
  },
  llama31_8b: { opt_learning_rate_warmup_steps: 128, opt_learning_rate_decay_steps: 1199872 },
  gpt_oss_20b: { opt_learning_rate_warmup_steps: 256, opt_learning_rate_decay_steps: 1199744 },
  qwen35_397b_grpo: {
    global_batch_size: 256,
    opt_base_learning_rate: 1e-6,
    opt_gradient_clip_norm: 0.125,
    num_prompts_per_step: 16,
    num_generations_per_prompt: 16,
  },
  dlrmv4: {
    global_batch_size: 8192,
    train_samples: 2290835423,
    opt_base_learning_rate: 1e-6,
    opt_sparse_base_learning_rate: 1e-6,
  },
};

/** The number of samples at the first evaluation, and between two. */
const evaluations = {
  deepseekv3_671b: { first: 16384 * 43, interval: 16384, values: [4.1, 3.7, 3.55] },
  qwen35_397b_grpo: { first: 4608, interval: 256, values: [0.4, 0.6, 0.7] },
  dlrmv4: { first: 57344000, interval: 2293760, values: [0.71, 0.74, 0.7512] },
  dlrm_dcnv2: { first: 4096, interval: 4096, values: [0.79, 0.8, 0.80281] },
  flux1: { first: 262144, interval: 262144, values: [0.9, 0.61, 0.58] },
};
const anyEvaluations = { first: 12288, interval: 12288, values: [6.2, 3.5, 0.9] };

const disclosure = {
  lowest_numerical_precision_in_linear: "fp8",
  lowest_numerical_precision_in_attn: "bfloat16",
  lowest_numerical_precision_in_comm: "fp32",
  tensor_parallelism: 8,
  pipeline_parallelism: 1,
  context_parallelism: 1,
  expert_parallelism: 4,
  micro_batch_size: 2,
  config_filename: "config.yaml",
};

/**
 * The lines of a log, as objects.
 *
 * @param tables the edition's rules, in which the keys of a benchmark are found
 */
export function makeLog(tables, { benchmark, division }) {
  const clock = { ms: 1_790_000_000_000 };
  const line = (key, value, metadata = {}, afterMs = 20) => {
    clock.ms += afterMs;
    return { namespace: "", time_ms: clock.ms, event_type: "POINT_IN_TIME", key, value, metadata };
  };
  const { first, interval, values: qualities } = evaluations[benchmark] ?? anyEvaluations;
  const lines = [
    line("cache_clear", true),
    line("init_start", null),
    line("submission_benchmark", benchmark),
    line("submission_org", "Acme"),
    line("submission_division", division),
    line("submission_status", "onprem"),
    line("submission_platform", "2xAcme"),
    ...keysOf(tables, { benchmark, division }).map(([key, value]) => line(key, value)),
    line("init_stop", null, {}, 60_000),
    line("run_start", null),
    line("block_start", null, { samples_count: 0, epoch_num: 0, first_epoch_num: 0 }),
  ];
  for (const [index, quality] of qualities.entries()) {
    const metadata = { samples_count: first + index * interval, epoch_num: index + 1 };
    const quality405 = benchmark === "llama31_405b" ? quality + 0.5 : quality;
    lines.push(
      line("eval_start", null, metadata, 30_000),
      ...(benchmark === "flux1" && division === "open"
        ? [line("averaged_validation_loss", quality, metadata)]
        : []),
      line("eval_accuracy", division === "open" ? quality : quality405, metadata),
      line("eval_stop", null, metadata),
    );
  }
  const samples_count = first + (qualities.length - 1) * interval;
  lines.push(
    line("block_stop", null, { samples_count, epoch_num: qualities.length, first_epoch_num: 0 }),
    line("run_stop", null, { status: "success", samples_count }),
  );
  return lines;
}

function keysOf({ files }, { benchmark, division }) {
  const file = files.find(({ name }) => name === `${division}_${benchmark}`);
  const keys = new Map([
    ["gradient_accumulation_steps", 1],
    ["train_samples", 1000000],
    ["eval_samples", 1024],
    ...Object.entries(disclosure),
  ]);
  for (const rule of file?.keys ?? []) {
    if (rule.key === "eval_accuracy" || rule.key === "averaged_validation_loss") continue;
    keys.set(rule.key, values[benchmark]?.[rule.key] ?? constantOf(rule) ?? 4);
  }
  return [...keys];
}

function constantOf({ checks = [] }) {
  const check = checks.find(({ op, right }) => ["eq", "ge"].includes(op) && "const" in right);
  return check?.right.const;
}

/** The text of a log. Lines may be objects or texts. */
export function logText(lines) {
  return lines
    .map((line) => (typeof line === "string" ? line : `:::MLLOG ${printLine(line)}`))
    .map((line) => `${line}\n`)
    .join("");
}

const rawStart = "\u0001raw:";

/** A value that is printed as it is, such as `NaN`, `1.0` or `1e400`. */
export function raw(text) {
  return `${rawStart}${text}\u0001`;
}

function printLine(line) {
  return JSON.stringify(line).replaceAll(/"\\u0001raw:(.*?)\\u0001"/g, "$1");
}
