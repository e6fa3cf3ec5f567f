import { expect, test } from "vitest";
import { loggedMessage } from "./log-message.ts";

test.each([
  ['{"level": "info", "msg": "epoch=3 acc=0.9"}', "epoch=3 acc=0.9"],
  ['{"ts": 1928034306.5, "msg": "acc=0.9", "line": 42}', "2031-02-05T05:05:06.500Z acc=0.9"],
  [
    '{"log": "acc=0.9\\n", "stream": "stdout", "time": "2031-02-03T04:05:06Z"}',
    "2031-02-03T04:05:06Z acc=0.9",
  ],
  ['{"message": "epoch 3 done", "acc": 0.9}', 'epoch 3 done {"acc":0.9}'],
  ['{"message": "evaluated", "acc": 0.9}', '{"message": "evaluated", "acc": 0.9}'],
  ['{"message": "epoch 3", "name": "acc", "value": 0.9}', 'epoch 3 {"name":"acc","value":0.9}'],
  ['{"split": "val", "acc": 0.9}', '{"split": "val", "acc": 0.9}'],
  ['{"msg": "acc=0.9', '{"msg": "acc=0.9'],
  ["epoch=3 acc=0.9", "epoch=3 acc=0.9"],
])("%s is read as %s", (line, message) => {
  expect(loggedMessage(line)).toBe(message);
});
