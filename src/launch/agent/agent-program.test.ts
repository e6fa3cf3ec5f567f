import { execFile } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../tests/support/pitwall.ts";
import { agentFileNames, agentProgram, agentStart } from "./agent-program.ts";

const agentFile = resolve("agent/pitwall_agent.py");
const [python, option] = agentStart("python3");
const run = promisify(execFile);

test("hosts unpack the agent once, also if several start at the same time, and keep its bytecode", async () => {
  const folder = temporaryFolder();
  const { text, hash } = await agentProgram(agentFile);
  const file = join(folder, `${hash}.py`);
  writeFileSync(file, text);
  const status = [option, file, "status", join(folder, "none")];
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const answers = await Promise.all([1, 2, 3].map(() => run(python, status, { env })));
  for (const { stdout } of answers) expect(JSON.parse(stdout)).toMatchObject({ isKnown: false });
  expect(readdirSync(folder).toSorted()).toEqual([hash, `${hash}.py`]);
  const unpacked = readdirSync(join(folder, hash, "host_agent")).toSorted();
  expect(unpacked).toEqual(["__pycache__", ...(await agentFileNames(agentFile))].toSorted());
  const compiled = readdirSync(join(folder, hash, "host_agent/__pycache__"));
  expect(compiled.some((name) => name.startsWith("control."))).toBe(true);
});
