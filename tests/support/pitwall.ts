import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** The built program; `npm test` builds it first. */
export const bin = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));

/** An empty folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Ran {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built program to its end in a folder of its own. */
export function pitwall(
  words: readonly string[],
  { cwd = temporaryFolder(), env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [bin, ...words],
      { cwd, env: { ...plainEnvironment(cwd), ...env }, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : child.exitCode;
        resolve({ exitCode, stdout, stderr });
      },
    );
  });
}

/** Starts the built program and leaves it running; it is killed when the test ends. */
export function startPitwall(
  words: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): ChildProcess {
  const child = spawn(process.execPath, [bin, ...words], {
    cwd,
    env: { ...plainEnvironment(cwd), ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

function plainEnvironment(cwd: string): Record<string, string> {
  const { PATH = "" } = process.env;
  return { PATH, HOME: cwd, PITWALL_HOME: join(cwd, "home"), NO_COLOR: "1", PWD: cwd };
}

/** What a reader sees, exit code first; what differs from run to run is masked. */
export function transcript(ran: Ran, cwd?: string): string {
  const parts = [`exit ${ran.exitCode}`];
  if (ran.stdout !== "") parts.push(`stdout:\n${mask(ran.stdout, cwd).trimEnd()}`);
  if (ran.stderr !== "") parts.push(`stderr:\n${mask(ran.stderr, cwd).trimEnd()}`);
  return parts.join("\n");
}

function mask(text: string, cwd: string | undefined): string {
  return (cwd === undefined ? text : text.replaceAll(cwd, "<folder>"))
    .replaceAll(/\d{8}-\d{6}-[a-z0-9]{4}/gu, "<id>")
    .replaceAll(/\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?/gu, "<date>")
    .replaceAll(/[\d.,]+ (?:ms|s|min|h)\b(?: \d+ (?:s|min))?/gu, "<time>")
    .replaceAll(/[\d.,]+ [kMG]?(?:J|Wh|W|B)\b(?: \([^)]*\))?/gu, "<amount>")
    .replaceAll(/\$[\d.,]+/gu, "<usd>")
    .replaceAll(/[\d.,]+ samples\/s/gu, "<rate>")
    .replaceAll(/[\d.]+ CPU-seconds/gu, "<cpu>")
    .replaceAll(/ {2,}(?=<)/gu, "  ");
}
