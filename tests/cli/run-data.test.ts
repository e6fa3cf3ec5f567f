import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const content = randomBytes(3 << 20);
const sha256 = createHash("sha256").update(content).digest("hex");

/** A program that prints the data that it finds. */
function folder(): string {
  const cwd = temporaryFolder();
  const program = `
import hashlib, os
path = os.environ["PITWALL_DATA_TRAIN"]
print("found", hashlib.sha256(open(path, "rb").read()).hexdigest(), "at", path)
print("val_acc=1.0")
`;
  writeFileSync(join(cwd, "train.py"), program);
  writeFileSync(join(cwd, "train.bin"), content);
  return cwd;
}

const target = ["--target", "val_acc>=0.9"];
const command = ["--", "python3", "train.py"];

function run(data: string, cwd: string) {
  return pitwall(["run", "--data", data, ...target, ...command], { cwd });
}

describe("pitwall run --data on this machine", () => {
  test("verifies data where it is, and does not compute known checksums again", async () => {
    const cwd = folder();
    for (let round = 0; round < 2; round++) {
      const ran = await run(`train.bin#sha256=${sha256}`, cwd);
      expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
      expect(ran.stderr).toContain(`data TRAIN: 3.15 MB verified at ${join(cwd, "train.bin")}`);
    }
    expect(lastLog(cwd)).toContain(`found ${sha256} at ${join(cwd, "train.bin")}`);
    expect(readdirSync(join(cwd, "home/data/checksums"))).toHaveLength(1);
    expect(await pitwall(["verify", "last"], { cwd })).toMatchObject({ exitCode: 0 });
    const again = await pitwall(["rerun", "last"], { cwd });
    expect(again, again.stderr).toMatchObject({ exitCode: 0 });
    expect(again.stderr).toContain("data TRAIN: 3.15 MB verified");
    const page = await pitwall(["show", "last"], { cwd });
    expect(page.stdout).toMatch(/data +staged in .*, billed and not timed/u);
  }, 60_000);

  test("puts it at a path, from a workload file", async () => {
    const cwd = folder();
    const path = join(cwd, "other place", "train.bin");
    const file = {
      command: ["python3", "train.py"],
      data: `train.bin=${path}`,
      target: "val_acc>=0.9",
    };
    writeFileSync(join(cwd, "work.json"), JSON.stringify(file));
    const ran = await pitwall(["run", "work.json"], { cwd });
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(lastLog(cwd)).toContain(`at ${path}`);
  }, 60_000);

  test("refuses a file with another checksum", async () => {
    const cwd = folder();
    const ran = await run(`train.bin#sha256=${"0".repeat(64)}`, cwd);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain("error[data-checksum-differs]: the checksum of");
    expect(ran.stderr).toContain(`its SHA-256 is ${sha256}`);
  });
});

describe("pitwall run --data from an address", () => {
  test("downloads once, and asks whether the file changed", async () => {
    const cwd = folder();
    const asked: string[] = [];
    const address = await serve((request, response) => {
      asked.push(request.headers["if-none-match"] ?? "all");
      response.setHeader("etag", '"v1"');
      if (request.headers["if-none-match"] === '"v1"') response.writeHead(304).end();
      else response.end(content);
    });
    for (let round = 0; round < 2; round++)
      expect(await run(`${address}/train.bin`, cwd)).toMatchObject({ exitCode: 0 });
    expect(asked).toEqual(["all", '"v1"']);
    expect(lastLog(cwd)).toContain(`found ${sha256}`);
  }, 60_000);

  test("needs no network for a file that is here with the given checksum", async () => {
    const cwd = folder();
    let count = 0;
    const address = await serve((_, response) => {
      count += 1;
      response.end(content);
    });
    for (let round = 0; round < 2; round++)
      expect(await run(`${address}/train.bin#sha256=${sha256}`, cwd)).toMatchObject({
        exitCode: 0,
      });
    expect(count).toBe(1);
  }, 60_000);

  test("continues a download that broke", async () => {
    const cwd = folder();
    const ranges: (string | undefined)[] = [];
    const address = await serve((request, response) => {
      const { range } = request.headers;
      ranges.push(range);
      response.setHeader("etag", '"v1"');
      if (range === undefined) {
        response.setHeader("content-length", content.length);
        response.write(content.subarray(0, 1 << 20), () =>
          setTimeout(() => response.destroy(), 200),
        );
        return;
      }
      const start = Number(/bytes=(\d+)-/u.exec(range)?.[1]);
      response.writeHead(206, { "content-length": content.length - start });
      response.end(content.subarray(start));
    });
    const ran = await run(`${address}/train.bin#sha256=${sha256}`, cwd);
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    expect(ranges).toEqual([undefined, `bytes=${1 << 20}-`]);
  }, 60_000);

  test.each([
    { name: "a missing file", status: 404, code: "data-download-failed", text: "404 Not Found" },
    { name: "another content", status: 200, code: "data-checksum-differs", text: "its SHA-256 is" },
  ])("reports $name", async ({ status, code, text }) => {
    const cwd = folder();
    const address = await serve((_, response) => response.writeHead(status).end("gone"));
    const ran = await run(`${address}/train.bin?token=secret#sha256=${sha256}`, cwd);
    expect(ran.exitCode).not.toBe(0);
    expect(ran.stderr).toContain(`error[${code}]`);
    expect(ran.stderr).toContain(text);
    expect(ran.stderr).not.toContain("secret");
  });
});

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server: Server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

function lastLog(cwd: string): string {
  const runs = join(cwd, "home", "runs");
  mkdirSync(runs, { recursive: true });
  return readdirSync(runs)
    .map((name) => readFileSync(join(runs, name, "log.txt"), "utf8"))
    .join("");
}
