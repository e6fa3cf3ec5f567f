import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

/** A training of 500 steps with Megatron-LM: its arguments, and a line every 10 steps. */
function megatronLog(lines: { arguments: Readonly<Record<string, string | number>> }): string {
  const folder = temporaryFolder();
  const printed = Object.entries(lines.arguments).map(
    ([name, value]) => `  ${name} ${".".repeat(48 - name.length)} ${value}`,
  );
  const start = Date.UTC(2025, 10, 2, 10);
  const steps = Array.from({ length: 50 }, (_, index) => {
    const step = 10 * (index + 1);
    const pauses = 40_000 * Math.floor(step / 100);
    const at = new Date(start + 13_500 * step + pauses)
      .toISOString()
      .slice(0, 19)
      .replace("T", " ");
    return ` [${at}] iteration ${step}/ 500 | consumed samples: ${256 * step} | elapsed time per iteration (ms): 13500.0 | global batch size: 256 | lm loss: ${(8 - index / 10).toFixed(3)} |`;
  });
  writeFileSync(join(folder, "train.log"), [...printed, ...steps, ""].join("\n"));
  return folder;
}

const llama = {
  tensor_model_parallel_size: 4,
  pipeline_model_parallel_size: 4,
  context_parallel_size: 1,
  micro_batch_size: 1,
  global_batch_size: 256,
  seq_length: 8192,
  num_layers: 80,
  hidden_size: 8192,
  num_attention_heads: 64,
  ffn_hidden_size: 28_672,
  num_query_groups: 8,
  padded_vocab_size: 128_256,
  world_size: 128,
  bf16: "True",
};

async function planFrom(cwd: string, words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await pitwall(["plan", "--from", ...words], { cwd });
  const text = `exit ${exitCode}\n${stdout}${stderr}`.replaceAll(cwd, "<folder>");
  return text.replaceAll(/ +$/gmu, "").trimEnd();
}

describe("pitwall plan --from", () => {
  test("takes the layout from the arguments that Megatron-LM prints", async () => {
    const cwd = megatronLog({ arguments: llama });
    const { stdout } = await pitwall(
      ["plan", "--from", "train.log", "--accelerator", "h100", "--price", "h100-sxm=2", "--json"],
      { cwd },
    );
    const { result } = JSON.parse(stdout);
    expect(result).toMatchObject({
      goal: "llama31-70b",
      accelerator: "h100-sxm",
      count: 128,
      outcome: "unknown",
      // The first line is of step 10, and its time is the first of the log: 490 steps are timed.
      figures: { stepTimeMs: { got: 13_500 }, samples: { got: 490 * 256 } },
      usdPerHour: 256,
    });
    const origins = Object.fromEntries(
      result.fields.map(({ field, value, origin }: Record<string, string>) => [
        field,
        `${value} ${origin}`,
      ]),
    );
    expect(origins).toMatchObject({
      model: "llama31-70b log",
      count: "128 log",
      tp: "4 log",
      pp: "4 log",
      microBatch: "1 log",
      precision: "bf16 log",
    });
    // Five checkpoints of 40 s that no line names.
    const pauses = result.gap.parts.find(({ part }: { part: string }) => part === "pauses");
    expect(pauses.gotMs).toBeCloseTo(200_000, -3);
  });

  test("says what is missing", async () => {
    const { num_layers: _layers, world_size: _size, ...unknown } = llama;
    const cwd = megatronLog({ arguments: unknown });
    expect(await planFrom(cwd, ["train.log"])).toMatchInlineSnapshot(`
      "exit 2
      error[review-goal-missing]: \`<folder>/train.log\` names no benchmark and no known model

      hint: give the model, and what the log lacks: \`--model llama31-8b --accelerator h100-sxm --count 8\`"
    `);
    expect(await planFrom(cwd, ["train.log", "--model", "llama31-70b"])).toMatchInlineSnapshot(`
      "exit 2
      error[review-system-missing]: \`<folder>/train.log\` does not say on which accelerators, and how many of them, llama31-70b was trained

      hint: give it: \`--accelerator h100-sxm --count 8\`"
    `);
    expect(await planFrom(cwd, ["train.log", "--model", "llama31-70b", "--layout", "tq=4"]))
      .toMatchInlineSnapshot(`
      "exit 2
      error[option-invalid]: invalid part \`tq=4\` of \`--layout\`
        at --layout

      hint: for example \`--layout tp=4,pp=8,cp=2,microBatch=1,globalBatch=1024,precision=fp8,recompute=full\`"
    `);
    expect(await planFrom(cwd, ["other.log"])).toMatchInlineSnapshot(`
      "exit 2
      error[source-missing]: no such file or folder: \`other.log\`

      hint: give a run of \`pitwall runs\`, a log, or a folder of logs"
    `);
    expect(await planFrom(cwd, ["train.log", "--model", "llama31-70b", "--accelerator", "h1000"]))
      .toMatchInlineSnapshot(`
        "exit 2
        error[unknown-accelerator]: unknown accelerator \`h1000\`
          at --accelerator

        hint: did you mean \`h100-sxm\`?"
      `);
  });

  test("requires a goal or a finished training", async () => {
    const { exitCode, stderr } = await pitwall(["plan"]);
    expect(`exit ${exitCode}\n${stderr}`).toMatchInlineSnapshot(`
      "exit 2
      error[argument-missing]: \`pitwall plan\` requires a benchmark or a model

      hint: for example \`pitwall plan llama31_8b\`; \`--from <run>\` looks at a finished training
      "
    `);
  });
});
