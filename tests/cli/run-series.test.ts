import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isAlive } from "../support/process-table.ts";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";

/** Reaches its target, except with seed 2 in its first attempt. */
const program = `
import { existsSync, writeFileSync } from "node:fs";
const seed = Number(process.argv[2]);
console.log("val_acc=0.5");
if (seed === 2 && !existsSync("tried")) {
  writeFileSync("tried", "");
  console.error("CUDA error: device lost");
  process.exit(7);
}
console.log("val_acc=0.95" + seed);
`;

function folderWithProgram(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "train.mjs"), program);
  return cwd;
}

const command = ["--target", "val_acc>=0.94", "--runs", "3", "--", "node", "train.mjs", "{seed}"];

describe("pitwall run", () => {
  test("marks warm-ups and retried attempts on the card", async () => {
    const cwd = folderWithProgram();
    const options = ["--warmup", "1", "--retries", "1", "--price", "12/h"];
    const { stdout, exitCode } = await pitwall(["run", ...options, ...command], { cwd });
    expect(exitCode).toBe(0);
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("train   3 runs, 2 dropped, 1 attempt retried, 1 warm-up not counted");
    const rows = lines.filter((line) => /^ +\d +\d /u.test(line));
    expect(rows.map((row) => row.replace(/^ +(\d) +(\d) .* {2}/u, "$1 $2 "))).toEqual([
      "1 1 reached, warm-up: not counted",
      expect.stringMatching(/^2 1 reached/u),
      "3 2 failed, exit code 7, retried as run 4",
      expect.stringMatching(/^4 2 reached/u),
      expect.stringMatching(/^5 3 reached/u),
    ]);
    const { stdout: list } = await pitwall(["runs"], { cwd });
    expect(list.match(/reached \(warm-up\)|reached \(retry\)/gu)).toEqual([
      "reached (warm-up)",
      "reached (retry)",
    ]);
  });

  test("runs a command before each run, with the variables of the run", async () => {
    const cwd = folderWithProgram();
    const prepare = 'echo "{seed} $PITWALL_SEED $(basename $PITWALL_RUN_DIR)"; touch tried';
    await pitwall(["run", "--prepare", prepare, ...command], { cwd });
    const runs = join(cwd, "home", "runs");
    const logs = readdirSync(runs).map((id) => readFileSync(join(runs, id, "prepare.log"), "utf8"));
    expect(logs).toEqual(readdirSync(runs).map((id, index) => `${index + 1} ${index + 1} ${id}\n`));
  });

  test("does not start the program after a command that fails, and leaves no process", async () => {
    const cwd = folderWithProgram();
    const prepare = 'sleep 60 & echo "$!" > pid; echo no space left; exit 4';
    const one = ["--target", "val_acc>=0.94", "--", "node", "train.mjs", "1"];
    const ran = await pitwall(["run", "--prepare", prepare, ...one], { cwd });
    const { stdout, stderr, exitCode } = ran;
    expect(transcript({ exitCode, stdout: stdout.replace(/ +prepare .*\n/u, ""), stderr }, cwd))
      .toMatchInlineSnapshot(`
      "exit 3
      stdout:
      train   1 run

        time to train   none
        target          val_acc >= 0.94, failed, exit code 4
        cost            no price was given

      warning: the command of \`--prepare\` ended with exit code 4, so the program was not started
        hint: its output is in \`prepare.log\` of the record

      next: pitwall show train-<id>-1 --log   shows the program's output
            pitwall show train-<id>-1         shows the full record
      stderr:
      train: run 1 of 1, seed 1, record in <folder>/home/runs/train-<id>-1
        preparing: sleep 60 & echo "$!" > pid; echo no space left; exit 4
      run 1/1 failed, exit code 4

      warning: last lines of the program's output:
        no space left"
    `);
    const pid = Number(readFileSync(join(cwd, "pid"), "utf8"));
    expect(isAlive(pid)).toBe(false);
    const shown = await pitwall(["show", "last", "--json"], { cwd });
    expect(JSON.parse(shown.stdout).result.runs[0]).toMatchObject({
      integrity: { kind: "intact" },
      verdictDifferences: [],
      result: { findings: [{ rule: "prepare-failed", exitCode: 4 }] },
    });
  });

  test("keeps the reason why a series stopped, for show", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "fail.mjs"), 'console.error("no GPU"); process.exit(2);');
    const words = ["run", "--target", "val_acc>=0.94", "--runs", "5", "--name", "broken", "--"];
    const ran = await pitwall([...words, "node", "fail.mjs"], { cwd });
    expect(ran.exitCode).toBe(4);
    const { stdout } = await pitwall(["show", "broken"], { cwd });
    expect(stdout).toContain(
      "no score: stopped after 2 of 5 runs died with the same error: exit code 2, `no GPU`",
    );
  });

  test.each([
    { words: ["--prepare", " "], code: "prepare-invalid" },
    { words: ["--warmup", "-1"], code: "option-invalid" },
    { words: ["--retries", "x"], code: "option-invalid" },
  ])("refuses $words", async ({ words, code }) => {
    const ran = await pitwall(["run", "--json", ...words, ...command]);
    expect(ran.exitCode).toBe(2);
    expect(JSON.parse(ran.stdout).error.code).toBe(code);
  });
});
