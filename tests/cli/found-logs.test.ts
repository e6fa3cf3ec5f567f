import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkJson, passing } from "../support/check-json.ts";
import { temporaryFolder } from "../support/pitwall.ts";
import { unpackSubmission } from "../support/unpack-submission.ts";

/** A folder with one log in it. */
function folderWith(name: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), passing, "latin1");
  return folder;
}

describe("which logs are found", () => {
  test("follows links to logs, but not to folders, which may form a loop", async () => {
    const cwd = folderWith("result_0.txt");
    mkdirSync(join(cwd, "more"));
    symlinkSync("../result_0.txt", join(cwd, "more/result_1.txt"));
    symlinkSync("..", join(cwd, "more/up"));
    const { logs } = await checkJson([".", "--edition", "5.0"], cwd);
    expect(logs.map(({ path }) => path)).toEqual(["more/result_1.txt", "result_0.txt"]);
  });

  test("takes a log once, however often it is named", async () => {
    const cwd = folderWith("result_0.txt");
    const { logs } = await checkJson([".", "result_0.txt", "--edition", "5.0"], cwd);
    expect(logs.map(({ argument, path }) => [argument, path])).toEqual([[".", "result_0.txt"]]);
  });

  test("names the logs of an unpacked archive by their path in the round", async () => {
    const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
    const { logs } = await checkJson(["."], cwd);
    const [first] = logs;
    expect(first?.argument).toBe("training_v5.0");
    expect(first?.path).toMatch(/^NVIDIA\/results\//);
    const { logs: sameLogs } = await checkJson(["training_v5.0"], cwd);
    expect(sameLogs).toEqual(logs);
  });

  test("says which folders it did not look into", async () => {
    const cwd = folderWith("result_0.txt");
    mkdirSync(join(cwd, "_old"));
    writeFileSync(join(cwd, "_old/result_1.txt"), passing, "latin1");
    const { logs, stderr } = await checkJson([".", "--edition", "5.0"], cwd);
    expect(logs).toHaveLength(1);
    expect(stderr).toBe("not looked into: _old\n");
  });
});
