import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { slurmLabMissing, startSlurmLab } from "../lab/slurm.ts";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { directoryOf, eventsOf, logOf, printed, resultIn, until } from "../support/recorded-run.ts";

const missing = slurmLabMissing();
if (missing !== undefined) console.warn(`skipping the tests of Slurm: ${missing}`);

/** Prints its place, its data and a rising accuracy; `endless` goes on below the target. */
const program = `
import os, sys, time
rank = int(os.environ["RANK"])
print("rank", rank, "of", os.environ["WORLD_SIZE"], "reads", open(os.environ["PITWALL_DATA"]).read(), flush=True)
step = 0
while step < 3 or sys.argv[1:]:
    step += 1
    time.sleep(0.05)
    if rank == 0:
        print("val_acc=%.3f" % (0.5 if sys.argv[1:] else 0.3 * step + 0.1), flush=True)
`;

describe.skipIf(missing !== undefined)("on Slurm without a shared file system", () => {
  test("sends code and data to the nodes, follows them through job steps, and copies their files", async () => {
    // Only node1 has the program and the data.
    const cwd = temporaryFolder();
    const lab = await startSlurmLab({ privateHome: "node2", hiddenFolder: cwd });
    onTestFinished(() => lab.close());
    writeFileSync(join(cwd, "train.py"), program);
    writeFileSync(join(cwd, "words.txt"), "one two");
    execFileSync("git", ["init", "-q"], { cwd });
    execFileSync("git", ["add", "train.py"], { cwd });
    const words = ["run", "--on", "slurm", "--nodes", "2", "--launcher", "direct", "--send-code"];
    const data = ["--data", "words.txt", "--set-up", "echo once >>set-up", "--price", "3600/h"];
    const target = ["--target", "val_acc>=0.9", "--", "python3", "train.py"];
    const ran = await pitwall([...words, ...data, ...target], { cwd, env: lab.env });
    expect(ran.exitCode, printed(ran)).toBe(0);
    const directory = directoryOf(cwd) ?? "";
    expect(
      logOf(directory)
        .match(/rank \d of 2 reads .*/gu)
        ?.toSorted(),
    ).toEqual(["rank 0 of 2 reads one two", "rank 1 of 2 reads one two"]);
    expect(stagedIn(directory)).toEqual(["WORDS sent", "WORDS sent", "code sent", "code sent"]);
    expect(readdirSync(directory)).not.toContain("code");
    const { findings, clock, dataMs = 0 } = resultIn(directory);
    expect(findings).toEqual([]);
    // The nodes are billed while they are prepared.
    expect(clock.billedMs).toBeCloseTo(clock.endedMs - clock.launchedMs + dataMs, 3);
    expect(dataMs).toBeGreaterThan(0);

    const child = startPitwall([...words, ...data, ...target, "endless"], cwd, lab.env);
    const exited = once(child, "exit");
    const runs = join(directory, "..");
    const second = await until(() =>
      readdirSync(runs)
        .map((name) => join(runs, name))
        .find((path) => path !== directory),
    );
    const hasStarted = (text: string) => logOf(second).includes(text) || undefined;
    await until(() => hasStarted("rank 0 of 2") && hasStarted("rank 1 of 2"));
    const reused = ["WORDS reused", "WORDS reused", "code reused", "code reused"];
    expect(stagedIn(second)).toEqual(reused);
    const write = ["exec", "last", "--", "sh", "-c", "cp set-up $PITWALL_RUN_DIR/$RANK.pt"];
    const wrote = await pitwall(write, { cwd, env: lab.env });
    expect(wrote.exitCode, printed(wrote)).toBe(0);
    // srun has nothing to say about a cluster that binds nothing to CPUs.
    expect(wrote.stderr).not.toContain("srun:");
    // Of the first node, and of this machine with it, and of the second node through a job step.
    const fetched = await pitwall(["fetch", "last", "*.pt"], { cwd, env: lab.env });
    expect(fetched.exitCode, printed(fetched)).toBe(0);
    const files = join(second, "files");
    expect([readdirSync(join(files, "nodes")), readdirSync(join(files, "node2"))]).toEqual([
      ["0.pt"],
      ["1.pt"],
    ]);
    expect(readFileSync(join(files, "node2/1.pt"), "utf8")).toBe("once\n");
    const stopped = await pitwall(["stop", "last"], { cwd, env: lab.env });
    expect(stopped.exitCode, printed(stopped)).toBe(0);
    await exited;
    const again = await pitwall(["fetch", "last"], { cwd, env: lab.env });
    expect(again.exitCode, printed(again)).toBe(0);
  });

  test("ends the job if Pitwall ends before the nodes are prepared", async () => {
    const cwd = temporaryFolder();
    const lab = await startSlurmLab({ nodeCount: 1 });
    onTestFinished(() => lab.close());
    const words = ["run", "--on", "slurm", "--send-code", "--sync", ".", "--set-up", "sleep 60"];
    writeFileSync(join(cwd, "x"), "");
    const child = startPitwall([...words, "--", "true"], cwd, lab.env);
    await until(() => {
      const directory = directoryOf(cwd);
      return directory !== undefined && stagedIn(directory).length > 0 ? true : undefined;
    });
    child.kill("SIGKILL");
    await until(async () => (await lab.run("squeue", "--noheader")) === "" || undefined);
    expect(logOf(directoryOf(cwd))).toBe("");
    const exec = await pitwall(["exec", "last", "--", "true"], { cwd, env: lab.env });
    expect(exec.stderr).toContain("error[job-unknown]");
  });
});

/** What was put on the nodes, and how. */
function stagedIn(directory: string): string[] {
  if (!existsSync(join(directory, "events.jsonl"))) return [];
  return eventsOf(directory)
    .flatMap((event) => (event.kind === "data-staged" ? [`${event.name} ${event.how}`] : []))
    .toSorted();
}
