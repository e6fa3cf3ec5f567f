import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { onTestFinished } from "vitest";
import { bin } from "../../support/pitwall.ts";

/** A running `pitwall serve`. */
export interface Served {
  /** `http://127.0.0.1:41234`, without a trailing slash. */
  origin: string;
  port: number;
  stop: () => Promise<void>;
}

/** Environment variables of the built program. */
export function environmentOf(home: string): Record<string, string> {
  const { PATH = "" } = process.env;
  return { PATH, HOME: home, PITWALL_HOME: home, NO_COLOR: "1" };
}

/** Starts the built server for a home; it is killed when the test ends. */
export async function serve(home: string, port?: number): Promise<Served> {
  const at = port ?? (await freePort());
  const child = spawn(process.execPath, [bin, "serve", "--port", String(at)], {
    cwd: home,
    env: environmentOf(home),
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const address = await firstLine(child);
  return { origin: new URL(address).origin, port: at, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGINT");
  await once(child, "exit");
}

/** Resolves to the address that the server prints first. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (bytes: Buffer) => {
      stdout += bytes.toString();
      const address = /http:\/\/\S+/u.exec(stdout)?.[0];
      if (address !== undefined) resolve(address);
    });
    child.stderr?.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
    child.on("exit", (code) => reject(new Error(`serve ended with ${code}: ${stdout}${stderr}`)));
  });
}

/** Finds a free port. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
