import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { isOnPath } from "../is-on-path.ts";
import { type GpuEnergy, trackGpuEnergy } from "./gpu-joules.ts";
import { type GpuRow, knownFields, type NvidiaField, parseGpuLine } from "./parse-nvidia-smi.ts";

const run = promisify(execFile);

export interface NvidiaMeterOptions {
  /** Program to run, `nvidia-smi`. */
  program?: string | undefined;
  intervalMs?: number | undefined;
  /** The time without output after which the program is stopped, 10 s; loading the driver takes a while. */
  patienceMs?: number | undefined;
  /** UUIDs of the GPUs that the run uses; undefined is all. */
  gpuUuids?: readonly string[] | undefined;
  /** Milliseconds from a clock that never steps. */
  now?: (() => number) | undefined;
}

export interface NvidiaMeter {
  /** The newest reading of each GPU, in order of index; empty until there is one. */
  latest(): readonly GpuRow[];
  /** Since the first reading; undefined if energy is unknown. */
  energy(): GpuEnergy | undefined;
  /** Why there are no readings, or no further readings. */
  reason(): string | undefined;
  /** Ends the program. Figures stay readable. */
  stop(): void;
}

/**
 * Follows the NVIDIA GPUs of a run through one long-lived nvidia-smi that prints a line per GPU and
 * interval; starting it for each reading would cost about one CPU second each time. It does not keep
 * the event loop alive, and a program that hangs is killed.
 */
export function startNvidiaMeter(options: NvidiaMeterOptions = {}): NvidiaMeter {
  const { program = "nvidia-smi", intervalMs = 1000, patienceMs = 10_000 } = options;
  const now = options.now ?? (() => performance.now());
  const newest = new Map<string, GpuRow>();
  const energy = trackGpuEnergy();
  let end: (() => void) | undefined;
  let reason: string | undefined;
  let isStopped = false;

  function take(line: string, fields: readonly NvidiaField[]): void {
    const row = parseGpuLine(line, fields);
    if (row === undefined) {
      if (newest.size === 0 && line.trim() !== "")
        reason = `\`${program}\` printed: ${line.trim()}`;
      return;
    }
    if (options.gpuUuids?.includes(row.uuid) === false) return;
    reason = undefined;
    newest.set(row.uuid, row);
    energy.add(row, now());
  }

  function stop(): void {
    isStopped = true;
    end?.();
    end = undefined;
  }

  function follow(fields: readonly NvidiaField[]): void {
    if (isStopped) return;
    const query = [`--query-gpu=${fields.join(",")}`, "--format=csv,noheader,nounits"];
    end = followLines([program, ...query, "-lms", String(intervalMs)], patienceMs, {
      onLine: (line) => take(line, fields),
      onEnd: (why) => {
        if (isStopped) return;
        reason ??= why;
        stop();
      },
    });
  }

  void askFields(program, patienceMs).then((known) => {
    if (known.kind === "known") follow(known.fields);
    else reason = known.reason;
  });
  return {
    latest: () => [...newest.values()].toSorted((a, b) => a.index - b.index),
    energy: () => energy.total(),
    reason: () => reason,
    stop,
  };
}

type FieldAnswer =
  | { kind: "known"; fields: readonly NvidiaField[] }
  | { kind: "absent"; reason: string };

async function askFields(program: string, timeoutMs: number): Promise<FieldAnswer> {
  if (!isOnPath(program)) return { kind: "absent", reason: `\`${program}\` not found` };
  const asking = run(program, ["--help-query-gpu"]);
  letGo(asking.child);
  // Not execFile's own time limit: its timer would hold the event loop.
  const patience = setTimeout(() => asking.child.kill("SIGKILL"), timeoutMs);
  patience.unref();
  try {
    return { kind: "known", fields: knownFields((await asking).stdout) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ("code" in error && error.code === "ENOENT") {
      return { kind: "absent", reason: `\`${program}\` not found` };
    }
    const isKilled = "killed" in error && error.killed === true;
    const how = isKilled ? `did not answer in ${timeoutMs} ms` : `failed: ${error.message.trim()}`;
    return { kind: "absent", reason: `\`${program}\` ${how}` };
  } finally {
    clearTimeout(patience);
  }
}

/** Starts a program and passes on its lines; kills it if it is silent too long. Returns a function that ends it. */
function followLines(
  [program = "", ...args]: readonly string[],
  patienceMs: number,
  { onLine, onEnd }: { onLine: (line: string) => void; onEnd: (why: string) => void },
): () => void {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  const silence = setTimeout(() => {
    onEnd(`\`${program}\` said nothing for ${patienceMs} ms`);
  }, patienceMs);
  silence.unref();
  child.on("error", (error) => onEnd(`\`${program}\` failed: ${error.message}`));
  // Not "exit": the last lines may still be in the pipe then.
  child.on("close", (code) => {
    clearTimeout(silence);
    onEnd(`\`${program}\` ended with exit code ${code ?? "none"}`);
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    silence.refresh();
    onLine(line);
  });
  letGo(child);
  return () => {
    clearTimeout(silence);
    child.kill("SIGKILL");
  };
}

/** Neither the program nor its pipe keeps this process alive. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null && "unref" in stream && typeof stream.unref === "function") stream.unref();
  }
}
