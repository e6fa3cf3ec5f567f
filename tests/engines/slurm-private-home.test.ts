import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { slurmLabMissing, startSlurmLab } from "../lab/slurm.ts";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { directoryOf, logOf, printed, resultIn, until } from "../support/recorded-run.ts";

const missing = slurmLabMissing();
if (missing !== undefined) console.warn(`skipping the tests of Slurm: ${missing}`);

/** Prints its place and a rising accuracy; `endless` goes on below the target. */
const program = `
import os, sys, time
rank = int(os.environ["RANK"])
print("rank", rank, "of", os.environ["WORLD_SIZE"], flush=True)
step = 0
while step < 3 or sys.argv[1:]:
    step += 1
    time.sleep(0.05)
    if rank == 0:
        print("val_acc=%.3f" % (0.5 if sys.argv[1:] else 0.3 * step + 0.1), flush=True)
`;

describe.skipIf(missing !== undefined)("on Slurm without a shared home folder", () => {
  test("follows a node through job steps, and copies its files", async () => {
    const lab = await startSlurmLab({ privateHome: "node2" });
    onTestFinished(() => lab.close());
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "train.py"), program);
    const words = ["run", "--on", "slurm", "--nodes", "2", "--launcher", "direct"];
    const ran = await pitwall([...words, "--target", "val_acc>=0.9", "--", "python3", "train.py"], {
      cwd,
      env: lab.env,
    });
    expect(ran.exitCode, printed(ran)).toBe(0);
    const directory = directoryOf(cwd) ?? "";
    expect(
      logOf(directory)
        .match(/rank \d of 2/gu)
        ?.toSorted(),
    ).toEqual(["rank 0 of 2", "rank 1 of 2"]);
    expect(resultIn(directory).findings).toEqual([]);

    const folder = temporaryFolder();
    writeFileSync(join(folder, "train.py"), program);
    const child = startPitwall(
      [...words, "--target", "val_acc>=0.9", "--", "python3", "train.py", "endless"],
      folder,
      lab.env,
    );
    const exited = once(child, "exit");
    const hasStarted = (text: string) => logOf(directoryOf(folder)).includes(text) || undefined;
    await until(() => hasStarted("rank 0 of 2") && hasStarted("rank 1 of 2"));
    const write = ["exec", "last", "--", "sh", "-c", "echo weights >$PITWALL_RUN_DIR/$RANK.pt"];
    const wrote = await pitwall(write, { cwd: folder, env: lab.env });
    expect(wrote.exitCode, printed(wrote)).toBe(0);
    // Of the first node, and of this machine with it, and of the second node through a job step.
    const fetched = await pitwall(["fetch", "last", "*.pt"], { cwd: folder, env: lab.env });
    expect(fetched.exitCode, printed(fetched)).toBe(0);
    const files = join(directoryOf(folder) ?? "", "files");
    expect([readdirSync(join(files, "nodes")), readdirSync(join(files, "node2"))]).toEqual([
      ["0.pt"],
      ["1.pt"],
    ]);
    const stopped = await pitwall(["stop", "last"], { cwd: folder, env: lab.env });
    expect(stopped.exitCode, printed(stopped)).toBe(0);
    await exited;
    const again = await pitwall(["fetch", "last"], { cwd: folder, env: lab.env });
    expect(again.exitCode, printed(again)).toBe(0);
  });
});
