import { readFileSync } from "node:fs";
import { exitCodes, type Face } from "./cli/command-table.ts";
import { main } from "./cli/main.ts";
import { colorChoice, screenOf } from "./cli/terminal/terminal.ts";
import { SignalReceived } from "./foundation/errors/signal-received.ts";

const words = process.argv.slice(2);

/**
 * Runs Pitwall with the arguments of this process.
 *
 * @param binPath the file that starts this program again
 */
export async function runProgram(binPath: string): Promise<void> {
  // `pitwall runs | head` closes the pipe early, which is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.yes);
    throw error;
  });
  try {
    process.exitCode = await main(words, await makeFace(binPath));
  } catch (error) {
    const trace = error instanceof Error ? error.stack : String(error);
    const err = await screenOf(process.stderr, colorChoice(words), process.env);
    err.write(
      `error[bug]: internal error\n${trace ?? ""}\n\nhint: please report this error with the command and the lines above\n`,
    );
    process.exitCode = exitCodes.ourBug;
  }
}

async function makeFace(binPath: string): Promise<Face> {
  const color = colorChoice(words);
  const interrupt = interruptSignal();
  return {
    out: await screenOf(process.stdout, color, process.env),
    err: await screenOf(process.stderr, color, process.env),
    env: process.env,
    cwd: process.cwd(),
    nowMs: steadyNowMs(),
    interrupt,
    onCheckpointRequest: (listener) => {
      process.on("SIGUSR1", listener);
      return () => void process.off("SIGUSR1", listener);
    },
    ask: async (question) => {
      const { askOnTerminal } = await import("./cli/terminal/ask-on-terminal.ts");
      return askOnTerminal(question, interrupt);
    },
    self: [process.execPath, binPath],
    version: readVersion(),
    startDashboard: async (request) => {
      const { serveDashboard } = await import("./server/serve-dashboard.ts");
      return serveDashboard(request);
    },
  };
}

/** Milliseconds since the epoch that never decrease: the wall clock read once, then a monotonic clock. */
function steadyNowMs(): () => number {
  const originMs = Date.now() - steadyMs();
  return () => Math.round((originMs + steadyMs()) * 1000) / 1000;
}

/** Not performance.now(): its first call loads modules that few commands need. */
function steadyMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The first Ctrl-C (or SIGTERM) requests a stop; the second quits at once, and the watchdog ends the run. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new SignalReceived(signal));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  return controller.signal;
}

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const found: unknown = JSON.parse(text);
  const hasVersion = typeof found === "object" && found !== null && "version" in found;
  return hasVersion ? String(found.version) : "unknown";
}
