import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/pitwall.ts";
import { alone, curveOf, missingTorch, startProgram } from "./torch-programs.ts";

const isMissing = missingTorch !== "";
const [python = "", , folder = ""] = alone("");
const timeout = 120_000;

/** Runs programs with options; each string is the output, which ends with the exit code. */
function callMains(...calls: readonly (readonly string[])[]): string[] {
  const script = fileURLToPath(new URL("call_mains.py", import.meta.url));
  const output = execFileSync(python, ["-B", script, folder, JSON.stringify(calls)], {
    encoding: "utf8",
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  const answers: { exitCode: number; output: string }[] = JSON.parse(output);
  return answers.map((answer) => `${answer.output}exit ${answer.exitCode}`);
}

const tiny = ["--width", "16", "--heads", "2", "--layers", "1", "--length", "8", "--batch", "4"];
const brief = [...tiny, "--steps", "4", "--evaluate-every", "2", "--validation", "4"];

describe("data of gpt", () => {
  test.skipIf(isMissing)(
    `is text by its bytes, or token ids, with its checksum in the log${missingTorch}`,
    () => {
      const cwd = temporaryFolder();
      const text = join(cwd, "book.txt");
      writeFileSync(text, "the cat sees a dog. ".repeat(400));
      const sha256 = createHash("sha256").update(readFileSync(text)).digest("hex");
      // The header of the speedrun: 256 numbers of 32 bits, then ids of 16 bits.
      const ids = Int16Array.from({ length: 512 + 4000 }, (_, index) => index % 7);
      ids.fill(0, 0, 512);
      new Int32Array(ids.buffer)[0] = 20_240_520;
      const bin = join(cwd, "train.bin");
      writeFileSync(bin, new Uint8Array(ids.buffer));
      const small = join(cwd, "small.txt");
      writeFileSync(small, "too short");
      const read = [...brief, "--target", "9"];
      const [fromText, fromIds, tooLarge, other, missing, short, noTarget] = callMains(
        ["gpt", "--data", text, "--sha256", sha256, ...read],
        ["gpt", "--data", bin, "--vocabulary", "7", ...read],
        ["gpt", "--data", bin, "--vocabulary", "6", ...read],
        ["gpt", "--data", text, "--sha256", "0".repeat(64), ...read],
        ["gpt", "--data", join(cwd, "absent.txt"), ...read],
        ["gpt", "--data", small, ...read],
        ["gpt", "--data", text, ...brief],
      );
      expect(fromText).toContain(`"sha256": "${sha256}"`);
      expect(fromText).toContain('"status": "success"');
      expect(fromIds).toContain('"status": "success"');
      expect(tooLarge).toContain("has token id 6, but the vocabulary is 6");
      expect(tooLarge).toContain("hint: use `--vocabulary 7`");
      expect(other).toContain(`has SHA-256 ${sha256}, not 000`);
      expect(missing).toContain("absent.txt` does not exist");
      expect(short).toContain("fewer than a sequence of 8");
      expect(noTarget).toContain("error: `--target` is missing");
      for (const output of [tooLarge, other, missing, short, noTarget])
        expect(output).toMatch(/exit 2$/u);
    },
    timeout,
  );
});

const hasPillow = !isMissing && spawnSync(python, ["-c", "import PIL"]).status === 0;

describe("data of image", () => {
  test.skipIf(!hasPillow)(
    `is a folder of images of any size${hasPillow ? "" : ` (skipped: ${python} has no torch and PIL)`}`,
    () => {
      const cwd = temporaryFolder();
      const draw = `
import sys
from pathlib import Path
import numpy as np
from PIL import Image
draw = np.random.default_rng(1)
for part, count in (("train", 40), ("val", 12)):
    for label, channel in (("red", 0), ("blue", 2)):
        folder = Path(sys.argv[1]) / part / label
        folder.mkdir(parents=True)
        for index in range(count):
            pixels = draw.integers(0, 80, size=(*draw.integers(12, 40, size=2), 3))
            pixels[..., channel] += 150
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{index}.jpeg")
`;
      execFileSync(python, ["-c", draw, cwd]);
      const [output] = callMains(["image", "--data", cwd, "--target", "0.95", "--width", "8"]);
      expect(output).toContain('"names_and_sizes_sha256"');
      expect(output).toContain('"status": "success"');
    },
    timeout,
  );

  test.skipIf(isMissing)(
    `is refused if it is unknown or was changed${missingTorch}`,
    () => {
      const cwd = temporaryFolder();
      writeFileSync(join(cwd, "train-images-idx3-ubyte.gz"), "not the data set");
      const archive = join(cwd, "cifar-10-binary.tar.gz");
      writeFileSync(archive, "");
      const [changed, unknown, cifar, narrow] = callMains(
        ["image", "--data", cwd, "--target", "0.9"],
        ["image", "--data", join(cwd, "absent"), "--target", "0.9"],
        ["image", "--data", archive, "--target", "0.9"],
        ["image", "--width", "4", "--target", "0.9"],
      );
      expect(narrow).toContain("`--width 4` is too small");
      expect(changed).toContain("has MD5 ");
      expect(changed).toContain("expected f68b3c2dcbeaaa9fbdd348bbdeb94873 or 8d4fb7e6c68d591d4");
      expect(unknown).toContain("absent` is not a known data set");
      expect(cifar).toContain("expected c32a1d4ab5d03f1284b67883e8d87530");
      for (const output of [changed, unknown, cifar]) expect(output).toMatch(/exit 2$/u);
    },
    timeout,
  );
});

describe("a checkpoint", () => {
  test.skipIf(isMissing)(
    `is refused if it is damaged or of another training${missingTorch}`,
    () => {
      const saved = ["--checkpoints", temporaryFolder()];
      const [, folderOfAll = ""] = saved;
      const options = ["gpt", ...brief, "--target", "0", ...saved];
      const [first, again, other] = callMains(
        [...options, "--checkpoint-every", "2"],
        [...options, "--resume"],
        [...options, "--resume", "--rate", "0.5"],
      );
      expect(first).toContain('"key": "checkpoint"');
      expect(again).toContain("resuming training from the checkpoint of step 4");
      expect(other).toContain("was written with rate 0.01, but this training has 0.5");
      expect(readdirSync(folderOfAll)).toEqual(["step-00000002", "step-00000004"]);
      const weights = join(folderOfAll, "step-00000004", "weights-0.pt");
      truncateSync(weights, 1000);
      const [damaged, nowhere] = callMains(
        [...options, "--resume"],
        ["gpt", ...brief, "--target", "0", "--resume"],
      );
      expect(damaged).toContain(`cannot read the checkpoint \`${weights}\``);
      expect(nowhere).toContain("`--resume` requires `--checkpoints`");
      for (const output of [other, damaged, nowhere]) expect(output).toMatch(/exit 2$/u);
    },
    timeout,
  );

  test.skipIf(isMissing)(
    `is written on SIGUSR1, and the training continues; a full disk does not end it${missingTorch}`,
    async () => {
      const options = [...tiny, "--steps", "400", "--evaluate-every", "100", "--target", "0"];
      const saved = ["--checkpoints", temporaryFolder()];
      const signaled = startProgram(alone("gpt.py", ...options, ...saved));
      await signaled.reached("run_start");
      signaled.child.kill("SIGUSR1");
      const { log, output } = await signaled.ended;
      expect(log.map(({ key }) => key)).toContain("checkpoint");
      expect(log.at(-1)?.metadata, output).toMatchObject({ samples_count: 1600 });
      // A limit on file sizes gives the same error as a full disk.
      const command = alone("gpt.py", ...options, "--checkpoint-every", "200");
      const limited = ["-c", 'ulimit -f 8; exec "$@"', "sh", ...command];
      const small = await startProgram(["sh", ...limited, "--checkpoints", temporaryFolder()])
        .ended;
      expect(small.output).toContain("warning: cannot write a checkpoint");
      expect([...curveOf(small).keys()]).toEqual([400, 800, 1200, 1600]);
    },
    timeout,
  );
});

test.skipIf(isMissing)(
  `a batch that cannot be divided among the ranks is refused${missingTorch}`,
  () => {
    const script = `
import sys; sys.path.insert(0, sys.argv[1])
from training import Ranks
ranks = Ranks(); ranks.size = 3
ranks.share_of(32, "batch")
`;
    const { status, stderr } = spawnSync(python, ["-B", "-c", script, folder], {
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stderr).toBe(
      "error: a batch of 32 cannot be divided among 3 ranks\nhint: choose a multiple of 3, for example 30\n",
    );
  },
  timeout,
);
