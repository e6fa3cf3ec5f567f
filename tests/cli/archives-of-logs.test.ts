import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { checkJson, passing } from "../support/check-json.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { unpackSubmission } from "../support/unpack-submission.ts";

/** A folder with a round, its archive, and an empty folder for temporary files. */
function packedRound(): { cwd: string; temporary: string; env: Record<string, string> } {
  const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
  const temporary = join(cwd, "temporary");
  mkdirSync(temporary);
  execFileSync("tar", ["czf", "training_v5.0.tar.gz", "training_v5.0"], { cwd });
  return { cwd, temporary, env: { TMPDIR: temporary } };
}

test("`score --check` gives the same for an archive and for its unpacked round", async () => {
  const { cwd, temporary, env } = packedRound();
  const ran = await Promise.all([
    pitwall(["score", "training_v5.0", "--json", "--check"], { cwd, env }),
    pitwall(["score", "training_v5.0.tar.gz", "--json", "--check"], { cwd, env }),
  ]);
  const [unpacked, packed] = ran.map(({ stdout }) => stdout);
  expect(JSON.parse(unpacked ?? "").result.logs).toHaveLength(3);
  expect(packed?.replaceAll("training_v5.0.tar.gz", "training_v5.0")).toBe(unpacked);
  expect(readdirSync(temporary)).toEqual([]);
});

test("`check` lists the logs of an archive by their path in the round", async () => {
  const { cwd, temporary, env } = packedRound();
  const ran = await pitwall(["check", "training_v5.0.tar.gz", "--json"], { cwd, env });
  const { logs, packages } = JSON.parse(ran.stdout).result;
  const folder = "NVIDIA/results/eos-dfw_n256_ngc25.01_nemo/llama31_405b";
  const argument = "training_v5.0.tar.gz";
  expect(logs).toMatchObject(
    [0, 1, 2].map((run) => ({ argument, path: `${folder}/result_${run}.txt`, verdict: "pass" })),
  );
  expect(packages).toMatchObject([{ argument, path: folder, organisation: "NVIDIA", runCount: 3 }]);
  expect(readdirSync(temporary)).toEqual([]);
});

test.each(["check", "score"])(
  "`%s` reports a damaged archive and one without logs",
  async (command) => {
    const { cwd, temporary, env } = packedRound();
    const whole = readFileSync(join(cwd, "training_v5.0.tar.gz"));
    writeFileSync(join(cwd, "cut.tar.gz"), whole.subarray(0, whole.length / 2));
    execFileSync("tar", ["czf", "systems.tar.gz", "training_v5.0/NVIDIA/systems"], { cwd });
    const cut = await pitwall([command, "cut.tar.gz"], { cwd, env });
    expect(cut.exitCode).toBe(2);
    expect(cut.stderr).toContain("`cut.tar.gz` is damaged, cut off, or not an archive of files");
    const systems = await pitwall([command, "systems.tar.gz"], { cwd, env });
    expect(systems.exitCode).toBe(2);
    expect(systems.stderr).toMatch(/`systems.tar.gz\S*` contains no /);
    expect(systems.stderr).not.toContain(temporary);
    expect(readdirSync(temporary)).toEqual([]);
  },
);

test("`check` suggests a command that works where an archive is unpacked", async () => {
  const { cwd, env } = packedRound();
  const folder = "NVIDIA/results/eos-dfw_n256_ngc25.01_nemo/llama31_405b";
  writeFileSync(join(cwd, "training_v5.0", folder, "result_0.txt"), "");
  execFileSync("tar", ["czf", "training_v5.0.tar.gz", "training_v5.0"], { cwd });
  const ran = await pitwall(["check", "training_v5.0.tar.gz"], { cwd, env });
  expect(ran.exitCode).toBe(1);
  expect(ran.stdout).toContain(
    `next, in the folder of the unpacked round: pitwall log ${folder}/result_0.txt   shows`,
  );
});

test("a log packed with gzip is read as a log, not as an archive", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "result_0.txt.gz"), gzipSync(passing));
  const { logs } = await checkJson(["result_0.txt.gz", "--edition", "5.0"], cwd);
  expect(logs).toMatchObject([{ path: "result_0.txt.gz", verdict: "pass" }]);
});
