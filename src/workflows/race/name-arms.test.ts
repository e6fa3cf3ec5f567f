import { expect, test } from "vitest";
import { nameArms } from "./name-arms.ts";

test.each([
  { commands: ["train.py --lr 0.1", "train.py --lr 0.2"], names: ["--lr 0.1", "--lr 0.2"] },
  { commands: ["train.py --lr=0.1", "train.py --lr=0.2"], names: ["--lr=0.1", "--lr=0.2"] },
  {
    commands: ["python3 src/train.py", "python3 src/train.py --compile"],
    names: ["train.py", "train.py --compile"],
  },
  {
    commands: [
      "python3 train.py --verbose --epochs 3",
      "python3 train.py --verbose --epochs 3 --amp",
    ],
    names: ["train.py", "train.py --amp"],
  },
  {
    commands: ["train.py --amp --epochs 3", "train.py --epochs 3", "train.py --compile --epochs 3"],
    names: ["train.py --amp", "train.py", "train.py --compile"],
  },
  { commands: ["node race.mjs 1", "node race.mjs 1 2"], names: ["race.mjs 1", "race.mjs 1 2"] },
  { commands: ["node race.mjs 1", "node race.mjs 2"], names: ["race.mjs 1", "race.mjs 2"] },
  {
    commands: ["python -m pkg.train fast", "python -m pkg.train slow"],
    names: ["pkg.train fast", "pkg.train slow"],
  },
  { commands: ["python3 a.py", "python3 b.py"], names: ["a.py", "b.py"] },
  { commands: ["python3 a.py", "node b.mjs"], names: ["python3 a.py", "node b.mjs"] },
  { commands: ["./train", "./train --fast"], names: ["train", "train --fast"] },
  { commands: ["train.py", "train.py"], names: ["train.py (1)", "train.py (2)"] },
  { commands: ["LR=1", "LR=2"], names: ["LR=1", "LR=2"] },
])("the arms $commands are $names", ({ commands, names }) => {
  expect(nameArms(commands.map((command) => command.split(" ")))).toEqual(names);
});
