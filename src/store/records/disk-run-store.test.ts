import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exampleRequest, exampleVerdict } from "../../../tests/support/example-run.ts";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import { diskRunStore } from "./disk-run-store.ts";
import { homeDirectory } from "./find/home-directory.ts";
import { currentOwner } from "./write/process-owner.ts";
import type { RunStore, RunWriter } from "./run-store.ts";

let directory: string;
let home: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitwall-disk-"));
  home = join(directory, "home");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("homeDirectory", () => {
  test.each([
    { name: "is .pitwall in the working directory", env: {}, expected: "/work/.pitwall" },
    {
      name: "takes an empty PITWALL_HOME as unset",
      env: { PITWALL_HOME: "" },
      expected: "/work/.pitwall",
    },
    { name: "is PITWALL_HOME", env: { PITWALL_HOME: "/data/runs" }, expected: "/data/runs" },
    {
      name: "is PITWALL_HOME from the working directory",
      env: { PITWALL_HOME: "../x" },
      expected: "/x",
    },
  ])("$name", ({ env, expected }) => {
    expect(homeDirectory(env, "/work")).toBe(expected);
  });
});

describe("a home", () => {
  test("is ignored by git when Pitwall created it", async () => {
    await (await create("toy-1")).close();
    expect(readFileSync(join(home, ".gitignore"), "utf8")).toBe("*\n");
  });

  test("is left unchanged if it already existed", async () => {
    mkdirSync(home);
    await (await create("toy-1")).close();
    expect(readdirSync(home)).toEqual(["runs"]);
  });

  test("is not created by reading", async () => {
    const store = diskRunStore(home);
    expect(await store.list()).toEqual([]);
    expect(await store.resolve("last")).toMatchObject({ kind: "unknown" });
    expect(existsSync(home)).toBe(false);
  });

  test("that is a file is rejected with a hint, for writing and for reading", async () => {
    writeFileSync(home, "");
    const errors = [await errorOf(create("toy-1")), await errorOf(diskRunStore(home).list())];
    for (const error of errors) {
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ code: "home-not-a-directory", hint: expect.any(String) });
    }
  });

  test("below a file is rejected with a hint", async () => {
    writeFileSync(home, "");
    const error = await errorOf(
      diskRunStore(join(home, "below")).create(exampleRequest({ runId: "toy-1" })),
    );
    expect(error).toMatchObject({ code: "home-not-a-directory", hint: expect.any(String) });
  });

  test("skips entries that are not records", async () => {
    await (await create("toy-1")).close();
    writeFileSync(join(home, "runs", "a-file"), "");
    mkdirSync(join(home, "runs", ".trash"));
    const list = await diskRunStore(home).list();
    expect(list.map((summary) => summary.runId)).toEqual(["toy-1"]);
  });
});

describe("a record with a conflicting file", () => {
  test("leaves no files if run.json cannot be written", async () => {
    // Uses a non-serializable request to simulate a failure after the directory was created.
    const request = exampleRequest({ runId: "toy-1" });
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    Object.assign(request.system, loop);
    await expect(diskRunStore(home).create(request)).rejects.toThrow(TypeError);
    expect(readdirSync(join(home, "runs"))).toEqual([]);
  });

  test("ignores temporary files of a killed writer", async () => {
    const writer = await create("toy-1");
    writeFileSync(join(writer.directory, ".result.json.123.tmp"), '{"schemaV');
    const result = await writer.finish(exampleVerdict("toy-1"));
    expect(Object.keys(result.files)).toEqual(["events.jsonl", "log.txt", "run.json"]);
  });

  test("reports that it was removed", async () => {
    const writer = await create("toy-1");
    rmSync(writer.directory, { recursive: true });
    const error = await errorOf(writer.finish(exampleVerdict("toy-1")));
    expect(error).toBeInstanceOf(WorldError);
    expect(error).toMatchObject({ code: "record-removed" });
    await writer.close();
  });
});

test("listing many runs reads only two small files of each", async () => {
  const store = diskRunStore(home);
  const first = await create("many-0");
  const owner = await currentOwner();
  await first.close();
  for (let index = 1; index < 200; index++) {
    const runId = `many-${index}`;
    mkdirSync(join(home, "runs", runId));
    const request = exampleRequest({ runId, createdMs: index, owner });
    writeFileSync(join(home, "runs", runId, "run.json"), JSON.stringify(request));
    // Invalid UTF-8: listing runs must not read it.
    mkdirSync(join(home, "runs", runId, "events.jsonl"));
  }
  const list = await store.list();
  expect(list).toHaveLength(200);
  expect(list.every((summary) => summary.kind === "readable")).toBe(true);
});

async function create(runId: string): Promise<RunWriter> {
  const store: RunStore = diskRunStore(home);
  const outcome = await store.create(exampleRequest({ runId }));
  if (outcome.kind !== "created") throw new Error(outcome.kind);
  return outcome.writer;
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
