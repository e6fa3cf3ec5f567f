import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { UserError } from "../../foundation/errors/user-error.ts";
import { findTrainings } from "./find-trainings.ts";
import { loadTrainings } from "./load-trainings.ts";
import type { LoadedTraining } from "./loaded-training.ts";

const fixtures = fileURLToPath(new URL("../../../tests/fixtures/trackers/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pitwall-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = Buffer.from(
  [
    "2025-01-01 12:00:00 INFO step: 1 loss: 2.5",
    "2025-01-01 12:00:10 INFO step: 2 loss: 1.5",
    '{"step": 3, "val": {"acc": 0.93}, "train_time": 20.5}',
    "| epoch | acc | time |",
    "| 1 | 0.5 | 3.5 |",
  ].join("\n"),
);
const state = Buffer.from(
  '{"global_step": 2, "log_history": [{"loss": NaN, "step": 1}, {"eval_loss": 0.5, "step": 2}, {"train_runtime": 9.0, "step": 2}]}',
);

const files: readonly { name: string; bytes: Buffer }[] = [
  { name: "train.log", bytes: text },
  { name: "trainer_state.json", bytes: state },
  ...["events.out.tfevents.1795895028.vm", "run-abc123.wandb"].map((name) => ({
    name,
    bytes: readFileSync(join(fixtures, name)),
  })),
];

/** The trainings in a file, or the code of the error for the user. Any other error fails the test. */
async function load(name: string, bytes: Uint8Array): Promise<LoadedTraining[] | string> {
  writeFileSync(join(folder, name), bytes);
  try {
    const { trainings } = await findTrainings(name, { cwd: folder, requested: undefined });
    const loaded: LoadedTraining[] = [];
    for (const found of trainings) loaded.push(...(await loadTrainings(found)));
    for (const training of loaded)
      for await (const piece of training.pieces()) expect(piece.timeMs).toBeGreaterThanOrEqual(0);
    return loaded;
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
}

function metricsOf(loaded: LoadedTraining[] | string): readonly string[] {
  return typeof loaded === "string" ? [] : loaded.flatMap(({ metrics }) => metrics);
}

test.each(files)("loads $name whole", async ({ name, bytes }) => {
  const loaded = await load(name, bytes);
  expect(metricsOf(loaded).length).toBeGreaterThan(0);
});

test.each(files)(
  "loads what is complete of $name, cut off at any byte",
  async ({ name, bytes }) => {
    const whole = await load(name, bytes);
    const names = new Set(metricsOf(whole));
    const stride = Math.max(1, Math.floor(bytes.length / 150));
    for (let length = 1; length < bytes.length; length += stride) {
      const part = await load(name, bytes.subarray(0, length));
      // The last name of a text may be cut short.
      const cut = name.endsWith(".log") ? 1 : 0;
      const unknown = metricsOf(part).filter((metric) => !names.has(metric));
      expect(unknown.length).toBeLessThanOrEqual(cut);
    }
  },
);

test.each(files)(
  "reports a damaged $name as an error for the user, or reads the rest",
  async ({ name, bytes }) => {
    const damage = fc.record({
      at: fc.nat({ max: bytes.length - 1 }),
      byte: fc.nat({ max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 8 }), async (places) => {
        const damaged = Buffer.from(bytes);
        for (const { at, byte } of places) damaged[at] = byte;
        const loaded = await load(name, damaged);
        expect(["string", "object"]).toContain(typeof loaded);
      }),
      { numRuns: 60 },
    );
  },
);

test("drops values that a restart lost, and reads the files of one W&B run together", async () => {
  const { trainings } = await findTrainings(".", { cwd: fixtures, requested: "tensorboard" });
  expect(trainings).toHaveLength(1);
  const [training] = await loadTrainings(trainings[0] ?? neverFound());
  const lines = [];
  for await (const { bytes } of training?.pieces() ?? []) lines.push(Buffer.from(bytes).toString());
  expect(lines.map((line) => Number(/"step": (\d+)/u.exec(line)?.[1]))).toEqual([
    1, 2, 3, 4, 5, 6, 7,
  ]);
});

function neverFound(): never {
  throw new Error("the fixtures have no event files");
}
