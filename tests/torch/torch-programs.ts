import { execFile, spawnSync, type ChildProcess } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const torchPython = process.env["PITWALL_TORCH_PYTHON"] ?? "python3";
const folder = fileURLToPath(new URL("../../workloads/torch", import.meta.url));

/** Why the workloads for PyTorch cannot run here; empty if they can. */
export const missingTorch =
  spawnSync(torchPython, ["-c", "import torch, numpy"]).status === 0
    ? ""
    : ` (skipped: ${torchPython} has no torch and numpy)`;

/** Why py-spy cannot look at the programs of PyTorch here; empty if it can. */
export const missingPySpy =
  missingTorch !== "" || spawnSync(join(dirname(torchPython), "py-spy"), ["--version"]).status === 0
    ? missingTorch
    : ` (skipped: there is no py-spy beside ${torchPython})`;

/** PATH with the Python that has PyTorch first, as in an activated virtual environment. */
export const torchPath = torchPython.includes("/")
  ? `${dirname(torchPython)}:${process.env["PATH"]}`
  : (process.env["PATH"] ?? "");

/** The command of a workload on two ranks of this machine. */
export function onTwoRanks(program: string, ...options: string[]): string[] {
  const torchrun = ["-B", "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"];
  return [torchPython, ...torchrun, `${folder}/${program}`, ...options];
}

/** The command of a workload in one process. */
export function alone(program: string, ...options: string[]): string[] {
  return [torchPython, "-B", `${folder}/${program}`, ...options];
}

interface LogLine {
  key: string;
  value: unknown;
  metadata: Record<string, unknown>;
}

interface FinishedProgram {
  exitCode: number | null;
  output: string;
  log: LogLine[];
}

export interface RunningProgram {
  child: ChildProcess;
  /** Resolves at the first MLLOG line with this key. */
  reached(key: string): Promise<void>;
  ended: Promise<FinishedProgram>;
}

/** Starts a program; one thread per process keeps sums in the same order. */
export function startProgram(
  [program = "", ...words]: readonly string[],
  env: Record<string, string> = {},
): RunningProgram {
  let child: ChildProcess | undefined;
  const ended = new Promise<FinishedProgram>((resolve) => {
    child = execFile(
      program,
      words,
      { env: { ...process.env, OMP_NUM_THREADS: "1", ...env }, maxBuffer: 1 << 28 },
      (_, stdout, stderr) =>
        resolve({
          exitCode: child?.exitCode ?? null,
          output: stdout + stderr,
          log: logLines(stdout),
        }),
    );
  });
  if (child === undefined) throw new Error("the program was not started");
  const running = child;
  return {
    child: running,
    ended,
    reached: (key) =>
      new Promise((resolve) => {
        let text = "";
        running.stdout?.on("data", (piece) => {
          text += String(piece);
          if (text.includes(`"key": "${key}"`)) resolve();
        });
      }),
  };
}

function logLines(text: string): LogLine[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith(":::MLLOG "))
    .map((line) => JSON.parse(line.slice(":::MLLOG ".length)));
}

/** The evaluations of a log, by the number of training samples. */
export function curveOf({ log }: FinishedProgram): Map<unknown, unknown> {
  const evaluations = log.filter(({ key }) => key === "eval_accuracy");
  return new Map(evaluations.map(({ value, metadata }) => [metadata["samples_count"], value]));
}
