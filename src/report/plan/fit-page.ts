import { layOutTable } from "../../foundation/tables/text-table.ts";
import { formatCount, formatUsd } from "../../foundation/numbers/units.ts";
import type {
  FitAnswer,
  FittingMachine,
  MachineFit,
  MemorySaving,
  SavedFit,
  TrainingMethod,
} from "../../schema/plan/fit-answer.ts";
import type { Paint } from "../paint.ts";
import { partNotes } from "./fit-part-notes.ts";

interface Look {
  paint: Paint;
}

/** Whether a training fits: one sentence, memory by part, what would make it fit, and which machine would do. */
export function fitPage(answer: FitAnswer, { paint }: Look): string {
  const { machine } = answer;
  const blocks =
    machine === undefined
      ? [machinesSentence(answer, paint)]
      : [
          fitSentence(answer, machine, paint),
          partsTable(answer, machine, paint),
          machine.fits ? limitsText(answer, machine) : savingsText(answer, machine, paint),
        ];
  return [...blocks, machinesText(answer), assumedText(answer, paint), nextText(answer, paint)]
    .filter((block) => block !== "")
    .join("\n\n");
}

const methodNames: Readonly<Record<TrainingMethod, string>> = {
  pretrain: "pre-training",
  full: "full fine-tuning",
  lora: "LoRA",
  qlora: "QLoRA",
};

function fitSentence({ model, method }: FitAnswer, machine: MachineFit, paint: Paint): string {
  const { fits, memoryBytes, capacityBytes } = machine;
  const verdict = fits ? paint.good("fits") : paint.bad("does not fit");
  const need = `${gib(memoryBytes)} of ${gib(capacityBytes)} GiB`;
  const each = machine.count > 1 ? " each" : "";
  return `${paint.strong(model.name)}: ${methodNames[method]} ${verdict} on ${machineName(machine)}: ${need}${each}.`;
}

function machinesSentence({ model, method, smallestMachine }: FitAnswer, paint: Paint): string {
  const what = `${paint.strong(model.name)}: ${methodNames[method]}`;
  if (smallestMachine === undefined) {
    return `${what} ${paint.bad("fits on no machine")} of the catalogue, up to 16,384 accelerators.`;
  }
  const { memoryBytes, capacityBytes, count } = smallestMachine;
  const each = count > 1 ? " each" : "";
  return `${what} needs at least ${machineName(smallestMachine)}: ${gib(memoryBytes)} of ${gib(capacityBytes)} GiB${each}.`;
}

function machineName({ accelerator, count }: { accelerator: string; count: number }): string {
  return `${formatCount(count)} × ${accelerator}`;
}

function partsTable(answer: FitAnswer, machine: MachineFit, paint: Paint): string {
  const parts = machine.memoryBytesPerAccelerator;
  const notes = partNotes(answer);
  const names = ["weights", "gradients", "optimizer", "activations", "buffers", "reserve"] as const;
  const rows = [
    ...names.map((name) => [`  ${name}`, gib(parts[name]), notes[name]]),
    ["  total", gib(machine.memoryBytes), ""],
    ["  left", gib(machine.capacityBytes - machine.memoryBytes), ""],
  ];
  const [head = "", ...lines] = layOutTable(
    [
      { head: "  memory", align: "left" },
      { head: "GiB", align: "decimal" },
      { head: "", align: "left" },
    ],
    rows,
  );
  return [paint.faint(head), ...lines].join("\n");
}

/** What else would fit. */
function limitsText(answer: FitAnswer, machine: MachineFit): string {
  const { shape } = answer.model;
  const microBatch = answer.layout.microBatch ?? 1;
  return [
    `  largest micro batch   ${formatCount(machine.largestMicroBatch)} × ${formatCount(shape.seq)} tokens`,
    `  longest sequence      ${formatCount(machine.longestSequence)} tokens with a micro batch of ${formatCount(microBatch)}`,
  ].join("\n");
}

const savingNames: Readonly<Record<MemorySaving, string>> = {
  "micro-batch-1": "a micro batch of 1",
  compile: "torch.compile",
  "chunked-loss": "a chunked loss",
  sharding: "FSDP",
  "expert-parallel": "expert parallelism",
  "adamw-8bit": "8-bit AdamW",
  "optimizer-in-backward": "weights updated in the backward pass",
  "bf16-states": "weights and states in bf16",
  "recompute-selective": "selective activation checkpointing",
  "recompute-full": "activation checkpointing",
  "offload-activations": "activations in host memory",
  "offload-optimizer": "optimizer states in host memory",
};

const savingOptions: Readonly<Record<MemorySaving, string>> = {
  "micro-batch-1": "--micro-batch 1",
  compile: "--compile",
  "chunked-loss": "--chunked-loss",
  sharding: "--sharding fsdp",
  "expert-parallel": "--ep",
  "adamw-8bit": "--optimizer adamw-8bit",
  "optimizer-in-backward": "--optimizer-in-backward",
  "bf16-states": "--states bf16",
  "recompute-selective": "--recompute selective",
  "recompute-full": "--recompute full",
  "offload-activations": "--offload activations",
  "offload-optimizer": "--offload optimizer",
};

function savingsText(answer: FitAnswer, machine: MachineFit, paint: Paint): string {
  const { savings, capacityBytes, longestSequence, fittingCount, accelerator } = machine;
  const lines = savings.map((saved) => savingLine(saved, answer.method, capacityBytes));
  if (longestSequence > 0) {
    lines.push(`with sequences of ${formatCount(longestSequence)} tokens: yes`);
  }
  if (fittingCount !== undefined && fittingCount > machine.count) {
    lines.push(`on ${machineName({ accelerator, count: fittingCount })} with FSDP: yes`);
  }
  if (lines.length === 0)
    return `  No setting of these options makes it fit on ${machineName(machine)}.`;
  return [paint.faint("  what makes it fit"), ...lines.map((line) => `  ${line}`)].join("\n");
}

/** The options to add to the command for the cheapest setting that fits. */
function nextText(answer: FitAnswer, paint: Paint): string {
  const cheapest = answer.machine?.savings[0];
  return cheapest === undefined ? "" : `try: ${paint.name(optionsOf(cheapest, answer))}`;
}

/** The options that turn settings on, to be added to the command. */
function optionsOf({ method, savings, ep }: SavedFit, answer: FitAnswer): string {
  const settings = savings.map((name) =>
    name === "expert-parallel" ? `${savingOptions[name]} ${ep ?? 1}` : savingOptions[name],
  );
  return [...(method === answer.method ? [] : [`--method ${method}`]), ...settings].join(" ");
}

function savingLine(saved: SavedFit, method: TrainingMethod, capacityBytes: number): string {
  const settings = saved.savings.map((name) => savingNames[name]);
  const all = saved.method === method ? settings : [methodNames[saved.method], ...settings];
  const time = extraTimeText(saved.extraTimeFraction);
  return `with ${joinWords(all)}: yes, ${gib(saved.memoryBytes)} of ${gib(capacityBytes)} GiB${time}`;
}

/** In tens of percent: the figures are rules of thumb. */
function extraTimeText(fraction: number): string {
  if (fraction < 0.1) return "";
  return fraction >= 0.75
    ? ", about half as fast"
    : `, about ${Math.round(fraction * 10) * 10} % slower`;
}

function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

function machinesText({ machine, smallestMachine, cheapestMachine }: FitAnswer): string {
  if (smallestMachine === undefined) {
    return machine === undefined ? "" : "  No machine of the catalogue is large enough.";
  }
  const lines = [`  smallest machine      ${machineLine(smallestMachine)}`];
  if (cheapestMachine !== undefined && !isSame(cheapestMachine, smallestMachine)) {
    lines.push(`  cheapest machine      ${machineLine(cheapestMachine)}`);
  }
  return lines.join("\n");
}

function isSame(a: FittingMachine, b: FittingMachine): boolean {
  return a.accelerator === b.accelerator && a.count === b.count;
}

function machineLine(machine: FittingMachine): string {
  const { usdPerHour, priceDate, priceProviders = [] } = machine;
  const price =
    usdPerHour === undefined
      ? "no price known"
      : `${formatUsd(usdPerHour)}/h (${providersText(priceProviders)}, ${priceDate ?? "undated"})`;
  return `${machineName(machine)}, ${price}`;
}

function providersText(providers: readonly string[]): string {
  return providers.length > 2 ? `median of ${providers.length} providers` : providers.join(", ");
}

function assumedText({ assumed, notes }: FitAnswer, paint: Paint): string {
  const texts = Object.entries(assumed).map(([name, text]) =>
    name === "sharding" ? "FSDP" : text,
  );
  const lines = [
    ...(texts.length === 0 ? [] : [`assumed: ${texts.join("; ")}`]),
    ...notes.map((note) => `note: ${note}`),
  ];
  return lines.map((line) => paint.faint(line)).join("\n");
}

/** `0.43`, `21.3`, `161`. */
function gib(bytes: number): string {
  const value = bytes / 2 ** 30;
  return Math.abs(value) < 100 ? value.toFixed(1) : formatCount(value);
}
