import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const dumps = fileURLToPath(new URL("../fixtures/dumps/", import.meta.url));

async function doctor(words: readonly string[], cwd: string) {
  const { exitCode, stdout, stderr } = await pitwall(["doctor", ...words], { cwd });
  return { exitCode, stdout: stdout.replaceAll(cwd, "<cwd>"), stderr };
}

function withDumps(name: string): string {
  const cwd = temporaryFolder();
  cpSync(join(dumps, name), join(cwd, "dumps"), { recursive: true });
  return cwd;
}

/** Four ranks of this machine; `script` is a shell program that sees RANK. */
async function ran(script: string): Promise<string> {
  const cwd = temporaryFolder();
  const options = ["--quiet", "--nproc", "4", "--target", "acc>=0.9"];
  await pitwall(["run", ...options, "--", "sh", "-c", script], { cwd });
  return cwd;
}

describe("pitwall doctor", () => {
  test("names the rank, the collective and the place in a folder of dumps", async () => {
    expect(await doctor(["dumps"], withDumps("gloo-groups"))).toMatchInlineSnapshot(`
      {
        "exitCode": 1,
        "stderr": "",
        "stdout": "dumps   rank 3 never entered all_reduce #5 of group tp; its last collective was called in train (/home/you/train_groups.py:26); 3 ranks wait for it

        evidence (75 % likely)
          rank_3  rank 3: all_reduce #4 [[64]], completed, called in train at /home/you/train_groups.py:26
          rank_2  rank 2: all_reduce #5 [[64]], completed, called in train at /home/you/train_groups.py:25

        or else
          20 %  rank 3 skipped all_reduce #5 of group tp; 3 ranks wait for it

        try
          - look at where the rank is: \`py-spy dump --pid <pid>\` on its host
          - its loader, a lock or a file system may not answer

        looked at  4 Flight Recorder dumps
        in         <cwd>/dumps
      ",
      }
    `);
  });

  test("finds no fault in the dumps of a job whose collectives have all ended", async () => {
    expect(await doctor(["dumps"], withDumps("gloo-none"))).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "dumps   no fault found

        looked at  3 Flight Recorder dumps; there were no log lines, events, findings, step samples, stacks, or error files
        in         <cwd>/dumps
      ",
      }
    `);
  });

  test("reads the logs and error files that torchrun writes for each rank", async () => {
    const cwd = temporaryFolder();
    for (const rank of [0, 1])
      mkdirSync(join(cwd, "logs/attempt_0", String(rank)), { recursive: true });
    writeFileSync(
      join(cwd, "logs/attempt_0/0/stderr.log"),
      "RuntimeError: Connection reset by peer\n",
    );
    writeFileSync(
      join(cwd, "logs/attempt_0/1/error.json"),
      JSON.stringify({
        message: { message: "KeyError: 'loss'", extraInfo: { timestamp: "1795939862" } },
      }),
    );
    expect(await doctor(["logs"], cwd)).toMatchInlineSnapshot(`
      {
        "exitCode": 1,
        "stderr": "",
        "stdout": "logs   rank 1 crashed: KeyError: 'loss'

        evidence (90 % likely)
          attempt_0/1/error.json:1  rank 1: KeyError: 'loss'

        try
          - read its output: \`pitwall show <run> --log --rank 1\`
          - start the program alone with the same seed

        looked at  1 log line, 1 error file
        in         <cwd>/logs
      ",
      }
    `);
  });

  test("blames the rank that failed by itself, with the line and the event that show it", async () => {
    const cwd = await ran(
      'if [ "$RANK" = 2 ]; then echo "OSError: [Errno 28] No space left on device"; exit 1; fi; sleep 100',
    );
    const { exitCode, stdout } = await doctor(["last"], cwd);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^sh-\S+ {3}rank 2 failed because its disk is full\n/u);
    expect(stdout).toMatch(/log\.txt:\d+ {2}rank 2: OSError/u);
    expect(stdout).toMatch(/events\.jsonl:\d+ {2}rank 2 ended: exit code 1/u);
  });

  test("finds no fault in a run that reached its target", async () => {
    const { exitCode, stdout } = await doctor(["last"], await ran("echo acc=0.95"));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^sh-\S+ {3}no fault found\n/u);
  });

  test("refuses a folder without anything to read, and a name that no run has", async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "empty"));
    expect(await doctor(["empty"], cwd)).toMatchInlineSnapshot(`
      {
        "exitCode": 2,
        "stderr": "error[nothing-to-diagnose]: \`empty\` has nothing that doctor reads

      hint: it reads records, Flight Recorder dumps named after their rank (\`rank_3.json\`, \`nccl_trace_rank_3\`), stacks, answers of NCCL's RAS, torchrun's error files, and logs
      ",
        "stdout": "",
      }
    `);
    expect(await doctor(["dunps"], cwd)).toMatchInlineSnapshot(`
      {
        "exitCode": 2,
        "stderr": "error[unknown-run]: no run or folder named \`dunps\`

      hint: \`pitwall runs\` lists the runs
      ",
        "stdout": "",
      }
    `);
  });

  test("reports a pickle that would call code, and does not run it", async () => {
    const cwd = withDumps("gloo-groups");
    // What pickle.dumps(os.system, 2) gives.
    const pickle = Buffer.from("800263706f7369780a73797374656d0a71002e", "hex");
    writeFileSync(join(cwd, "dumps", "rank_2"), pickle);
    const { stdout } = await doctor(["dumps"], cwd);
    expect(stdout).toContain("rank_2: opcode 0x63 is not allowed");
  });

  test("lists a redacted archive, writes it with --yes, and reads it again", async () => {
    const cwd = temporaryFolder();
    const program = "echo Authorization: Bearer abcdefgh12345678; echo ValueError: bad; exit 1";
    const words = ["--quiet", "--target", "acc>=0.9", "--env", "WANDB_API_KEY=0123456789abcdef"];
    await pitwall(["run", ...words, "--", "sh", "-c", program], { cwd });
    const bundle = ["last", "--bundle", "run.tar.gz"];
    const preview = await doctor(bundle, cwd);
    expect(preview.stdout).toContain("run.tar.gz would hold");
    expect(preview.stdout).toMatch(/log\.txt +\d+ B +1 secret\n/u);
    expect(existsSync(join(cwd, "run.tar.gz"))).toBe(false);
    const written = await pitwall(["doctor", ...bundle, "--redact-hosts", "--yes", "--json"], {
      cwd,
    });
    expect(JSON.parse(written.stdout).result.bundle.isWritten).toBe(true);
    execFileSync("tar", ["-xzf", "run.tar.gz"], { cwd });
    const folder = readdirSync(cwd).find((name) => name.startsWith("sh-")) ?? "";
    const texts = readdirSync(join(cwd, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.includes("."))
      .map((name) => readFileSync(join(cwd, folder, name), "utf8"))
      .join("\n");
    for (const secret of ["0123456789abcdef", "abcdefgh12345678"])
      expect(texts).not.toContain(secret);
    expect((await doctor([folder], cwd)).stdout).toContain("rank 0 crashed: ValueError: bad");
  });

  test("names the silence of a program that stopped printing, and posts it", async () => {
    const posted: string[] = [];
    const server = createServer((request, response) => {
      request.on("data", (chunk: Buffer) => posted.push(chunk.toString()));
      request.on("end", () => response.writeHead(204).end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      const cwd = temporaryFolder();
      const steps = "for i in 1 2 3 4 5 6 7 8; do echo step $i loss=1; sleep 0.2; done; sleep 60";
      const words = ["--quiet", "--target", "acc>=0.9", "--max-time", "25s"];
      const notify = ["--notify", `http://127.0.0.1:${port}/`];
      await pitwall(["run", ...words, ...notify, "--", "sh", "-c", steps], { cwd });
      expect(posted.map((text) => JSON.parse(text).event)).toEqual(["silent"]);
      const { stdout } = await doctor(["last"], cwd);
      expect(stdout).toContain("rank 0 stopped making progress");
      expect(stdout).toMatch(/events\.jsonl:\d+ {2}no output for [\d.]+ s and more/u);
    } finally {
      server.close();
    }
  });
});
