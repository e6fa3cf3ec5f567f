import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parseWorkloadFile } from "../../src/store/read-workload-file.ts";
import type { RunPage } from "../../src/schema/run/run-page.ts";
import { pitwall } from "../support/pitwall.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pitwall-plan-file-"));
});

const machines = ["--accelerators", "h100-sxm", "--price", "h100-sxm=2"];
const small = ["llama32-1b", "--tokens", "2M", "--batch", "128K", ...machines, "--max-count", "1"];
const call = (words: readonly string[]) =>
  pitwall(words, { cwd: folder, env: { PITWALL_HOME: join(folder, "home") } });

describe("pitwall plan --yaml", () => {
  test("writes a file that `pitwall run` reads, with what it cannot know marked", async () => {
    const words = ["plan", "llama31-8b", "--tokens", "1B", ...machines, "--max-count", "32"];
    const framework = ["--objective", "time", "--for", "torchtitan"];
    const { exitCode } = await call([...words, ...framework, "--yaml", "titan.yaml"]);
    expect(exitCode).toBe(0);
    const text = await readFile(join(folder, "titan.yaml"), "utf8");
    const { plan, ...file } = parseWorkloadFile(text, "titan.yaml");
    expect(file).toMatchObject({
      on: "slurm",
      nodes: 4,
      nproc: 8,
      launcher: "torchrun",
      gres: "gpu:8",
      partition: "<fill in: a partition of the cluster>",
      price: "2/h/accelerator",
    });
    expect(file.command).toContain("<fill in: the name of llama31-8b there>");
    expect(file.target).toMatch(/^step >= \d+$/u);
    expect(plan).toMatchObject({ accelerator: "h100-sxm", count: 32, basis: "model" });
    expect(plan?.trainMs.p10).toBeLessThan(plan?.trainMs.p50 ?? 0);
    expect(plan?.trainMs.p50).toBeLessThan(plan?.timeMs.p50 ?? 0);
  });

  test("`pitwall run` says what is to be filled in, unless an option gives it", async () => {
    const shown = async (words: readonly string[]): Promise<string> => {
      const { exitCode, stderr } = await call(["run", "titan.yaml", ...words]);
      return `exit ${exitCode}\n${stderr}`.trimEnd();
    };
    expect(await shown([])).toMatchInlineSnapshot(`
      "exit 2
      error[workload-incomplete]: \`titan.yaml\` has 2 places to fill in
        at titan.yaml
        \`command\`: the name of llama31-8b there
        \`partition\`: a partition of the cluster

      hint: replace each \`<fill in: …>\` in the file, or give \`--partition …\`"
    `);
    expect(await shown(["--partition", "main"])).toMatchInlineSnapshot(`
      "exit 2
      error[workload-incomplete]: \`titan.yaml\` has 1 place to fill in
        at titan.yaml
        \`command\`: the name of llama31-8b there

      hint: replace each \`<fill in: …>\` in the file"
    `);
  });

  test("prints the file without a name, and takes another offer and place", async () => {
    const words = ["plan", "bert", ...machines, "--max-count", "16", "--offer", "1", "--yaml"];
    const { stdout } = await call([...words, "--on", "ssh"]);
    const file = parseWorkloadFile(stdout, "printed");
    expect(file).toMatchObject({
      on: "ssh",
      nproc: 8,
      hosts: "<fill in: 2 hosts, such as node1,node2 or a file of hosts>",
      target: "eval_accuracy >= 0.72",
    });
    expect(file.plan).toMatchObject({ basis: "published", count: 16 });
  });

  test("the record of a run keeps what the plan expects", async () => {
    await call(["plan", ...small, "--yaml", "small.yaml"]);
    const path = join(folder, "small.yaml");
    const text = await readFile(path, "utf8");
    const steps = Number(/target: "step >= (\d+)"/u.exec(text)?.[1]);
    const program = `for i in $(seq ${steps}); do echo "step: $i"; done`;
    await writeFile(path, text.replace(/^command: .*$/mu, `command: '${program}'`));
    const run = await call(["run", "small.yaml", "--json"]);
    expect(run.exitCode).toBe(0);
    const [runId] = /llama32-1b-1xh100-sxm-[^"]*-1(?=")/u.exec(run.stdout) ?? [];
    const record = await readFile(join(folder, "home", "runs", runId ?? "", "run.json"), "utf8");
    expect(JSON.parse(record)).toMatchObject({
      plan: { goal: "llama32-1b on 2 M tokens", accelerator: "h100-sxm", count: 1 },
    });
    const shown = await call(["show", "last", "--json"]);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests/cli/json-documents.test.ts validates it
    const { result } = JSON.parse(shown.stdout) as { result: { runs: RunPage[] } };
    const comparison = result.runs[0]?.planComparison;
    expect(comparison?.parts.map(({ part }) => part)).toEqual([
      "trainTime",
      "stepTime",
      "samples",
      "cost",
    ]);
    expect(comparison?.parts.find(({ part }) => part === "samples")).toMatchObject({
      got: steps * 16,
      how: "steps times the batch size",
    });
    expect(comparison?.notMeasured).toEqual(["start", "evaluation", "energy", "goodput"]);
    expect((await call(["show", "last"])).stdout).toContain(
      "against the plan: llama32-1b on 2 M tokens on 1 x h100-sxm",
    );
  });

  test("`plan --from` knows model and layout of the run from the settings of the file", async () => {
    const where = ["--accelerator", "h100-sxm", "--count", "1"];
    const { stdout } = await call(["plan", "--from", "last", ...where]);
    expect(stdout).toMatch(/^settings +llama32-1b, batch 16, tp 1, pp 1, .*bf16, megatron$/mu);
    expect(stdout).not.toContain("not shown by the log: step times");
  });

  test.each([
    { name: "an offer that the plan does not have", words: ["--offer", "99"] },
    { name: "a place without a file", words: ["--on", "slurm"] },
    { name: "two answers on standard output", words: ["--yaml", "--json"] },
    { name: "a file that exists", words: ["--yaml", "titan.yaml"] },
  ])("refuses $name", async ({ words }) => {
    const { exitCode, stdout, stderr } = await call(["plan", ...small, ...words]);
    expect(`exit ${exitCode}\n${stdout}${stderr}`.replaceAll(folder, "<folder>")).toMatchSnapshot(
      "refusal",
    );
  });
});
