import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseWorkloadFile } from "../../src/store/read-workload-file.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import {
  alone,
  curveOf,
  missingTorch,
  onTwoRanks,
  startProgram,
  torchPath,
  type RunningProgram,
} from "./torch-programs.ts";

const isMissing = missingTorch !== "";
const timeout = 240_000;

describe("pitwall run", () => {
  test.skipIf(isMissing).each([{ name: "gpt" }, { name: "image" }])(
    `clocks $name to its target on two ranks and stores the samples of both${missingTorch}`,
    async ({ name }) => {
      const cwd = temporaryFolder();
      const env = { PATH: torchPath };
      const { stdout, stderr } = await pitwall(["run", name, "--nproc", "2", "--json"], {
        cwd,
        env,
      });
      expect(stdout, stderr).not.toBe("");
      const [run] = JSON.parse(stdout).result.runs;
      expect(run.outcome, stderr).toMatchObject({ kind: "reached" });
      expect(run.rules).toMatchObject({ verdict: "pass" });
      const record = join(cwd, "home", "runs", run.runId);
      for (const rank of [0, 1]) {
        const lines = readFileSync(join(record, "samples", `rank-${rank}.jsonl`), "utf8");
        const samples = lines
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line));
        const last = samples.at(-1);
        expect(last).toMatchObject({ kind: "step", rank, loss: expect.any(Number) });
        // Both programs start at step 0 and evaluate after the last step.
        expect(last.samplesCount).toBe(run.evaluations.at(-1).samplesCount);
        const parts = last.forwardMs + last.backwardMs + last.optimizerMs;
        expect(last.computeMs).toBeCloseTo(parts, 1);
        const communicationMs = samples.map((sample) => sample.communicationMs);
        expect(Math.max(...communicationMs)).toBeGreaterThan(0);
      }
      expect(readFileSync(join(record, "log.txt"), "utf8")).not.toContain(":::PITWALL");
    },
    timeout,
  );
});

describe("gpt", () => {
  const short = ["--steps", "12", "--evaluate-every", "4", "--batch", "8", "--target", "0"];

  test.skipIf(isMissing)(
    `trains in the same way in one process, with DDP, and with FSDP2${missingTorch}`,
    async () => {
      const single = curveOf(await startProgram(alone("gpt.py", ...short)).ended);
      expect([...single.keys()]).toEqual([32, 64, 96]);
      for (const parallel of ["ddp", "fsdp"]) {
        const ran = await startProgram(onTwoRanks("gpt.py", ...short, "--parallel", parallel))
          .ended;
        const curve = curveOf(ran);
        expect([...curve.keys()], ran.output).toEqual([...single.keys()]);
        // Gradients are summed in another order, which rounding lets grow over the steps.
        for (const [samples, value] of curve)
          expect(Number(value)).toBeCloseTo(Number(single.get(samples)), 3);
      }
    },
    timeout,
  );
});

const exactness = [
  { name: "gpt with DDP", program: "gpt.py", options: gptOptions("ddp") },
  { name: "gpt with FSDP2", program: "gpt.py", options: gptOptions("fsdp") },
  { name: "image with DDP", program: "image.py", options: ["--width", "8", "--target", "1"] },
];

function gptOptions(parallel: string): string[] {
  const size = ["--batch", "4", "--length", "32", "--width", "32", "--layers", "1"];
  const ends = ["--steps", "60", "--evaluate-every", "5", "--validation", "16", "--target", "0"];
  return [...size, ...ends, "--parallel", parallel];
}

describe.each(exactness)("a checkpoint of $name", ({ program, options }) => {
  const settings = JSON.stringify({
    schedules: {
      1: [
        { epochs: 3, size: 8, batch: 512, rate: [0.1, 0.2], crop: 0.5 },
        { epochs: 2, size: 12, batch: 256, rate: [0.2, 0.1], crop: 0.5 },
      ],
    },
  });
  const env: Record<string, string> = program === "image.py" ? { PITWALL_SETTINGS: settings } : {};
  const start = (...more: string[]): RunningProgram =>
    startProgram(onTwoRanks(program, ...options, ...more), env);

  test.skipIf(isMissing)(
    `continues bit by bit after SIGTERM and after SIGKILL${missingTorch}`,
    async () => {
      const whole = curveOf(await start().ended);
      expect(whole.size).toBeGreaterThanOrEqual(5);
      const folder = temporaryFolder();
      const saved = ["--checkpoints", folder];
      const seen = new Map<unknown, unknown>();
      const compare = (curve: Map<unknown, unknown>): void => {
        for (const [samples, value] of curve) {
          expect(value).toBe(whole.get(samples));
          seen.set(samples, value);
        }
      };

      const terminated = start(...saved);
      await terminated.reached("run_start");
      terminated.child.kill("SIGTERM");
      const first = await terminated.ended;
      expect(first.output).toContain('"key": "checkpoint"');
      expect(first.log.at(-1)?.metadata).toMatchObject({ status: "aborted" });
      compare(curveOf(first));

      const killed = start(...saved, "--resume", "--checkpoint-every", "1");
      await killed.reached("eval_accuracy");
      killRanks(killed);
      const second = await killed.ended;
      expect(second.output).toContain("resuming training from the checkpoint of step");
      compare(curveOf(second));

      compare(curveOf(await start(...saved, "--resume").ended));
      expect(new Set(seen.keys())).toEqual(new Set(whole.keys()));
    },
    timeout,
  );
});

/** Kills a rank; torchrun then ends the others. */
function killRanks({ child }: RunningProgram): void {
  const { pid } = child;
  if (pid === undefined) throw new Error("the program was not started");
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  for (const each of children) process.kill(Number(each), "SIGKILL");
}

test.skipIf(isMissing)(
  `image interpolates the schedule between listed numbers of machines${missingTorch}`,
  async () => {
    const [python = "", , folder = ""] = alone("");
    const script = `
import json, sys
sys.path.insert(0, sys.argv[1])
import image
print(json.dumps(image.SCHEDULES))
a = [{"epochs": 2, "size": 16, "batch": 64, "rate": [0.1, 0.8], "crop": 0.5}]
b = [{"epochs": 4, "size": 16, "batch": 32, "rate": [0.1, 0.4], "crop": 1.0}]
for machines in (1, 2, 4, 16):
    print(json.dumps(image.phases_for({"1": a, "4": b}, machines)[0]))
`;
    const { output } = await startProgram([python, "-B", "-c", script, folder]).ended;
    const lines = output.trim().split("\n");
    const listed = { epochs: 2, size: 16, batch: 64, rate: [0.1, 0.8], crop: 0.5 };
    const many = { epochs: 4, size: 16, batch: 32, rate: [0.1, 0.4], crop: 1 };
    expect(lines.filter((line) => line.startsWith("note: "))).toEqual([
      "note: the workload has no phases for 2 machines: interpolating between those for 1 and 4",
      "note: the workload has no phases for 16 machines: using those for 4",
    ]);
    const [own, ...phases] = lines
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
    expect(phases).toMatchObject([
      listed,
      { epochs: 3, size: 16, batch: 48, crop: 0.75 },
      many,
      many,
    ]);
    expect(phases[1].rate[0]).toBeCloseTo(0.1, 9);
    expect(phases[1].rate[1]).toBeCloseTo(0.6, 9);
    // A program without a workload file has the schedule of the workload file for one machine.
    const path = join(folder, "image.yaml");
    const { settings } = parseWorkloadFile(readFileSync(path, "utf8"), path);
    expect(settings?.["schedules"]).toMatchObject({ 1: own["1"] });
  },
  timeout,
);
