import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { TensorboardReader } from "../../src/formats/tensorboard/tensorboard-reader.ts";
import { pitwall, transcript } from "../support/pitwall.ts";
import { exportedSeries } from "./exported-series.ts";
import { hasModules, pythonJson } from "./format-tools.ts";

describe("pitwall export --format tensorboard", () => {
  test("writes a folder per run that our reader reads back", async () => {
    const { cwd, seriesId, runIds } = await exportedSeries();
    const ran = await pitwall(["export", seriesId, "--format", "tensorboard", "--out", "board"], {
      cwd,
    });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(readdirSync(join(cwd, "board")).toSorted()).toEqual([...runIds].toSorted());
    const [file = ""] = readdirSync(join(cwd, "board", runIds[0] ?? ""));
    const reader = new TensorboardReader();
    const values = reader.push(readFileSync(join(cwd, "board", runIds[0] ?? "", file)));
    expect(reader.end()).toEqual({ kind: "complete" });
    expect(values.filter(({ metric }) => metric === "val_acc")).toMatchObject([
      { value: 0.5, step: 100 },
      { value: 0.75, step: 200 },
    ]);
  });

  test("prints what to do with the folder, and never overwrites one", async () => {
    const { cwd, seriesId } = await exportedSeries();
    const words = ["export", seriesId, "--format", "tensorboard", "--out", "my board"];
    const ran = transcript(await pitwall(words, { cwd }), cwd);
    expect(ran.replaceAll(/\d{10}\.[\w-]+/gu, "<start>.<host>")).toMatchInlineSnapshot(`
      "exit 0
      stdout:
      my board/train-<id>-1/events.out.tfevents.<start>.<host>.pitwall
      my board/train-<id>-2/events.out.tfevents.<start>.<host>.pitwall
      stderr:

      next: tensorboard --logdir 'my board'   shows the curves, settings and results"
    `);
    expect(transcript(await pitwall(words, { cwd }), cwd)).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[folder-exists]: \`<folder>/my board\` already exists

      hint: choose another folder with \`--out\`, or move it away"
    `);
  });

  const isAvailable = hasModules(["tensorboard"]);

  test.runIf(isAvailable)("is read by TensorBoard with values, steps, times and text", async () => {
    const { cwd, seriesId, runIds } = await exportedSeries();
    await pitwall(["export", seriesId, "--format", "tensorboard", "--out", "board"], { cwd });
    const read = await pythonJson(readBoard, [join(cwd, "board", runIds[0] ?? "")]);
    const shown = JSON.parse((await pitwall(["show", runIds[0] ?? "", "--json"], { cwd })).stdout);
    const [{ progress, result }] = shown.result.runs;
    expect(read).toMatchObject({
      values: progress.evaluations.map(
        ({ timeMs, samplesCount, value }: Record<"timeMs" | "samplesCount" | "value", number>) => [
          timeMs / 1000,
          samplesCount,
          value,
        ],
      ),
      hparams: { seed: 1, target: "val_acc >= 0.75", step_unit: "samples" },
      status: "STATUS_SUCCESS",
      text: expect.stringContaining("val_acc >= 0.75, reached"),
    });
    expect(read).toMatchObject({
      time: [[expect.closeTo(result.outcome.timeToTrainMs / 1000, 4), 200]],
    });
  });
});

const readBoard = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import api_pb2, metadata
board = EventAccumulator(sys.argv[1])
board.Reload()
def content(tag):
    return board.SummaryMetadata(tag).plugin_data.content
start = metadata.parse_session_start_info_plugin_data(content("_hparams_/session_start_info"))
end = metadata.parse_session_end_info_plugin_data(content("_hparams_/session_end_info"))
kinds = lambda value: getattr(value, value.WhichOneof("kind"))
print(json.dumps({
    "values": [[e.wall_time, e.step, e.value] for e in board.Scalars("val_acc")],
    "time": [[e.value, e.step] for e in board.Scalars("result/time_to_train_seconds")],
    "hparams": {name: kinds(value) for name, value in start.hparams.items()},
    "status": api_pb2.Status.Name(end.status),
    "text": board.Tensors("result/text_summary")[0].tensor_proto.string_val[0].decode(),
}))
`;
