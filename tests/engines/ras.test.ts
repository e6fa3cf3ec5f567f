import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { madeRas } from "../support/made-ras.ts";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { directoryOf, logOf, until } from "../support/recorded-run.ts";

// There is no NCCL here: a server speaks the protocol of its RAS and gives answers with its fields.

/** Three ranks, of which one stops in its own code; nothing but RAS can say which collectives they launched. */
const program = `
import os, time
print("step 1 loss 0.5", flush=True)
time.sleep(10_000)
`;

/** Answers the commands of RAS line by line, and closes after the status, as NCCL does. */
async function startRas(answers: readonly string[], knowsJson: boolean): Promise<number> {
  let asked = 0;
  const server = createServer((socket) => {
    let text = "";
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      text += bytes.toString();
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n")) {
        const command = text.slice(0, at).toLowerCase();
        text = text.slice(at + 1);
        if (command.startsWith("client protocol")) socket.write("SERVER PROTOCOL 2\n");
        else if (command.startsWith("timeout")) socket.write("OK\n");
        else if (command === "set format json")
          socket.write(knowsJson ? "OK\n" : "ERROR: Unknown command set format json\n");
        else if (command === "verbose status") socket.end(answers[asked++] ?? "");
        else socket.write(`ERROR: Unknown command ${command}\n`);
      }
    });
  });
  server.unref().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function ask(answers: readonly string[], { knowsJson = true } = {}) {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "train.py"), program);
  const port = await startRas(answers, knowsJson);
  const how = ["--nproc", "3", "--launcher", "direct", "--target", "acc>=0.9"];
  const env = ["--env", `NCCL_RAS_ADDR=127.0.0.1:${port}`];
  startPitwall(["run", "--quiet", ...how, ...env, "--", "python3", "train.py"], cwd);
  await until(() => (logOf(directoryOf(cwd)).match(/step 1/gu)?.length === 3 ? true : undefined));
  const answer = await pitwall(["doctor", "last", "--stacks"], { cwd });
  await pitwall(["stop", "last"], { cwd });
  return answer;
}

const stuck = madeRas({ "0xa": { 0: { AllReduce: 5 }, 1: { AllReduce: 4 }, 2: { AllReduce: 5 } } });

test("doctor asks NCCL's RAS twice, and names the rank that is behind both times", async () => {
  const { stdout, exitCode } = await ask([stuck, stuck]);
  expect(stdout).toContain("rank 1 never entered AllReduce #5 of group 0xa; 2 ranks wait for it");
  expect(stdout).toContain("NCCL's RAS on localhost");
  expect(exitCode).toBe(1);
}, 90_000);

test("doctor blames no rank if all have moved on between its two questions", async () => {
  const later = { 0: { AllReduce: 9 }, 1: { AllReduce: 8 }, 2: { AllReduce: 9 } };
  const { stdout } = await ask([stuck, madeRas({ "0xa": later })]);
  expect(stdout).not.toContain("never entered AllReduce");
  expect(stdout).toContain("2 NCCL RAS answers");
}, 90_000);

test("doctor reads a saved answer from a folder, and is not sure with a single one", async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, "ras"));
  writeFileSync(join(cwd, "ras", "status.json"), stuck);
  const { stdout, exitCode } = await pitwall(["doctor", "ras"], { cwd });
  expect(stdout).toContain("a second answer of NCCL's RAS would show which");
  expect(stdout).toContain("45 %  rank 1 never entered AllReduce #5 of group 0xa");
  expect(exitCode).toBe(1);
  writeFileSync(join(cwd, "ras", "status-later.json"), stuck);
  const twice = await pitwall(["doctor", "ras"], { cwd });
  expect(twice.stdout).toContain("rank 1 never entered AllReduce #5 of group 0xa");
});
