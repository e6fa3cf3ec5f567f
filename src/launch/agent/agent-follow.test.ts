import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const agentFile = resolve("agent/pitwall_agent.py");

test("a stop that arrives before the agent listens ends the job once it does", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-follow-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // An agent that has just started has opened this file and nothing else.
  writeFileSync(join(folder, "frames"), "");
  const follower = spawn("python3", ["-S", agentFile, "follow", folder, "0"]);
  let said = "";
  follower.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
  follower.stdin.write("stop 0\nping x\n");
  // The answer follows the stop.
  while (!said.startsWith("p ")) await once(follower.stdout, "data");
  const starter = { command: ["sleep", "600"], env: {}, ranks: [0], isRank: true };
  const env = { PITWALL_RUN_DIR: join(folder, "run") };
  const job = { name: "early-stop", cwd: folder, env, starters: [starter], tether: false };
  writeFileSync(join(folder, "job.json"), JSON.stringify(job));
  const agent = spawn("python3", ["-S", agentFile, "run", folder], { stdio: "ignore" });
  onTestFinished(() => void agent.kill("SIGTERM"));
  await once(agent, "exit");
  // A caller confirms only what it has received.
  while (!said.includes('"stoppedCount"')) await once(follower.stdout, "data");
  follower.stdin.end("done\n");
  await once(follower, "exit");
  expect(said).toMatch(/x \d+ \S+ 0 \d+\n\{"signal": "SIG(?:TERM|KILL)"\}/u);
  expect(existsSync(folder)).toBe(false);
}, 30_000);
