import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { logVerdict } from "../../schema/logs/log-verdict.ts";
import { checkLog } from "./check-log.ts";

const bytes = readFileSync(
  new URL(
    "../../../tests/fixtures/logs/oracle-llama2-70b-lora-training-v5.0/result_2.txt",
    import.meta.url,
  ),
);

describe("checkLog", () => {
  test("returns verdict, benchmark and time to train for a log's bytes and for its text", async () => {
    const verdict = await checkLog(bytes, { edition: "training-5.0" });
    expect(logVerdict.parse(verdict)).toEqual(verdict);
    expect(verdict).toMatchObject({
      edition: "training-5.0",
      benchmark: "llama2_70b_lora",
      division: "closed",
      verdict: "pass",
      failingKeys: [],
      findings: [],
    });
    expect(await checkLog(bytes.toString("latin1"), { edition: "5.0" })).toEqual(verdict);
  });

  test("fails a log whose division differs from the expected one", async () => {
    const meant = (division: "closed" | "open") => checkLog(bytes, { edition: "5.0", division });
    expect(await meant("closed")).toMatchObject({ verdict: "pass" });
    expect(await meant("open")).toMatchObject({
      verdict: "fail",
      findings: [{ rule: "division-differs", expected: "open", seen: "closed" }],
    });
  });

  test("applies the rules as of the round on request", async () => {
    const log = readFileSync(
      new URL(
        "../../../tests/fixtures/logs/supermicro-unet3d-training-v1.0/result_2.txt",
        import.meta.url,
      ),
      "latin1",
    ).replaceAll(/^.*"weights_initialization".*\r?\n/gm, "");
    const today = await checkLog(log, { edition: "training-1.1" });
    const then = await checkLog(log, { edition: "training-1.1", asPublished: true });
    expect(today.failingKeys).toContain("weights_initialization");
    expect(then.failingKeys).not.toContain("weights_initialization");
    expect(then.warnings.length).toBeGreaterThan(today.warnings.length);
  });

  test("fails a log that crashes the official checker and reports the crash", async () => {
    const torn = `${bytes.toString("latin1")}:::MLLOG {"key": "seed", "value": 1, "metadata": {}}\n`;
    expect(await checkLog(torn, { edition: "5.0" })).toMatchObject({
      verdict: "fail",
      officialCheckerCrashes: true,
      findings: [{ rule: "line-incomplete" }],
    });
  });

  test("does not pass an empty log", async () => {
    expect(await checkLog("", { edition: "5.1" })).toMatchObject({
      verdict: "fail",
      findings: expect.arrayContaining([{ rule: "file-empty" }, { rule: "no-lines" }]),
    });
  });
});
