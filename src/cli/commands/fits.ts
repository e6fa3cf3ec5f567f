import { trainingMethods } from "../../schema/plan/fit-answer.ts";
import { tableWidth, writeJson } from "../terminal/atlas-screen.ts";
import { defineCommand, exitCodes } from "../command-table.ts";
import { assumedByOptions, choice, fitOptions, layoutOfOptions } from "../options/fit-options.ts";

export const fitsCommand = defineCommand({
  name: "fits",
  summary: "Tell whether a training fits into the memory of GPUs",
  usage: "<config.json | model>",
  arguments: [
    {
      name: "model",
      help: "a Hugging Face config.json or the folder that has it, or a name: llama31-8b, qwen3-235b-a22b",
    },
  ],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall fits llama31-8b --gpu 4090 --method qlora",
      does: "whether QLoRA of Llama 3.1 8B fits on one RTX 4090, and with which sequence length",
    },
    {
      command: "pitwall fits llama31-70b --gpu h100-sxm --count 8",
      does: "full fine-tuning on eight H100 with FSDP; if it does not fit, what would make it fit",
    },
    {
      command: "pitwall fits qwen3-30b-a3b --method lora",
      does: "the smallest and the cheapest machine that would do",
    },
  ],
  options: fitOptions,
  exits: [
    { code: 0, when: "it fits" },
    { code: 1, when: "it does not fit" },
    { code: 2, when: "unknown model or GPU, or a layout that does not divide" },
  ],
  async act({ arguments: [model = ""], options, face, shared }) {
    const { answerFit } = await import("../../workflows/plan/answer-fit.ts");
    const answer = await answerFit({
      model,
      cwd: face.cwd,
      gpu: options.gpu,
      memoryBytes: options.memory === undefined ? undefined : options.memory * 2 ** 30,
      count: options.count,
      method: choice(trainingMethods, options.method),
      seq: options.seq,
      layout: layoutOfOptions(options),
      assumed: assumedByOptions(options),
    });
    if (shared.json) {
      writeJson(face, "fits", answer);
    } else {
      const { fitPage } = await import("../../report/plan/fit-page.ts");
      const look = { width: tableWidth(face), paint: face.out.paint };
      face.out.print(`${fitPage(answer, look)}\n`);
    }
    const fits =
      answer.machine === undefined ? answer.smallestMachine !== undefined : answer.machine.fits;
    return fits ? exitCodes.yes : exitCodes.no;
  },
});
