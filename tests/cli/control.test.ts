import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { documentOf } from "../../src/cli/reference/json-documents.ts";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";

const waiting = ["run", "--name", "first try", "--", "sh", "-c", "echo ready; exec sleep 600"];

describe("commands about a run of this machine", () => {
  test("stop ends it, counts its processes and closes its record", async () => {
    const cwd = temporaryFolder();
    const child = await startRun(cwd, waiting);
    const exited = once(child, "exit");
    const stopped = await pitwall(["stop", "last", "--json"], { cwd });
    expect(stopped, stopped.stderr).toMatchObject({ exitCode: 0 });
    const document = JSON.parse(stopped.stdout);
    expect(documentOf("stop")?.safeParse(document).error?.issues ?? []).toEqual([]);
    expect(document.result).toMatchObject({ endedCount: 1, outcome: "interrupted" });
    expect((await exited)[0]).toBe(130);
    const again = await pitwall(["stop", "last"], { cwd });
    expect(again).toMatchObject({ exitCode: 2 });
    expect(again.stderr).toContain("run-not-running");
  });

  test("exec runs beside it, in its folder and environment, and gives the worst exit code", async () => {
    const cwd = temporaryFolder();
    await startRun(cwd, waiting);
    const words = ["exec", "last", "--", "sh", "-c", "echo $PITWALL_RUN_DIR; pwd; exit 5"];
    const ran = await pitwall(words, { cwd });
    expect(ran.exitCode).toBe(5);
    const lines = ran.stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^\S+ +\/.*\/home\/runs\/first-try-/u);
    expect(lines[1]).toContain(cwd);
    const json = await pitwall(["exec", "last", "--json", "--", "echo", "a b"], { cwd });
    const document = JSON.parse(json.stdout);
    expect(documentOf("exec")?.safeParse(document).error?.issues ?? []).toEqual([]);
    expect(document.result.hosts).toMatchObject([{ exitCode: 0, stdout: "a b\n" }]);
  });

  test("attach follows it to its end while its Pitwall is alive", async () => {
    const cwd = temporaryFolder();
    const script = "echo acc=0.5; while [ ! -e go ]; do sleep 0.05; done; echo acc=0.95";
    await startRun(cwd, ["run", "--target", "acc>=0.9", "--", "sh", "-c", script]);
    const attaching = startPitwall(["attach", "last"], cwd);
    const printed = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      attaching[name]?.setEncoding("utf8").on("data", (text: string) => {
        printed[name] += text;
      });
    const closed = once(attaching, "close");
    await expect.poll(() => printed.stdout, { timeout: 30_000 }).toContain("acc=0.5\n");
    await pitwall(["exec", "last", "--", "touch", "go"], { cwd });
    expect((await closed)[0], printed.stderr).toBe(0);
    expect(printed.stdout).toContain("time to train");
    const ended = await pitwall(["attach", "last"], { cwd });
    expect(ended).toMatchObject({ exitCode: 2 });
    expect(ended.stderr).toContain("run-ended");
  });

  test.each([
    { words: ["stop", "no such run"], code: "unknown-run" },
    { words: ["attach", "no such run"], code: "unknown-run" },
    { words: ["exec", "no such run", "--", "true"], code: "unknown-run" },
    { words: ["fetch", "no such run"], code: "unknown-run" },
    { words: ["exec", "last"], code: "command-missing" },
    { words: ["ssh", "last"], code: "terminal-missing" },
  ])("refuses $words", async ({ words, code }) => {
    const ran = await pitwall(words);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(`error[${code}]`);
  });

  test("show --ranks prints the command of each rank as a line that repeats it", async () => {
    const cwd = temporaryFolder();
    const program = 'echo "$LR $RANK"; exit 0';
    const more = ["--nproc", "2", "--launcher", "direct", "--env", "LR=0.1 or so"];
    await pitwall(["run", ...more, "--", "sh", "-c", program], { cwd });
    const shown = await pitwall(["show", "last", "--ranks"], { cwd });
    expect(shown, shown.stderr).toMatchObject({ exitCode: 0 });
    const lines = shown.stdout.split("\n");
    expect(lines.filter((line) => line.startsWith("rank "))).toEqual([
      expect.stringMatching(/^rank 0 on \S+: exited with code 0$/u),
      expect.stringMatching(/^rank 1 on \S+: exited with code 0$/u),
    ]);
    const commands = lines.filter((line) => line.startsWith("cd "));
    const outputs = commands.map((line) => execFileSync("sh", ["-c", line], { encoding: "utf8" }));
    expect(outputs).toEqual(["0.1 or so 0\n", "0.1 or so 1\n"]);
  });

  test("serve --tunnel prints the ssh command for another machine", async () => {
    const server = startPitwall(["serve", "--port", "0", "--tunnel", "--json"], temporaryFolder());
    const [first] = await once(server.stdout ?? server, "data");
    const document = JSON.parse(String(first));
    expect(documentOf("serve")?.safeParse(document).error?.issues ?? []).toEqual([]);
    const port = new URL(document.result.url).port;
    expect(document.result.tunnel).toContain(`ssh -N -L ${port}:127.0.0.1:${port} `);
  });

  test("a run that has ended has no shell, and its files are in its record", async () => {
    const cwd = temporaryFolder();
    await pitwall(["run", "--", "sh", "-c", "echo done"], { cwd });
    const exec = await pitwall(["exec", "last", "--", "true"], { cwd });
    expect(exec.stderr).toContain("error[run-ended]");
    const fetch = await pitwall(["fetch", "last"], { cwd });
    expect(fetch.stderr).toContain("error[files-here]");
  });
});

/** Starts a run and waits for its first output. */
async function startRun(cwd: string, words: readonly string[]) {
  const child = startPitwall(words, cwd);
  const runs = join(cwd, "home", "runs");
  const hasOutput = (): boolean =>
    existsSync(runs) &&
    readdirSync(runs).some((run) => {
      const log = join(runs, run, "log.txt");
      return existsSync(log) && readFileSync(log, "utf8") !== "";
    });
  while (!hasOutput()) await delay(20);
  return child;
}
