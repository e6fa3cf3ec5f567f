import { execFile } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { errorMessage } from "../../foundation/errors/error-code.ts";
import type { OutputStream } from "../launcher.ts";

const execute = promisify(execFile);

/** A pipe: the end to read, and the descriptor to pass to a program. */
export interface OutputPipe {
  stream: OutputStream;
  reader: Socket;
  writerFd: number;
}

/**
 * Two pipes for a program's output. Node.js creates sockets for a child's output, and opening
 * `/dev/stdout` or `/dev/stderr` fails on a socket: scripts with `> /dev/stderr` or
 * `tee /dev/stderr` would fail only under Pitwall.
 *
 * Created as named pipes whose names are removed before this returns. The caller closes the write
 * ends once the program has them.
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

/** Closes the write ends, so that the pipes end with the program. Call it once the program runs. */
export function closeWriters(pipes: readonly OutputPipe[]): void {
  for (const pipe of pipes) closeSync(pipe.writerFd);
}

function openPipe(stream: OutputStream, path: string): OutputPipe {
  // Opens the read end first, without blocking; opening the write end then does not block either.
  const readerFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writerFd = openSync(path, constants.O_WRONLY);
  return {
    stream,
    reader: new Socket({ fd: readerFd, readable: true, writable: false }),
    writerFd,
  };
}
