import { priceAccelerators } from "../../atlas/prices/price-accelerators.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { formatCount } from "../../foundation/numbers/units.ts";
import { checkFit } from "../../planner/fits/check-fit.ts";
import { findMachines } from "../../planner/fits/find-machines.ts";
import { fitOnMachine } from "../../planner/fits/fit-on-machine.ts";
import type { FitRequest } from "../../planner/fits/fit-request.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import { findAccelerator } from "../../schema/find-accelerator.ts";
import type { FitAnswer, MachineFit, TrainingMethod } from "../../schema/plan/fit-answer.ts";
import type { TrainingLayout } from "../../schema/plan/training-layout.ts";
import { readAccelerators, readPriceEntries } from "../../store/catalogue/catalogue.ts";
import { loadModel, type LoadedModel } from "./load-model.ts";

/** The question whether a training fits. */
export interface FitQuestion {
  /** Name or path, as the user typed it. */
  model: string;
  cwd: string;
  gpu: string | undefined;
  /** Of one accelerator, in place of the catalogue's; bytes. */
  memoryBytes: number | undefined;
  count: number;
  method: TrainingMethod;
  /** Sequence length; default: 2,048 for fine-tuning, and the model's for pre-training. */
  seq: number | undefined;
  layout: TrainingLayout;
  /** What else was filled in before. */
  assumed: Readonly<Record<string, string>>;
}

const fineTuningSequence = 2048;
const preTrainingSequence = 4096;

/** Answers whether a training fits, what would make it fit, and which machine would do. */
export async function answerFit(question: FitQuestion): Promise<FitAnswer> {
  const model = await loadModel(question.model, question.cwd);
  const accelerators = await readAccelerators();
  const sequence = sequenceOf(question, model);
  const { count, method } = question;
  const request: FitRequest = {
    shape: { ...model.shape, seq: sequence.seq },
    method,
    layout: question.layout,
  };
  checkFit(request, count);
  const accelerator = acceleratorOf(question, accelerators);
  const machine = accelerator === undefined ? undefined : fitOnMachine(request, accelerator, count);
  const machines = findMachines(request, accelerators, priceAccelerators(await readPriceEntries()));
  return {
    model: { name: model.name, parameters: model.parameters, shape: request.shape },
    method,
    layout: request.layout,
    ...(machine === undefined ? {} : { machine }),
    ...(machines.smallest === undefined ? {} : { smallestMachine: machines.smallest }),
    ...(machines.cheapest === undefined ? {} : { cheapestMachine: machines.cheapest }),
    assumed: { ...sequence.assumed, ...question.assumed },
    notes: [
      ...model.notes,
      ...precisionNotes(accelerator, request.layout),
      ...marginNotes(machine),
    ],
  };
}

function sequenceOf(
  { seq, method }: FitQuestion,
  { shape, origin }: LoadedModel,
): { seq: number; assumed: Record<string, string> } {
  if (seq !== undefined) return { seq, assumed: {} };
  if (method !== "pretrain") {
    const usual = Math.min(shape.seq, fineTuningSequence);
    return { seq: usual, assumed: { seq: tokensText(usual) } };
  }
  // The longest sequence of a configuration is that of a later, short phase of its training.
  const usual = origin === "table" ? shape.seq : Math.min(shape.seq, preTrainingSequence);
  return { seq: usual, assumed: { seq: tokensText(usual) } };
}

function tokensText(tokens: number): string {
  return `sequences of ${formatCount(tokens)} tokens`;
}

function acceleratorOf(
  { gpu, memoryBytes }: FitQuestion,
  accelerators: readonly Accelerator[],
): Accelerator | undefined {
  const known = gpu === undefined ? undefined : knownAccelerator(gpu, accelerators);
  if (memoryBytes === undefined) return known;
  const gib = Math.round((memoryBytes / 2 ** 30) * 100) / 100;
  return {
    vendor: "",
    year: 0,
    peakFlopPerSecond: {},
    memoryBytesPerSecond: 1,
    scaleUpCount: 1,
    aliases: [],
    status: "given",
    source: "given",
    ...known,
    name: known?.name ?? `${gib} GiB accelerator`,
    memoryBytes,
    reportedMemoryBytes: memoryBytes,
  };
}

function knownAccelerator(gpu: string, accelerators: readonly Accelerator[]): Accelerator {
  const found = findAccelerator(gpu, accelerators);
  if (found.kind === "found") return found.value;
  const nearest = found.kind === "unknown" ? found.nearest : undefined;
  const other = "or give its memory: `--memory 24`";
  throw new UserError("unknown-accelerator", `unknown accelerator \`${gpu}\``, {
    at: "--gpu",
    hint:
      nearest === undefined
        ? `for example 4090, l40s, h100-sxm; ${other}`
        : `did you mean \`${nearest}\`? ${other}`,
  });
}

/** Volta and Turing compute in fp16 only: bf16 works there, slowly. */
function precisionNotes(
  accelerator: Accelerator | undefined,
  { precision }: TrainingLayout,
): readonly string[] {
  if (accelerator === undefined || accelerator.status === "given") return [];
  const { peakFlopPerSecond, name } = accelerator;
  if (precision !== "bf16" || peakFlopPerSecond.bf16 !== undefined) return [];
  return [`${name} has no fast bf16; \`--precision fp16\` needs as much memory`];
}

function marginNotes(machine: MachineFit | undefined): readonly string[] {
  if (machine === undefined || !machine.fits) return [];
  const left = 1 - machine.memoryBytes / machine.capacityBytes;
  return left < 0.05 ? ["less than 5 % is left, and predictions can be that far off"] : [];
}
