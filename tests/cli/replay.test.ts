import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";

describe("pitwall replay", () => {
  test("prints each evaluation in turn, and ends with the published time", async () => {
    const ran = await pitwall(["replay", "v3.1 gpt3 10752 eos*", "--in", "0s"]);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stderr.split("\n")).toHaveLength(23);
    expect(`${ran.stderr.split("\n")[21]}\n${ran.stdout}`).toMatchInlineSnapshot(`
      "3 min 55 s  eval_accuracy 2.690  at 1,211,105,280
      training                                      minutes  evaluations  last quality  target
      gpt3 v3.1 NVIDIA eos-dfw_n1344_ngc23.09_nemo     3.92           22         2.690  reached
      "
    `);
  });

  test("plays one's own run beside it on the same clock", async () => {
    const cwd = temporaryFolder();
    const program = ["--metric", "acc=([0-9.]+)", "--target", "acc>=0.5", "--", "echo", "acc=0.75"];
    await pitwall(["run", ...program], { cwd });
    const { stdout } = await pitwall(
      ["replay", "last", "--against", "v5.0 tinybox_green retinanet", "--in", "0s", "--json"],
      { cwd },
    );
    const { events } = JSON.parse(stdout).result;
    expect(events[0]).toMatchObject({
      kind: "opened",
      runs: [
        { row: { suite: "own" }, track: { hasReachedTarget: true } },
        { row: { submitter: "tinycorp", benchmark: "retinanet" } },
      ],
    });
    expect(events[1]).toMatchObject({
      kind: "evaluation",
      evaluation: { track: 0, quality: 0.75 },
    });
    expect(events.at(-1)).toEqual({ kind: "finished" });
  });

  test.each([
    { name: "a result that is not there", words: ["v3.1 gtp3"] },
    { name: "a name that several results have", words: ["v0.5 resnet"] },
    { name: "a run that the result has not", words: ["v3.1 gpt3 10752 eos*", "--run", "result_9"] },
    { name: "a result without curves", words: ["nanogpt-speedrun 45"] },
    { name: "a pace that is none", words: ["v3.1 gpt3 10752 eos*", "--in", "fast"] },
  ])("refuses $name", async ({ words }) => {
    expect(transcript(await pitwall(["replay", ...words]))).toMatchSnapshot();
  });
});
