import { execFile } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { errorMessage } from "../../foundation/error-code.ts";
import type { OutputStream } from "../launcher.ts";

const execute = promisify(execFile);

/** A pipe: the end to read from here, and the descriptor to give to a program. */
export interface OutputPipe {
  stream: OutputStream;
  reader: Socket;
  writerFd: number;
}

/**
 * Two real pipes for a program's output. What Node makes for a child is a pair of sockets, and
 * opening `/dev/stdout` or `/dev/stderr` fails on a socket: scripts with `> /dev/stderr` or
 * `tee /dev/stderr` would break under Pitwall only.
 *
 * Made from named pipes whose names are gone before this returns. The caller closes the writers
 * once the program has them.
 */
export async function makeOutputPipes(): Promise<
  { kind: "made"; pipes: OutputPipe[] } | { kind: "failed"; reason: string }
> {
  let directory: string | undefined;
  try {
    directory = await mkdtemp(join(tmpdir(), "pitwall-"));
    const paths = { stdout: join(directory, "stdout"), stderr: join(directory, "stderr") };
    await execute("mkfifo", ["-m", "600", paths.stdout, paths.stderr]);
    const pipes = [openPipe("stdout", paths.stdout), openPipe("stderr", paths.stderr)];
    return { kind: "made", pipes };
  } catch (error) {
    return { kind: "failed", reason: `no pipes for its output: ${errorMessage(error)}` };
  } finally {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }
}

/** Closes what makes a pipe end when the program ends; to be called once the program runs. */
export function closeWriters(pipes: readonly OutputPipe[]): void {
  for (const pipe of pipes) closeSync(pipe.writerFd);
}

function openPipe(stream: OutputStream, path: string): OutputPipe {
  // The reader first, without waiting for a writer; then the writer finds it and need not wait.
  const readerFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writerFd = openSync(path, constants.O_WRONLY);
  return {
    stream,
    reader: new Socket({ fd: readerFd, readable: true, writable: false }),
    writerFd,
  };
}
