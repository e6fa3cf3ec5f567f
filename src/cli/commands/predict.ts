import { UserError } from "../../foundation/errors/user-error.ts";
import type { PredictedLayout } from "../../workflows/plan/predict-layouts.ts";
import { absolutePath, tableWidth } from "../terminal/atlas-screen.ts";
import { defineCommand, exitCodes, type ExitCode, type Face } from "../command-table.ts";

export const predictCommand = defineCommand({
  name: "predict",
  summary: "Predict step times from a model, a machine and a layout",
  usage: "<layouts>",
  arguments: [
    {
      name: "layouts",
      help: "a file with `model`, `hardware` and `layout`, in YAML or JSON; or one layout per line (JSON Lines); `-` is standard input. `pitwall schema layout` prints the fields",
    },
  ],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall predict layout.yaml",
      does: "step time with its interval and parts, MFU, memory, and the closest published measurement",
    },
    {
      command: "pitwall predict layouts.jsonl --json",
      does: "one result per line, in order; a layout that cannot be predicted is an error in its place",
    },
    {
      command: `echo '{"model":{"name":"llama31-8b"},"hardware":{"accelerator":"h100-sxm","count":8},"layout":{"globalBatch":128}}' | pitwall predict -`,
      does: "a layout from standard input; micro batch, recomputation and the rest are chosen",
    },
  ],
  options: {},
  exits: [
    { code: 0, when: "every layout was predicted" },
    { code: 1, when: "a layout could not be predicted" },
    { code: 2, when: "the file cannot be read" },
  ],
  async act({ arguments: [path = ""], face, shared }) {
    const { readInput } = await import("../../store/read-input.ts");
    const { predictLayouts } = await import("../../workflows/plan/predict-layouts.ts");
    const text = await readInput(
      path === "-" ? path : ((await absolutePath(path, face.cwd)) ?? path),
    );
    if (shared.json) return printLines(predictLayouts(text, face.cwd), face);
    const all: PredictedLayout[] = [];
    for await (const each of predictLayouts(text, face.cwd)) all.push(each);
    return printForPeople(all, face);
  },
});

async function printLines(
  predictions: AsyncIterable<PredictedLayout>,
  face: Face,
): Promise<ExitCode> {
  let code: ExitCode = exitCodes.yes;
  let lines: string[] = [];
  for await (const { answer } of predictions) {
    if (answer.kind === "error") code = exitCodes.no;
    lines.push(JSON.stringify(answer), "\n");
    if (lines.length < 1000) continue;
    face.out.write(lines.join(""));
    lines = [];
  }
  face.out.write(lines.join(""));
  return code;
}

async function printForPeople(all: readonly PredictedLayout[], face: Face): Promise<ExitCode> {
  const [only] = all;
  if (all.length === 1 && only?.answer.kind === "error") {
    const { code, message, hint } = only.answer.error;
    throw new UserError(code, message, { hint });
  }
  const look = { width: tableWidth(face), paint: face.out.paint };
  if (all.length === 1 && only !== undefined) {
    const { predictionCard } = await import("../../report/plan/prediction-card.ts");
    face.out.print(`${predictionCard(only, look)}\n`);
    return exitCodes.yes;
  }
  const { predictionTable } = await import("../../report/plan/prediction-table.ts");
  face.out.print(`${predictionTable(all, look)}\n`);
  return all.some(({ answer }) => answer.kind === "error") ? exitCodes.no : exitCodes.yes;
}
