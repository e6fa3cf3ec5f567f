import type { CommandFramework } from "../../schema/plan/command-framework.ts";
import type { PlanOffer } from "../../schema/plan/run-plan.ts";

/** What a command line needs besides the layout. */
export interface CommandContext {
  /** In Pitwall's table: `llama31-8b`. */
  model: string;
  sequenceLength: number;
  /** Accelerators of one machine. */
  perMachine: number;
}

type KnownLayout = {
  [Field in keyof PlanOffer["layout"]]-?: NonNullable<PlanOffer["layout"][Field]>;
};

/**
 * The command line of a framework for the layout of an offer, one option per line. `<…>` stands for what the layout does
 * not decide: the recipe or configuration of the model, the data, the first machine's address. Undefined for a layout that is not known
 * in full.
 *
 * Options as of November 2026: Megatron Bridge `scripts/training/run_recipe.py`, torchtitan `torchtitan.train`. Read in the
 * sources on 2026-11-30: MaxText e591f30 (`configs/base.yml`, `configs/types.py`), Accelerate 16cb6eb
 * (`commands/launch.py`, `utils/launch.py`).
 */
export function frameworkCommand(
  framework: CommandFramework,
  offer: PlanOffer,
  context: CommandContext,
): string | undefined {
  const { layout, count } = offer;
  if (!isKnown(layout)) return undefined;
  const step = stepOf(offer, layout, context);
  const perMachine = Math.min(count, context.perMachine);
  const torchrun = [
    `--nnodes ${Math.ceil(count / perMachine)}`,
    `--nproc-per-node ${perMachine}`,
    "--rdzv-backend c10d",
    "--rdzv-endpoint <first machine>:29500",
  ];
  switch (framework) {
    case "megatron-bridge":
      return lines("torchrun", [
        ...torchrun,
        "scripts/training/run_recipe.py",
        ...megatronBridge(step),
      ]);
    case "torchtitan":
      return lines("torchrun", [...torchrun, "-m torchtitan.train", ...torchtitan(step)]);
    case "maxtext":
      return lines("python3 -m maxtext.trainers.pre_train.train <base.yml>", maxtext(step));
    case "accelerate":
      // The launcher passes --gradient_accumulation_steps on to DeepSpeed alone; Accelerator reads the variable.
      return lines(`${accumulationVariable}=${accumulationSteps(layout)} accelerate launch`, [
        ...accelerate(step, perMachine),
        "<train.py>",
      ]);
  }
}

/** A program of a framework that another program starts once per rank: torchrun, a scheduler, Pitwall. */
export interface FrameworkProgram {
  /** Ranks of one machine. */
  ranksPerMachine: number;
  starter: "torchrun" | "direct";
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  /** The number of steps in what it prints, if its own code prints one. */
  stepMetric: string | undefined;
}

/**
 * The same without what starts the ranks. The options of Accelerate are the variables that `accelerate launch` sets
 * (1.15, `prepare_multi_gpu_env`), so that its program can be started by torchrun.
 */
export function frameworkProgram(
  framework: CommandFramework,
  offer: PlanOffer,
  context: CommandContext,
): FrameworkProgram | undefined {
  const { layout, count } = offer;
  if (!isKnown(layout)) return undefined;
  const step = stepOf(offer, layout, context);
  const ranksPerMachine = Math.min(count, context.perMachine);
  const torchrun = { ranksPerMachine, starter: "torchrun" as const, env: {} };
  switch (framework) {
    case "megatron-bridge":
      return {
        ...torchrun,
        command: words("python scripts/training/run_recipe.py", megatronBridge(step)),
        stepMetric: "iteration",
      };
    case "torchtitan":
      return {
        ...torchrun,
        command: words("python -m torchtitan.train", torchtitan(step)),
        stepMetric: "step",
      };
    case "maxtext":
      // JAX runs one process per machine.
      return {
        ranksPerMachine: 1,
        starter: "direct",
        env: {},
        command: words("python3 -m maxtext.trainers.pre_train.train <base.yml>", maxtext(step)),
        stepMetric: "completed step",
      };
    case "accelerate":
      return {
        ...torchrun,
        command: ["python", "<train.py>"],
        env: accelerateVariables(step.layout),
        stepMetric: undefined,
      };
  }
}

function words(start: string, options: readonly string[]): string[] {
  return [start, ...options].flatMap((text) => text.split(" "));
}

interface CommandStep {
  layout: KnownLayout;
  accelerator: string;
  count: number;
  /** Undefined if the number of samples is not known. */
  steps: number | undefined;
  context: CommandContext;
}

function megatronBridge({ layout, steps, context }: CommandStep): string[] {
  return [
    `--recipe <${context.model}>_pretrain_config`,
    `model.tensor_model_parallel_size=${layout.tp}`,
    `model.pipeline_model_parallel_size=${layout.pp}`,
    ...(layout.vp > 1 ? [`model.virtual_pipeline_model_parallel_size=${layout.vp}`] : []),
    `model.context_parallel_size=${layout.cp}`,
    ...(layout.ep > 1 ? [`model.expert_model_parallel_size=${layout.ep}`] : []),
    `model.sequence_parallel=${layout.sequenceParallel ? "True" : "False"}`,
    `mixed_precision=${layout.precision === "fp8" ? "bf16_with_fp8_current_scaling_mixed" : "bf16_mixed"}`,
    `model.seq_length=${context.sequenceLength}`,
    ...(layout.recompute === "full"
      ? [
          "model.recompute_granularity=full",
          "model.recompute_method=uniform",
          "model.recompute_num_layers=1",
        ]
      : []),
    `train.micro_batch_size=${layout.microBatch}`,
    `train.global_batch_size=${layout.globalBatch}`,
    ...(steps === undefined ? [] : [`train.train_iters=${steps}`]),
    "ddp.use_distributed_optimizer=True",
  ];
}

/** The folder of a model in `torchtitan/models`. */
function torchtitanModule(model: string): string {
  const modules: readonly (readonly [string, string])[] = [
    ["llama3", "llama3"],
    ["llama4", "llama4"],
    ["deepseek-v3", "deepseek_v3"],
    ["qwen3", "qwen3"],
    ["gpt-oss", "gpt_oss"],
  ];
  return modules.find(([start]) => model.startsWith(start))?.[1] ?? "<module>";
}

function torchtitan({ layout, steps, context }: CommandStep): string[] {
  return [
    `--module ${torchtitanModule(context.model)}`,
    `--config <${context.model}>`,
    `--parallelism.data_parallel_shard_degree ${layout.dp}`,
    `--parallelism.tensor_parallel_degree ${layout.tp}`,
    `--parallelism.pipeline_parallel_degree ${layout.pp}`,
    `--parallelism.context_parallel_degree ${layout.cp}`,
    `--training.local_batch_size ${layout.microBatch}`,
    `--training.global_batch_size ${layout.globalBatch}`,
    `--training.seq_len ${context.sequenceLength}`,
    ...(steps === undefined ? [] : [`--training.steps ${steps}`]),
    `--activation_checkpoint.mode ${layout.recompute === "full" ? "full" : "none"}`,
  ];
}

/** A model as `model_name` of MaxText, from `maxtext/configs/models`. */
function maxtextModel(model: string): string {
  const renamed: readonly (readonly [string, string])[] = [
    ["llama31-", "llama3.1-"],
    ["llama33-", "llama3.3-"],
    ["deepseek-v3", "deepseek3-671b"],
    ["kimi-k2", "kimi-k2-1t"],
    ["llama4-scout", "llama4-17b-16e"],
    ["llama4-maverick", "llama4-17b-128e"],
  ];
  const known = renamed.find(([start]) => model.startsWith(start));
  if (known !== undefined) return model.replace(...known);
  return /^(?:llama[23]|qwen[23]|qwen2\.5|gpt-oss|mi[sx]tral|gemma[23]?)-/u.test(model)
    ? model
    : `<${model}>`;
}

/** Devices that JAX sees in one chip: both cores of Ironwood. */
function maxtextDevices(accelerator: string): number {
  return accelerator.startsWith("tpu-v7") ? 2 : 1;
}

function maxtext({ layout, accelerator, count, steps, context }: CommandStep): string[] {
  const isTpu = accelerator.startsWith("tpu");
  const quantization = isTpu
    ? ["quantization=fp8_full", "use_qwix_quantization=True"]
    : ["quantization=fp8"];
  const devices = count * maxtextDevices(accelerator);
  return [
    `model_name=${maxtextModel(context.model)}`,
    "base_output_directory=<folder or bucket>",
    "dataset_type=<synthetic, grain, hf, …>",
    ...(isTpu ? [] : ["hardware=gpu"]),
    // -1: what is left of a slice, and all slices.
    "ici_fsdp_parallelism=-1",
    `ici_tensor_parallelism=${layout.tp}`,
    "dcn_data_parallelism=1",
    "dcn_fsdp_parallelism=-1",
    `per_device_batch_size=${(layout.dp * layout.microBatch) / devices}`,
    `gradient_accumulation_steps=${accumulationSteps(layout)}`,
    `max_target_length=${context.sequenceLength}`,
    `remat_policy=${layout.recompute === "full" ? "full" : "minimal_with_context"}`,
    ...(layout.precision === "fp8" ? quantization : []),
    ...(steps === undefined ? [] : [`steps=${steps}`]),
  ];
}

/** Accelerate uses torchao if it is installed, which refuses the default, true, with FSDP2. */
const fp8Options = ["--fsdp_cpu_ram_efficient_loading false"];

function accelerate({ layout, count }: CommandStep, perMachine: number): string[] {
  const isFp8 = layout.precision === "fp8";
  return [
    `--num_processes ${count}`,
    `--num_machines ${Math.ceil(count / perMachine)}`,
    "--machine_rank <0, 1, …>",
    "--main_process_ip <first machine>",
    "--main_process_port 29500",
    `--mixed_precision ${isFp8 ? "fp8" : "bf16"}`,
    ...(isFp8 ? fp8Options : []),
    "--use_fsdp",
    "--fsdp_version 2",
    "--fsdp_reshard_after_forward true",
    "--fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP",
    `--fsdp_activation_checkpointing ${layout.recompute === "full" ? "true" : "false"}`,
  ];
}

const accumulationVariable = "ACCELERATE_GRADIENT_ACCUMULATION_STEPS";

function accumulationSteps({ globalBatch, dp, microBatch }: KnownLayout): number {
  return globalBatch / (dp * microBatch);
}

function accelerateVariables(layout: KnownLayout): Record<string, string> {
  return {
    ACCELERATE_MIXED_PRECISION: layout.precision === "fp8" ? "fp8" : "bf16",
    ACCELERATE_USE_FSDP: "true",
    [accumulationVariable]: String(accumulationSteps(layout)),
    FSDP_VERSION: "2",
    FSDP_RESHARD_AFTER_FORWARD: "true",
    FSDP_AUTO_WRAP_POLICY: "TRANSFORMER_BASED_WRAP",
    FSDP_ACTIVATION_CHECKPOINTING: String(layout.recompute === "full"),
  };
}

function isKnown(layout: PlanOffer["layout"]): layout is KnownLayout {
  const { globalBatch, tp, pp, cp, ep, dp, vp, microBatch, precision, recompute } = layout;
  return [globalBatch, tp, pp, cp, ep, dp, vp, microBatch, precision, recompute].every(
    (value) => value !== undefined,
  );
}

function stepOf(offer: PlanOffer, layout: KnownLayout, context: CommandContext): CommandStep {
  const { accelerator, count } = offer;
  return { layout, accelerator, count, steps: stepsOf(offer, layout), context };
}

function stepsOf({ samples }: PlanOffer, { globalBatch }: KnownLayout): number | undefined {
  return samples === undefined ? undefined : Math.ceil(samples.amount / globalBatch);
}

function lines(command: string, options: readonly string[]): string {
  return [command, ...options.map((option) => `  ${option}`)].join(" \\\n");
}
