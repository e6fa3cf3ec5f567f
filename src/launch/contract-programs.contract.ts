import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Exit, LaunchOptions, OutputStream } from "./launcher.ts";

/** The programs of the contract of launch targets: `whole` ends by itself, `endless` when it is stopped. */
export type ContractProgram = "whole" | "endless" | "missing";

const lineCount = 200;
const longLineBytes = 200_000;

/** Arguments and a variable that a shell on the way would change. */
const oddWords = ["two words", "", "$HOME", "*", 'it\'s "quoted"', "größer", "a\nb", "\\n"];
const oddText = " $HOME `x` 'é' \n \"# ";

/**
 * Every rank of `whole` prints lines to both streams, what it was given, all byte values, a long line and an unfinished one. They end
 * once they may, at the same time, and those that fail last. Every rank of `endless` prints numbered lines and starts a child that ignores SIGTERM;
 * even ranks end on SIGTERM, odd ones do not.
 */
const programText = `
import json, os, signal, subprocess, sys, time
kind, token, meeting = sys.argv[1:4]
rank, world = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))

def put(stream, data):
    stream.buffer.write(data)
    stream.flush()

def meet(name, count):
    open(os.path.join(meeting, name + str(rank)), "w").close()
    while len([each for each in os.listdir(meeting) if each.startswith(name)]) < count:
        time.sleep(0.01)

def whole():
    for line in range(${lineCount}):
        put(sys.stdout, b"rank %d line %d\\n" % (rank, line))
        put(sys.stderr, b"rank %d warning %d\\n" % (rank, line))
    given = [rank, world, sys.argv[4:], os.environ["CONTRACT_TEXT"]]
    put(sys.stdout, json.dumps(given).encode() + b"\\n")
    put(sys.stdout, bytes(range(256)) + b"\\n")
    put(sys.stdout, b"x" * ${longLineBytes} + b"\\n")
    put(sys.stderr, b"the end of %d" % rank)
    while not os.path.exists(os.path.join(meeting, "may end")):
        time.sleep(0.01)
    meet("arrived", world)
    if world > 1 and rank == 0:
        meet("clean", 1)
        sys.exit(0)
    while world > 1 and not os.path.exists(os.path.join(meeting, "clean0")):
        time.sleep(0.01)
    if world > 1 and rank == world - 1:
        os.kill(os.getpid(), signal.SIGSEGV)
    sys.exit(rank + 7)

def endless():
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1) if rank % 2 == 0 else None)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1000)"
    null = subprocess.DEVNULL
    subprocess.Popen([sys.executable, "-c", deaf, token], start_new_session=True, stdout=null, stderr=null)
    line = 0
    while not stopped:
        put(sys.stdout, b"rank %d line %d\\n" % (rank, line))
        line += 1
        time.sleep(0.02)
    put(sys.stdout, b"rank %d stopped\\n" % rank)
    os._exit(0)

whole() if kind == "whole" else endless()
`;

/** What a rank of `whole` writes, per stream. */
export function wholeOutput(rank: number, worldSize: number): Record<OutputStream, Buffer> {
  const lines = (word: string): string =>
    Array.from({ length: lineCount }, (_, line) => `rank ${rank} ${word} ${line}\n`).join("");
  const given = pythonJson([rank, worldSize, oddWords, oddText]);
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const parts = [`${lines("line")}${given}\n`, bytes, `\n${"x".repeat(longLineBytes)}\n`];
  return {
    stdout: Buffer.concat(parts.map((part) => Buffer.from(part))),
    stderr: Buffer.from(`${lines("warning")}the end of ${rank}`),
  };
}

/** As `json.dumps` writes it. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  return JSON.stringify(value).replaceAll(
    /[^ -~]/gu,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** How a rank of `whole` ends. */
export function wholeExit(rank: number, worldSize: number): Exit {
  if (worldSize > 1 && rank === worldSize - 1) return { kind: "signalled", signal: "SIGSEGV" };
  return { kind: "exited", exitCode: worldSize > 1 && rank === 0 ? 0 : rank + 7 };
}

export interface ContractJob {
  command: readonly string[];
  options: LaunchOptions;
  /** Lets the ranks of `whole` end. */
  mayEnd(): void;
  /** Processes of its program on this machine, whatever namespace they are in. */
  processes(): string[];
}

/** A checkout with one of the programs, in folders with blanks in their names, and the request to run it. */
export function contractJob(
  program: ContractProgram,
  env: Readonly<Record<string, string | undefined>>,
  onEnd: (remove: () => void) => void,
): ContractJob {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-contract-"));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  const token = `contract-${randomBytes(6).toString("hex")}`;
  const [code, meeting] = [join(folder, "a project"), join(folder, "a meeting")];
  const runDirectory = join(folder, "runs", token);
  for (const each of [code, meeting, runDirectory]) mkdirSync(each, { recursive: true });
  writeFileSync(join(code, "train it.py"), programText);
  execFileSync("git", ["init", "-q"], { cwd: code });
  execFileSync("git", ["add", "."], { cwd: code });
  const python = program === "missing" ? "no such python" : "python3";
  const programEnv = { CONTRACT_TEXT: oddText };
  return {
    command: [python, "train it.py", program, token, meeting, ...oddWords],
    options: {
      cwd: code,
      env: { ...env, ...programEnv },
      programEnv,
      runDirectory,
      seed: 1,
      tickMs: 1000,
    },
    mayEnd: () => writeFileSync(join(meeting, "may end"), ""),
    processes: () => processesWith(token),
  };
}

/** Command lines that have a word among their arguments. */
function processesWith(word: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .map(argumentsOf)
    .filter((words) => words.includes(word))
    .map((words) => words.join(" "));
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    // The process has ended in the meantime.
    return [];
  }
}
