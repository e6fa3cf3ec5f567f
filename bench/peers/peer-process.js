// One peer as a child process that answers one JSON line per request.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Starts a peer and waits until it has loaded its model.
 *
 * @throws Error with the last line of its standard error if it exits before it is ready
 */
export async function startPeer(name, program, args) {
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "pipe"],
    // One thread each: the ratio is per CPU-second, and spinning idle threads would use CPU time.
    env: { ...process.env, OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" },
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors = (errors + text).slice(-10_000);
  });
  // The exit is detected as the end of its output; a failed start has no output.
  const closed = new Promise((resolve) => {
    child.once("error", (error) => {
      errors += error.message;
      resolve();
    });
    child.once("close", resolve);
  });
  child.stdin.on("error", () => {
    // The peer has exited; `nextLine` reports the missing response.
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  async function nextLine() {
    const line = await Promise.race([lines.next(), closed]);
    if (line?.value === undefined) {
      await closed;
      throw new Error(`${name} ended: ${gist(errors)}`);
    }
    return JSON.parse(line.value);
  }
  async function ask(request) {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return nextLine();
  }
  async function stop() {
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  }
  const { ready } = await nextLine();
  return { name, description: ready, ask, stop };
}

/** The line of a stack trace that names the error. */
function gist(text) {
  const lines = text.trim().split("\n");
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? "";
}
