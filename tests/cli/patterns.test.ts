import { expect, test } from "vitest";
import { pitwall, transcript } from "../support/pitwall.ts";

test("a pattern that backtracks without end neither hangs the run nor disables --max-time", async () => {
  const program = `printf 'acc='; head -c 100000 /dev/zero | tr '\\0' a; echo '!'; exec sleep 600`;
  const words = ["--metric", "acc=((a+)+)$", "--target", "acc>=1", "--max-time", "1s", "--json"];
  const { stdout, exitCode } = await pitwall(["run", ...words, "--", "sh", "-c", program]);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout).result.runs[0].outcome).toEqual({ kind: "missed", reason: "max-time" });
});

test.each(["acc=(\\S+)(?= end)", "(acc)=\\1(\\S+)", "acc=([0-9"])(
  "the pattern %s is refused, with what to do",
  async (pattern) => {
    const ran = await pitwall(["run", "--metric", pattern, "--target", "acc>=1", "--", "true"]);
    expect(transcript(ran)).toMatchSnapshot();
  },
);
