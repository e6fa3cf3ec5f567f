import { describe, expect, test } from "vitest";
import { findSampleLines } from "./find-sample-lines.ts";

const times = '"computeMs":30,"communicationMs":5.5,"dataWaitMs":0';
const line = (rank: number): string =>
  `:::PITWALL {"kind":"step","timeMs":5,"rank":${rank},"step":3,"samplesCount":96,"stepCount":3,${times},"loss":1.5,"forwardMs":10,"backwardMs":18,"optimizerMs":2}\n`;

/** The ranks of the samples in a text, and the text without them. */
function take(text: string): { rest: string; ranks: number[] } {
  const found = findSampleLines(text);
  const starts = [0, ...found.map(({ end }) => end)];
  const ends = [...found.map(({ start }) => start), text.length];
  const rest = starts.map((start, index) => text.slice(start, ends[index])).join("");
  return { rest, ranks: found.map(({ sample }) => sample.rank) };
}

describe("findSampleLines", () => {
  test("finds the samples of all ranks between other lines", () => {
    expect(take(`one\n${line(0)}two\n${line(12)}${line(1)}three\n`)).toEqual({
      rest: "one\ntwo\nthree\n",
      ranks: [0, 12, 1],
    });
  });

  test("reads each time of a sample", () => {
    expect(findSampleLines(line(2)).map(({ sample }) => sample)).toEqual([
      {
        kind: "step",
        timeMs: 5,
        rank: 2,
        step: 3,
        samplesCount: 96,
        stepCount: 3,
        computeMs: 30,
        communicationMs: 5.5,
        dataWaitMs: 0,
        loss: 1.5,
        forwardMs: 10,
        backwardMs: 18,
        optimizerMs: 2,
      },
    ]);
  });

  test("leaves the start of a line that another process is still printing", () => {
    expect(take(`epoch 3 acc=0.9${line(1)}\nnext\n`)).toEqual({
      rest: "epoch 3 acc=0.9\nnext\n",
      ranks: [1],
    });
  });

  test.each(["[1,0]<stdout>:", "[1,0]<stdout>: ", "[default1]:", "12: ", " 0: "])(
    "includes the label %j of a launcher",
    (label) => {
      expect(take(`${label}one\n${label}${line(0)}${label}two\n`)).toEqual({
        rest: `${label}one\n${label}two\n`,
        ranks: [0],
      });
    },
  );

  test("finds a last line without line end", () => {
    expect(take(line(0).trimEnd())).toEqual({ rest: "", ranks: [0] });
  });

  test.each([
    ':::PITWALL {"kind":"step"}\n',
    ':::PITWALL {"kind":"ste\n',
    ":::PITWALL \n",
    line(0).replace('"rank":0', '"rank":-1'),
    line(0).replace('"computeMs":30', '"computeMs":NaN'),
    line(0).replace('"step"', '"host"'),
    line(0).replace(":::PITWALL ", ":::PITWALL"),
    "the word :::PITWALL in a sentence\n",
  ])("ignores %j, which is not a valid sample", (text) => {
    expect(take(`${text}${line(7)}`)).toEqual({ rest: text, ranks: [7] });
  });
});
