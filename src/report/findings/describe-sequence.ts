import { formatDuration } from "../../foundation/numbers/units.ts";
import { type Seen, valueText } from "./describe-value.ts";

/**
 * Describes a line that is out of sequence. The formulas of these rules use internal state, so printing them would
 * not help the author of the log. Undefined for any other formula.
 *
 * @param expected the formula that was false, in the notation of `RuleFinding`
 */
export function describeSequence(key: string, expected: string, seen: Seen): string | undefined {
  const fixed = fixedWords[`${key} ${expected}`] ?? fixedWords[expected];
  if (fixed !== undefined) return fixed;
  const counted = countedWords[`${key} ${expected}`] ?? countedWords[expected];
  if (counted !== undefined) return counted(seen);
  return expected.startsWith("(time - state.first_init_start) < ")
    ? describeInitialization(expected, seen)
    : undefined;
}

const noRunStart = "is logged before any `run_start`";
const noInitStop = "is logged before any `init_stop`";

/** Keyed by formula, or by key and formula if the meaning depends on the key. */
const fixedWords: Readonly<Record<string, string>> = {
  "state.init_started": "is logged before any `init_start`",
  "not state.init_stopped": "is logged after `init_stop`, when initialization was over",
  "state.init_stopped": noInitStop,
  "state.init_stopped = true": noInitStop,
  "state.run_started": noRunStart,
  "not state.run_started": "is logged after `run_start`, while the clock was running",
  "not state.run_stopped": "is logged after `run_stop`, when the clock had stopped",
  "state.staging_started": "is logged before any `staging_start`",
  "state.in_block":
    "ends a block, but no block is open: `block_start` is missing or the block already ended",
  "not state.in_block": "is logged before the `block_stop` of the open block",
  "state.in_epoch": "must be inside an epoch, but none is open: `epoch_start` is missing",
  "epoch_stop state.in_epoch":
    "ends an epoch, but no epoch is open: `epoch_start` is missing or the epoch already ended",
  "not state.in_epoch": "is logged before the `epoch_stop` of the open epoch",
  "state.in_eval":
    "ends an evaluation, but none is open: `eval_start` is missing or the evaluation already ended",
  "not state.in_eval": "is logged before the `eval_stop` of the open evaluation",
  "cache_clear state.init_started = false":
    "is logged after `init_start`; clear caches before initialization",
  "not state.init_started": "is logged after `init_start`; it must come before it",
  "state.cache_clear": "is logged before any `cache_clear`",
  "not state.model_saved": "is logged twice in one epoch; save the model once per epoch",
  "eval_start state.accuracy_printed":
    "is logged before the `eval_accuracy` of the previous evaluation",
  "block_stop state.accuracy_printed":
    "is logged before the `eval_accuracy` of the last evaluation in the block",
};

type Words = (seen: Seen) => string;

/** The same, for sentences that include the values seen. */
const countedWords: Readonly<Record<string, Words>> = {
  "metadata.epoch_num = (state.last_epoch + 1)": (seen) =>
    `is for epoch ${at(seen, "metadata.epoch_num")}; the next epoch is ${next(seen, "state.last_epoch")}`,
  "metadata.epoch_num = state.last_epoch": (seen) =>
    `is for epoch ${at(seen, "metadata.epoch_num")}; the last \`epoch_start\` was for ${at(seen, "state.last_epoch")}`,
  "metadata.epoch_num <= state.last_epoch": (seen) =>
    `is for epoch ${at(seen, "metadata.epoch_num")}, which has not started: ${lastEpoch(seen)}`,
  "metadata.epoch_num = (state.last_eval + 1)": (seen) =>
    `is for epoch ${at(seen, "metadata.epoch_num")}; the next epoch to evaluate is ${next(seen, "state.last_eval")}`,
  "metadata.epoch_num > state.last_eval": (seen) =>
    `is for epoch ${at(seen, "metadata.epoch_num")}; epoch ${at(seen, "state.last_eval")} was already evaluated`,
  "metadata.epoch_num = state.last_eval": (seen) =>
    `is for epoch ${at(seen, "metadata.epoch_num")}; ${lastEvaluation(seen)}`,
  "state.block_first_epoch = metadata.first_epoch_num": (seen) =>
    `ends a block that starts with epoch ${at(seen, "metadata.first_epoch_num")}; ${openBlock(seen)}`,
  "metadata.first_epoch_num = (if state.in_epoch then state.last_eval else (state.last_epoch + 1))":
    blockOutOfTurn,
  "(state.in_epoch and metadata.first_epoch_num = state.last_eval) or (not state.in_epoch and metadata.first_epoch_num = (state.last_epoch + 1))":
    blockOutOfTurn,
  "metadata.iteration <= state.last_eval": (seen) =>
    `is for iteration ${at(seen, "metadata.iteration")}; ${lastEvaluation(seen)}`,
  "value.iteration = state.last_epoch": (seen) =>
    `is for iteration ${at(seen, "value.iteration")}; the last \`epoch_start\` was for ${at(seen, "state.last_epoch")}`,
  "(metadata.timestamp - (item(state.save_model_ts, (metadata.iteration - 1)) - state.run_start_ts)) < 0.0015":
    (seen) =>
      `\`timestamp\` ${at(seen, "metadata.timestamp")} s is later than the time at which the model of this iteration was saved`,
  "metadata.samples_count = state.next_validation_samples": (seen) =>
    `evaluates after ${at(seen, "metadata.samples_count")} samples; expected after ${at(seen, "state.next_validation_samples")}`,
  "toInt(metadata.samples_count) = (state.global_batch_size * floor((42 + (24576 / state.global_batch_size))))":
    (seen) =>
      `evaluates after ${at(seen, "metadata.samples_count")} samples; the first evaluation must follow 42 batches plus 24,576 samples, in whole batches of ${at(seen, "state.global_batch_size")}`,
};

function blockOutOfTurn(seen: Seen): string {
  const starts = `starts with epoch ${at(seen, "metadata.first_epoch_num")}`;
  return seen["state.in_epoch"] === true
    ? `${starts}; the previous evaluation was for epoch ${at(seen, "state.last_eval")}`
    : `${starts}; the next epoch is ${next(seen, "state.last_epoch")} (the rules count an epoch at its \`epoch_start\`)`;
}

/** Zero means either no epoch or epoch 0. */
function lastEpoch(seen: Seen): string {
  const last = seen["state.last_epoch"];
  return last === 0
    ? "no `epoch_start` for it before this line"
    : `the last \`epoch_start\` was for ${at(seen, "state.last_epoch")}`;
}

function lastEvaluation(seen: Seen): string {
  const last = seen["state.last_eval"];
  return last === 0
    ? "no `eval_start` before this line is for it"
    : `the last \`eval_start\` was for ${at(seen, "state.last_eval")}`;
}

function openBlock(seen: Seen): string {
  const first = seen["state.block_first_epoch"];
  return first === -1
    ? "no `block_start` before this line names an epoch"
    : `the last \`block_start\` was for ${at(seen, "state.block_first_epoch")}`;
}

/** Initialization has a time limit, in seconds in edition 0.6 and in milliseconds in later editions. */
function describeInitialization(expected: string, seen: Seen): string | undefined {
  const started = seen["state.first_init_start"];
  const ended = seen["time"];
  if (typeof started !== "number" || typeof ended !== "number") return undefined;
  const minutes = seen["state.compile_time_mins"];
  if (minutes === 0) {
    return "is logged before `submission_division`, which sets the time limit for initialization";
  }
  const limit =
    typeof minutes === "number" ? minutes * 60_000 : Number(/< (\d+)$/.exec(expected)?.[1]);
  const msPerUnit = limit < 10_000 ? 1000 : 1;
  return `initialization took ${formatDuration((ended - started) * msPerUnit)}; the limit is ${(limit * msPerUnit) / 60_000} min`;
}

function at(seen: Seen, place: string): string {
  return valueText(seen[place] ?? null);
}

function next(seen: Seen, place: string): string {
  const last = seen[place];
  return typeof last === "number" ? String(last + 1) : `the one after ${at(seen, place)}`;
}
