import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";
import { unpackSubmission, writeInto } from "../support/unpack-submission.ts";

const place = "training_v5.0/NVIDIA/results/eos-dfw_n256_ngc25.01_nemo/llama31_405b";

describe("pitwall score", () => {
  test("prints one result in full, and exits with 0", async () => {
    const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
    const ran = await pitwall(["score", "training_v5.0"], { cwd });
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain("time to train  70.195 min = 60.167 × 1.16667");
    expect(ran.stderr).toBe(
      "\nThese are unverified scores: only MLCommons verifies a submission.\n",
    );
  });

  test("prints one JSON document with everything", async () => {
    const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
    const { stdout, exitCode } = await pitwall(["score", ".", "--json"], { cwd });
    const document: unknown = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({
      schemaVersion: 1,
      command: "score",
      ok: true,
      result: { results: [{ benchmark: "llama31_405b", score: { kind: "scored" } }] },
    });
  });

  test("exits with 1 where a result has no score", async () => {
    const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
    rmSync(join(cwd, place, "result_1.txt"));
    const ran = await pitwall(["score", ".", "--quiet"], { cwd });
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toContain("no score: 2 runs, and 3 are needed");
  });

  test.each([
    {
      name: "an empty folder",
      folder: "empty",
      prepare: (cwd: string) => mkdirSync(join(cwd, "empty")),
    },
    {
      name: "a folder that is no submission",
      folder: "photos",
      prepare: (cwd: string) => writeInto(cwd, "photos/cat.txt", ""),
    },
    { name: "a folder that is not there", folder: "nowhere", prepare: () => undefined },
    {
      name: "a folder whose path names no round",
      folder: "mine",
      prepare: (cwd: string) => writeInto(cwd, "mine/result_0.txt", ""),
    },
  ])("says what is wrong with $name", async ({ folder, prepare }) => {
    const cwd = temporaryFolder();
    prepare(cwd);
    expect(transcript(await pitwall(["score", folder], { cwd }), cwd)).toMatchSnapshot();
  });
});
