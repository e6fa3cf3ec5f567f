import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";
import { unpackSubmission } from "../support/unpack-submission.ts";

const show = async (words: readonly string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await pitwall(words);
  return `exit ${exitCode}\n${stdout}${stderr}`.replaceAll(/ +$/gmu, "").trimEnd();
};

describe("pitwall compare", () => {
  test("shows only what differs, and where the time went", async () => {
    const words = ["compare", "v3.1/NVIDIA/eos_n64*/gpt3", "v3.1 nvidia eos-dfw_n1344 gpt3"];
    expect(await show(words)).toMatchInlineSnapshot(`
      "exit 0
      eos-dfw_n1344_ngc23.09_nemo is 14.9x as fast as eos_n64_ngc23.09_nemo
        p = 0.10 (two-sided Mann–Whitney U test of run times, 3 against 3 runs, minimum possible p with so few runs: 0.10)
        14.9 = 0.9974 samples to converge x 21.0 accelerators x 0.711 throughput per accelerator

      differs        eos_n64_ngc23.09_nemo         eos-dfw_n1344_ngc23.09_nemo
      availability   on-premise                    cloud
      system         Eos_n64                       Eos-dfw_n1344
      nodes          64                            1,344
      accelerators   512                           10,752
      framework      PyTorch NVIDIA Release 23.09  NVIDIA NeMo Framework Release 23.09
      batch size     2,048                         2,688
      time to train  58.30 min                     3.92 min
      fastest run    58.25 min                     3.92 min
      median run     58.30 min                     3.92 min
      slowest run    58.35 min                     3.93 min
      to converge    1,207,959,552                 1,211,105,280
      throughput /s  345,317                       5,152,982
      per chip /s    674.4                         479.3
      chip-minutes   29,851                        42,117
      cost           $1,963                        $2,769
      energy         1.25 GJ (348 kWh)             1.77 GJ (491 kWh)

      eval_accuracy of the median run, from 0 to 58.30 min, each line scaled to its own range
      eos_n64_ngc23.09_nemo          ██▇▆▆▆▅▅▅▅▄▄▄▄▄▃▃▃▃▃▃▂▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁  result_2
      eos-dfw_n1344_ngc23.09_nemo   █▁                                        result_1

      price h100-sxm $3.95/h on demand: median of 6 providers, $2.29 … $6.88, newest 2026-08"
    `);
  });

  test("refuses what the compatibility table keeps apart, with the reason", async () => {
    const words = ["compare", "v0.5/nvidia/dgx1_multi*/resnet", "v3.1/*n448*/resnet"];
    expect(await show(words)).toMatchInlineSnapshot(`
      "exit 2
      error[not-comparable]: these results are not comparable
        resnet changed between these rounds: since v0.6: higher target (.749 to .759) and changed initialization timing

      hint: use \`--anyway\` to compare them regardless"
    `);
    const anyway = await pitwall([...words, "--anyway"]);
    expect([anyway.exitCode, anyway.stderr]).toEqual([
      0,
      expect.stringContaining("warning: resnet changed between these rounds"),
    ]);
    expect(anyway.stdout).toContain("34.1x as fast");
  });

  test("takes a folder of logs for one of them, and finds it to be the published one", async () => {
    const cwd = unpackSubmission("lenovo-bert-v5.0");
    const { stdout, exitCode, stderr } = await pitwall(
      ["compare", ".", "v5.0/Lenovo/SR780aV3-8xB200*/bert"],
      { cwd },
    );
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining("error")]);
    expect(stdout).toContain("takes as long as");
  });

  test("compares own runs, and no others with them", async () => {
    const cwd = temporaryFolder();
    const run = (name: string) =>
      pitwall(
        [
          "run",
          "--name",
          name,
          "--metric",
          "acc=([0-9.]+)",
          "--target",
          "acc>=0.5",
          "--runs",
          "3",
          "--quiet",
          "--",
          process.execPath,
          "-e",
          "console.log('acc=0.6')",
        ],
        { cwd },
      );
    await run("toy");
    await run("toy");
    const { stdout } = await pitwall(["runs", "--json"], { cwd });
    const series: string[] = JSON.parse(stdout).result.map(
      (one: { request: { series: { id: string } } }) => one.request.series.id,
    );
    const [first = "", last = ""] = [series[0], series.at(-1)];
    const compared = await pitwall(["compare", first, last, "--json"], { cwd });
    expect(JSON.parse(compared.stdout).result.pairs).toMatchObject([
      { test: { kind: "tested", counts: [3, 3] } },
    ]);
    const refused = await pitwall(["compare", "last", "v5.0/Lenovo/SR780aV3-8xB200*/bert"], {
      cwd,
    });
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining("different benchmarks: toy, bert"),
    ]);
  });

  test.each([
    { name: "an unknown one", words: ["v5.0/Nobody/x/bert", "last"], code: "unknown-result" },
    { name: "one that may be several", words: ["v3.1 gpt3", "last"], code: "ambiguous-result" },
    {
      name: "the same twice",
      words: ["v3.1/NVIDIA/eos_n64*/gpt3", "v3.1 eos_n64 gpt3"],
      code: "same-result-twice",
    },
  ])("refuses $name", async ({ words, code }) => {
    const { exitCode, stdout } = await pitwall(["compare", ...words, "--json"]);
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([2, code]);
  });
});

describe("pitwall gains", () => {
  test("needs a benchmark, one, and rounds that are", async () => {
    expect(transcript(await pitwall(["gains"]))).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[one-benchmark-needed]: \`pitwall gains\` requires \`--benchmark\`

      hint: for example \`pitwall gains --benchmark resnet\`; \`pitwall results\` lists the benchmarks"
    `);
    const [several, unknown] = await Promise.all([
      pitwall(["gains", "--benchmark", "bert,resnet"]),
      pitwall(["gains", "--benchmark", "bert", "--from", "v9.9"]),
    ]);
    expect([several.exitCode, unknown.exitCode]).toEqual([2, 2]);
    expect(several.stderr).toContain("error[one-benchmark-needed]");
    expect(unknown.stderr).toContain("error[unknown-round]");
  });

  test("shows the best of each round against Moore's law, and where rules changed", async () => {
    expect(await show(["gains", "--benchmark", "resnet", "--to", "v0.6"])).toMatchInlineSnapshot(`
      "exit 0
      resnet   4.87x from v0.5 to v0.6, best system   the rules changed in between

      round  published   minutes   gain  Moore  chips  kind            submitter  terms
      v0.5   2018-12-12    6.242  1.00x  1.00x    640  v100-sxm2-16gb  NVIDIA     on-premise
      v0.6   2019-07-10    1.282  4.87x  1.22x  1,024  tpu-v3          Google     cloud       !

      ! not comparable across v0.6, according to the compatibility table: since v0.6: higher target (.749 to .759) and changed initialization timing
      Moore's law (2x every 24 months) predicts 1.22x in the 0.57 years from v0.5 to v0.6; the gain is 3.99 times that; doubling time 3.0 months
      system size: 640 (v0.5), 1,024 (v0.6) accelerators; \`--per chip\` leaves it out
      v0.5: 80 of the 128 nodes in entry.json were used: https://github.com/mlcommons/training_results_v0.5/blob/main/v0.5.0/nvidia/submission/code/image_classification/mxnet/config_DGX1_multi.sh: DGXNNODES=80, DGXNGPU=8; each log has run_clear_caches 80 times

      next: pitwall gains --benchmark resnet --per chip   the same per chip"
    `);
  });

  test("names the benchmark that replaced one", async () => {
    const { stdout } = await pitwall(["gains", "--benchmark", "bert"]);
    expect(stdout).toContain("llama31_8b replaced bert in v5.1");
  });

  test("checks what was said in public, and finds nothing that differs", async () => {
    const { stdout, exitCode } = await pitwall(["gains", "--claims"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("49.19x if maskrcnn took 72.1 min, for which there is no result");
  });
});

describe("pitwall scaling", () => {
  test("distinguishes batch size and throughput", async () => {
    const words = ["scaling", "--benchmark", "gpt3", "--accelerator", "h100", "--round", "v3.1"];
    expect(await show(words)).toMatchInlineSnapshot(`
      "exit 0
      gpt3 on h100-sxm by NVIDIA   v3.1, fastest result of each size; 1 slower result of the same sizes excluded
      scales throughout: according to the fits, doubling from 10,752 would still give 1.84x the speed

       chips  minutes  speed-up  efficiency  samples    rate  batch  off fit: S      R  round  submitter
         512   58.30      1.00x      100.0%   100.0%  100.0%  2,048        0.0%  -4.1%  v3.1   NVIDIA
         768   40.63      1.44x       95.7%    96.0%   99.7%  3,072        0.0%   0.0%  v3.1   NVIDIA
       4,096    8.574     6.80x       85.0%   100.0%   85.0%  2,048        0.0%  +2.9%  v3.1   NVIDIA
       6,144    6.027     9.67x       80.6%    96.0%   84.0%  3,072        0.0%  +6.4%  v3.1   NVIDIA
       8,192    4.866    12.0x        74.9%    92.3%   81.1%  4,096        0.0%  +6.2%  v3.1   NVIDIA
      10,240    4.070    14.3x        71.6%   100.2%   71.5%  2,560       -2.2%  -4.1%  v3.1   NVIDIA
      10,752    3.917    14.9x        70.9%    99.7%   71.1%  2,688       -2.3%  -4.1%  v3.1   NVIDIA

      S: tokens needed = 1,107,296,256 + 49,152 x batch; double the base value at batch size 22,528; median residual 0.0%
      R: tokens per second = 1417 x chips^0.888 (an exponent of 1 is perfect); median residual 4.1%

      efficiency = samples x rate, relative to the smallest system of the same curve
      samples: samples to converge (larger batches need more); rate: samples/s per accelerator

      next: pitwall pareto --benchmark gpt3   time against cost"
    `);
  });

  test("says what there is where one size is too few", async () => {
    const words = ["scaling", "--benchmark", "gpt3", "--accelerator", "tpu-v5e", "--round", "v3.1"];
    expect(await show(words)).toMatchInlineSnapshot(`
      "exit 2
      error[too-few-sizes]: scaling requires results of at least two sizes of one accelerator and submitter
        only 4096 tpu-v5e of Google

      hint: remove filters, or include more rounds with \`--round 'v*'\`"
    `);
  });
});

describe("pitwall pareto", () => {
  test("shows the front without prices, and by what its members win", async () => {
    const words = ["pareto", "--benchmark", "gpt3", "--round", "v3.1", "--per", "system,chip"];
    expect(await show(words)).toMatchInlineSnapshot(`
      "exit 0
      gpt3   7 Pareto-optimal of 11 results in minutes, chip-min

      minutes  chip-min   chips  kind      submitter  round  terms            wins by
        3.917    42,117  10,752  h100-sxm  NVIDIA     v3.1   closed, cloud    fastest
        4.070    41,680  10,240  h100-sxm  NVIDIA     v3.1   closed, cloud    fastest up to 41,680 chip-min
        4.866    39,860   8,192  h100-sxm  NVIDIA     v3.1   closed, cloud    fastest up to 39,860 chip-min
        6.027    37,032   6,144  h100-sxm  NVIDIA     v3.1   closed, cloud    fastest up to 37,032 chip-min
        8.574    35,121   4,096  h100-sxm  NVIDIA     v3.1   closed, cloud    fastest up to 35,121 chip-min
       40.63     31,201     768  h100-sxm  NVIDIA     v3.1   closed, on-prem  fastest up to 31,201 chip-min
       58.30     29,851     512  h100-sxm  NVIDIA     v3.1   closed, on-prem  fewest chip-minutes

      next: pitwall results --benchmark gpt3 --per chip   all results, sorted"
    `);
  });

  test("names the accelerators without a price, and how to give one", async () => {
    const words = ["pareto", "--benchmark", "flux1", "--round", "v5.1"];
    const { stdout } = await pitwall(words);
    expect(stdout).toContain(
      "4 results excluded, no $: no price for the accelerator (gb300-nvl72); give one with --price gb300-nvl72=<$/h per accelerator>\n",
    );
    const price = ["--price", "gb300-nvl72=5"];
    expect((await pitwall([...words, ...price])).stdout).not.toContain("no price");
  });

  test("refuses a measure that is none", async () => {
    const { exitCode, stderr } = await pitwall([
      "pareto",
      "--benchmark",
      "gpt3",
      "--per",
      "system,dolar",
    ]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("did you mean `dollar`?")]);
  });
});
