import { expect, test } from "vitest";
import { commandName } from "./command-name.ts";

test.for<[string[], string]>([
  [["python", "train.py", "--seed", "1"], "train"],
  [["python3.11", "-u", "/work/examples/imagenet.py"], "imagenet"],
  [["python", "-m", "pkg.train", "--config", "conf.py"], "train"],
  [["python", "-m", "pkg.train.__main__"], "train"],
  [["python", "-m", "torch.distributed.run", "--nproc-per-node", "2", "-m", "pkg.fit"], "fit"],
  [["python", "-m", "torch.distributed.launch", "train.py"], "train"],
  [["torchrun", "--nproc-per-node=2", "-m", "pkg.fit"], "fit"],
  [["accelerate", "launch", "-m", "pkg.finetune"], "finetune"],
  [["uv", "run", "--with", "torch", "pretrain.py"], "pretrain"],
  [["srun", "-m", "cyclic", "python", "-u", "train.py"], "train"],
  [["sh", "-c", "cd pkg && python train.py | tee log.txt"], "train"],
  [["bash", "-lc", "PYTHONPATH=. python -m pkg.train"], "train"],
  [["node", "src/train.mjs"], "train"],
  [["./bin/gpt2", "--layers", "12"], "gpt2"],
  [["env", "A=1", "./train", "x"], "train"],
  [["env"], "env"],
  [["sh", "-c", "true"], "sh"],
  [["python", "-c", "print(1)"], "python"],
  [["python", "-m"], "python"],
  [["/"], "run"],
])("%j is named `%s`", ([command, name]) => {
  expect(commandName(command)).toBe(name);
});
