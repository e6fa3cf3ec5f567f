import { describe, expect, test } from "vitest";
import type { RunPlan } from "../../src/schema/plan/run-plan.ts";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const show = async (words: readonly string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await pitwall(["plan", ...words]);
  return `exit ${exitCode}\n${stdout}${stderr}`.replaceAll(/ +$/gmu, "").trimEnd();
};

// Own prices, so that new prices in the catalog do not change these answers.
const own = [
  "--accelerators",
  "h100-sxm,b200-sxm",
  "--price",
  "h100-sxm=2",
  "--price",
  "b200-sxm=4",
];

describe("pitwall plan", () => {
  test("recommends one offer and shows the front", async () => {
    expect(
      await show([
        "llama31_8b",
        ...own,
        "--max-count",
        "64",
        "--deadline",
        "4h",
        "--budget",
        "200usd",
      ]),
    ).toMatchInlineSnapshot(`
      "exit 0
      Train llama31_8b to its target on 64 b200-sxm at $4.00/h, given: 20 min 17 s (p90 23 min 02 s), $86.51 (p90 $98.24), 28.5 kWh. Probability: within 4 h 00 min > 99 %, at most $200.00 > 99 %, both > 99 %. Chosen by the lowest product of p90 time and cost.

      5 offers of 37 that no other beats in time, cost and energy

      #           time          p90    cost   kWh    odds  chips  kind      price           layout      based on
      1 *  20 min 17 s  23 min 02 s  $86.51  28.5  > 99 %     64  b200-sxm  $4.00/h, given  batch 32,…  published; model 1.24x
      2    33 min 47 s  38 min 58 s  $72.07  24.2  > 99 %     32  b200-sxm  $4.00/h, given  batch 32,…  published, model
      3    55 min 41 s   1 h 04 min  $59.39  20.5  > 99 %     16  b200-sxm  $4.00/h, given  batch 32,…  published, model
      4     1 h 26 min   1 h 38 min  $45.72  15.6  > 99 %      8  b200-sxm  $4.00/h, given  batch 16,…  published; model 1.28x
      5     2 h 17 min   2 h 48 min  $36.64  13.1  > 99 %      4  b200-sxm  $4.00/h, given  batch 16,…  published; model 1.51x

      not shown: limited by; use a wider terminal or \`--json\`

      evidence    v6.0 CoreWeave: 64 x b200-sxm in 16 min 20 s
      otherwise   21 min 23 s of training by the analytic model, in place of 17 min 15 s by published results
      layout      batch 32, cp 2, dp 32, micro batch 1, fp8 (model; mlperf-training/v5.1/Oracle/8xBM.GPU.B200.8/llama31_8b)
      samples     178,859: reference point of training-6.1 at batch size 32
      goodput     99.8 %, 0.00050 interruptions expected, checkpoint every 1 h 22 min, $4.01/h effective
      energy      28.5 kWh estimated: accelerators 58 %, hosts 21 %, network 4 %, cooling 17 %; 11.0 kg CO2e (average of the AWS regions; no region was given)
      limited by  scaling: twice as many gain 1.48x

      up to 64 accelerators; \`--max-count\` changes that
      energy is estimated: accelerators, hosts, network, and cooling with a PUE of 1.2 (assumed; no region was given)
      time includes initialization, assumed to take 120 s and 10 s per doubling of the accelerators
      1 accelerator not on the front; \`--explain\` says why"
    `);
  });

  test("plans a model on tokens", async () => {
    const words = [
      "llama31-8b",
      "--tokens",
      "100B",
      ...own,
      "--max-count",
      "128",
      "--objective",
      "cost",
    ];
    const { exitCode, stdout } = await pitwall(["plan", ...words, "--json"]);
    expect(exitCode).toBe(0);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests/cli/json-documents.test.ts validates it
    const { result } = JSON.parse(stdout) as { result: RunPlan };
    const offer = result.front[result.recommended];
    expect(offer).toMatchObject({
      basis: "model",
      layout: { globalBatch: 512, precision: "bf16" },
    });
    const { tp = 0, pp = 0, cp = 0, dp = 0 } = offer?.layout ?? {};
    expect(tp * pp * cp * dp).toBe(offer?.count);
    expect(offer?.samples?.amount).toBeCloseTo(100e9 / 8192, 0);
    expect(offer?.mfu).toBeGreaterThan(0.2);
    expect(offer?.mfu).toBeLessThan(0.7);
  });

  test.each(["megatron-bridge", "torchtitan", "maxtext", "accelerate"])(
    "prints the command line of the layout for %s",
    async (framework) => {
      const words = [
        "llama31-8b",
        "--tokens",
        "100B",
        ...own,
        "--max-count",
        "16",
        "--for",
        framework,
      ];
      const { stdout } = await pitwall(["plan", ...words]);
      const lines = stdout.split("\n");
      const first = lines.findIndex((line) =>
        /^(?:torchrun|python3|\S+ accelerate launch) /u.test(line),
      );
      const last = lines.findIndex((line, at) => at >= first && !line.endsWith("\\"));
      expect(lines.slice(first, last + 1).join("\n")).toMatchSnapshot("command");
    },
  );

  test("plans the model of a config.json", async () => {
    const cwd = temporaryFolder();
    const config = {
      model_type: "llama",
      hidden_size: 4096,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      intermediate_size: 14_336,
      vocab_size: 128_256,
      max_position_embeddings: 131_072,
      tie_word_embeddings: false,
    };
    await writeFile(join(cwd, "own.json"), JSON.stringify(config));
    const amount = ["--tokens", "100B", ...own, "--max-count", "16", "--json"];
    const [fromFile, byName] = await Promise.all(
      ["own.json", "llama31-8b"].map((goal) => pitwall(["plan", goal, ...amount], { cwd })),
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests/cli/json-documents.test.ts validates it
    const { result } = JSON.parse(fromFile?.stdout ?? "") as { result: RunPlan };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests/cli/json-documents.test.ts validates it
    const { result: named } = JSON.parse(byName?.stdout ?? "") as { result: RunPlan };
    expect(result.goal).toBe("own on 100 B tokens");
    expect(result.front).toEqual(named.front);
    expect(result.notes.at(-1)).toBe(
      "sequences of 8,192 tokens are assumed; own.json allows 131,072",
    );
  });

  test("says why an accelerator lost", async () => {
    const words = ["bert", "--accelerators", "h100-sxm,a100-sxm-80gb", "--max-count", "16"];
    const prices = ["--price", "h100-sxm=2", "--price", "a100-sxm-80gb=4"];
    const { stdout } = await pitwall(["plan", ...words, ...prices, "--explain"]);
    const line = stdout.split("\n").find((one) => one.startsWith("a100-sxm-80gb:"));
    expect(line).toMatch(/of them take [\d.]+x the time, [\d.]+x the cost/u);
    expect(stdout).toMatch(
      /^h100-sxm, on the front: \d+ of them take [\d.]+x the p90 time, .* of the recommended \d+ h100-sxm$/mu,
    );
  });

  test.each([
    { name: "an unknown benchmark", words: ["lama31_8b"] },
    { name: "a model without an amount", words: ["llama31-70b"] },
    { name: "tokens for a benchmark", words: ["bert", "--tokens", "1B"] },
    { name: "a loss that no data reaches", words: ["llama31-8b", "--target", "1.2"] },
    {
      name: "a model that fits nowhere",
      words: ["llama31-405b", "--tokens", "1T", ...own, "--max-count", "16"],
    },
    { name: "a command line of an unknown layout", words: ["bert", ...own, "--for", "torchtitan"] },
    { name: "no count of tokens", words: ["llama31-8b", "--tokens", "many"] },
    { name: "an unknown accelerator", words: ["bert", "--accelerators", "h1000-sxm"] },
    { name: "an accelerator without a price", words: ["bert", "--accelerators", "gb300"] },
    {
      name: "several accelerators without a price",
      words: ["bert", "--accelerators", "gb300,mi325x,h100-sxm"],
    },
    { name: "an unknown provider", words: ["bert", "--clouds", "awz"] },
    { name: "an unknown region", words: ["bert", "--region", "us-east-11"] },
    { name: "a budget below the cheapest plan", words: ["bert", ...own, "--budget", "0.1usd"] },
    { name: "a deadline before the fastest plan", words: ["bert", ...own, "--deadline", "10s"] },
    {
      name: "limits that cannot be met together",
      words: ["llama31_8b", ...own, "--deadline", "1h", "--budget", "40usd"],
    },
    { name: "an amount without a unit", words: ["bert", "--deadline", "12"] },
    { name: "an energy that is none", words: ["bert", "--max-energy", "12 apples"] },
  ])("refuses $name", async ({ words }) => {
    expect(await show(words)).toMatchSnapshot("refusal");
  });

  test("gives the same answer for the same seed", async () => {
    const words = ["bert", ...own, "--json", "--deadline", "1h"];
    const [first, second] = await Promise.all([show(words), show(words)]);
    expect(first).toBe(second);
    expect(await show([...words, "--seed", "2"])).not.toBe(first);
  });
});
