import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { WandbReader } from "../../src/formats/wandb/wandb-reader.ts";
import { pitwall, transcript } from "../support/pitwall.ts";
import { exportedSeries } from "./exported-series.ts";
import { formatsPython, hasModules, pythonJson } from "./format-tools.ts";
import { startWandbServer } from "./wandb-server.ts";

/** Exports a series of two runs; the `.wandb` files in the order of the runs. */
async function offlineRuns(): Promise<{ cwd: string; runIds: string[]; files: string[] }> {
  const { cwd, seriesId, runIds } = await exportedSeries(["--tag", "lr=0.1", "--note", "a `note`"]);
  const ran = await pitwall(["export", seriesId, "--format", "wandb"], { cwd });
  expect(ran.exitCode, ran.stderr).toBe(0);
  const folders = readdirSync(join(cwd, "wandb"));
  const files = runIds.map((runId) => {
    const folder = folders.find((name) => name.endsWith(`-${runId}`)) ?? "";
    return join(cwd, "wandb", folder, `run-${runId}.wandb`);
  });
  return { cwd, runIds, files };
}

describe("pitwall export --format wandb", () => {
  test("writes offline runs that our reader reads back", async () => {
    const { runIds, files } = await offlineRuns();
    const reader = new WandbReader();
    const values = reader.push(readFileSync(files[0] ?? ""));
    expect(reader.end()).toEqual({ kind: "complete" });
    expect(reader.facts).toMatchObject({ runId: runIds[0], name: "train, seed 1", exitCode: 0 });
    expect(values).toMatchObject([
      { metric: "val_acc", value: 0.5, step: 100 },
      { metric: "val_acc", value: 0.75, step: 200 },
    ]);
  });

  test("names the command that uploads them", async () => {
    const { cwd, seriesId } = await exportedSeries();
    const ran = await pitwall(["export", seriesId, "--format", "wandb"], { cwd });
    const text = transcript(ran, cwd).replaceAll(/\d{8}_\d{6}/gu, "<start>");
    expect(text).toMatchInlineSnapshot(`
      "exit 0
      stdout:
      wandb/offline-run-<start>-train-<id>-1/run-train-<id>-1.wandb
      wandb/offline-run-<start>-train-<id>-1/files/pitwall-result.txt
      wandb/offline-run-<start>-train-<id>-2/run-train-<id>-2.wandb
      wandb/offline-run-<start>-train-<id>-2/files/pitwall-result.txt
      stderr:

      next: wandb sync wandb   uploads the runs; \`--project\` and \`--entity\` choose where"
    `);
  });

  const wandb = join(dirname(formatsPython), "wandb");
  const isAvailable = hasModules(["wandb.proto.wandb_internal_pb2"]);

  test.runIf(isAvailable)("holds the messages of the W&B client", async () => {
    const { files, runIds } = await offlineRuns();
    const records = await pythonJson(readRecords, [files[0] ?? ""]);
    expect(new Set(Object(records).kinds)).toEqual(
      new Set(["header", "run", "files", "history", "stats", "summary", "exit", "footer"]),
    );
    expect(records).toMatchObject({
      run: {
        runId: runIds[0],
        project: "train",
        jobType: "train",
        tags: ["pitwall", "lr=0.1"],
        notes: expect.stringMatching(/^a `note`\n/u),
      },
      config: { seed: "1", "tag.lr": '"0.1"', target: '"val_acc >= 0.75"' },
      history: [
        { val_acc: "0.5", _step: "100" },
        { val_acc: "0.75", _step: "200" },
      ],
      summary: { val_acc: "0.75", reached_target: "1", "_wandb.runtime": expect.any(String) },
      unknown: 0,
    });
  });

  test.runIf(isAvailable)("is uploaded by `wandb sync`", async () => {
    const { cwd, runIds } = await offlineRuns();
    const { url, received, linesOf } = await startWandbServer();
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: cwd,
      WANDB_BASE_URL: url,
      WANDB_API_KEY: "0".repeat(40),
    };
    const ran = await promisify(execFile)(wandb, ["sync", "wandb"], { cwd, env });
    const said = ran.stdout + ran.stderr;
    expect(said.match(/Finished syncing/gu)).toHaveLength(2);
    const stream = received.filter(({ path }) => path.endsWith(`${runIds[0]}/file_stream`));
    expect(linesOf("wandb-history.jsonl", runIds[0])).toMatchObject([
      { val_acc: 0.5, _step: 100 },
      { val_acc: 0.75, _step: 200 },
    ]);
    expect(stream.map(({ body }) => JSON.parse(body)).at(-1)).toMatchObject({
      complete: true,
      exitcode: 0,
    });
    const card = received.find(({ path }) => path === "/files/pitwall-result.txt");
    expect(card?.body).toContain("val_acc >= 0.75, reached");
  });

  test.runIf(isAvailable)("is listed by `wandb sync --dry-run`", async () => {
    const { cwd, files } = await offlineRuns();
    const { stdout, stderr } = await promisify(execFile)(wandb, ["sync", "--dry-run", "wandb"], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", HOME: cwd, NO_COLOR: "1" },
    });
    expect(stdout + stderr).toContain("Would sync 2 run(s)");
    for (const file of files) expect(stdout + stderr).toContain(file.slice(cwd.length + 1));
  });
});

/** Reads a file with the client's own message classes, record by record. */
const readRecords = `
import json, struct, sys, zlib
from google.protobuf.json_format import MessageToDict
from google.protobuf.unknown_fields import UnknownFieldSet
from wandb.proto.wandb_internal_pb2 import Record
data = open(sys.argv[1], "rb").read()
assert data[:7] == b":W&B\\xe1\\xbe\\x00"
at, part, records = 7, b"", []
while at < len(data):
    left = 32768 - at % 32768
    if left < 7:
        assert not any(data[at:at + left])
        at += left
        continue
    crc, length, kind = struct.unpack("<IHB", data[at:at + 7])
    chunk = data[at + 7:at + 7 + length]
    assert zlib.crc32(bytes([kind]) + chunk) == crc
    at += 7 + length
    part += chunk
    if kind in (1, 4):
        records.append(Record.FromString(part))
        part = b""
kinds = [record.WhichOneof("record_type") for record in records]
def items(list):
    return {".".join(item.nested_key) or item.key: item.value_json for item in list}
by_kind = dict(zip(kinds, records))
print(json.dumps({
    "kinds": kinds,
    "run": MessageToDict(by_kind["run"].run),
    "config": items(by_kind["run"].run.config.update),
    "history": [items(r.history.item) for r in records if r.WhichOneof("record_type") == "history"],
    "summary": items(by_kind["summary"].summary.update),
    "unknown": sum(len(UnknownFieldSet(record)) for record in records),
}))
`;
