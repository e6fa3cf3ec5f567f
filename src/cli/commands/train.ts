import type { LogEvent } from "../../schema/logs/log-event.ts";
import { defineCommand, exitCodes } from "../command-table.ts";

const options = {
  workers: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    default: 1,
    group: "Training",
    help: "data-parallel workers, a thread each",
  },
  seed: {
    takes: "number",
    placeholder: "number",
    minimum: 0,
    default: 1,
    group: "Training",
    help: "decides the first weights, the order and the augmentation",
  },
  maxSamples: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Training",
    help: "give up after so many training samples",
  },
} as const;

export const trainCommand = defineCommand({
  name: "train",
  summary: "Train a built-in workload and print only its MLLOG lines",
  usage: "<workload>",
  arguments: [{ name: "workload", help: "one that `pitwall workloads` lists" }],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall train digits-mlp --seed 3",
      does: "the program that `pitwall run digits-mlp` starts and clocks",
    },
  ],
  options,
  exits: [
    { code: 0, when: "the target was reached" },
    { code: 1, when: "it was not" },
  ],
  async act({ arguments: [workload = ""], options: { workers, seed, maxSamples }, face, shared }) {
    const { trainHere } = await import("../../workflows/training/train-here.ts");
    const { formatLine } = await import("../../mllog/format-line.ts");
    const { metadataText } = await import("../../score/tracking/read-event.ts");
    const { sampleAppender } = await import("../../store/records/write/append-samples.ts");
    const { dataDirectory } = await import("../../store/catalogue/data-directory.ts");
    // MLLOG counts whole milliseconds.
    const nowMs = (): number => Math.round(face.nowMs());
    const isObserved = face.env["PITWALL_OBSERVE"] !== "none";
    const onSample = sampleAppender(isObserved ? face.env["PITWALL_RUN_DIR"] : undefined);
    const request = {
      workload,
      workers,
      seed,
      maxSamples,
      dataDirectory,
      nowMs,
      onSample,
    };
    const events: LogEvent[] = [];
    let isReached = false;
    for await (const event of trainHere(request, face.interrupt)) {
      if (shared.json) events.push(event);
      else face.out.write(`${formatLine(event)}\n`);
      if (event.key === "run_stop") isReached = metadataText(event, "status") === "success";
    }
    if (shared.json) {
      const { writeJson } = await import("../terminal/atlas-screen.ts");
      writeJson(face, "train", { events });
    }
    if (face.interrupt.aborted) return exitCodes.interrupted;
    return isReached ? exitCodes.yes : exitCodes.no;
  },
});
