import { expect, test } from "vitest";
import { resumeFlag } from "./resume-flag.ts";

test.each([
  ["python train.py --resume runs/last.pt", "--resume runs/last.pt"],
  ["python train.py --resume", "--resume"],
  ["python train.py --resume --lr 0.1", "--resume"],
  [
    "python run_clm.py --resume_from_checkpoint=out/checkpoint-500",
    "--resume_from_checkpoint=out/checkpoint-500",
  ],
  ["python run_clm.py --resume-from-checkpoint True", "--resume-from-checkpoint True"],
  ["python main.py fit --ckpt_path last.ckpt", "--ckpt_path last.ckpt"],
  ["python main.py --ckpt epoch=3.ckpt", "--ckpt epoch=3.ckpt"],
  ["pretrain_gpt.py --load checkpoints/gpt", "--load checkpoints/gpt"],
  ["tools/train.py config.py --auto-resume", "--auto-resume"],
  ["python train.py --init_from=resume", "--init_from=resume"],
  ["main.py --load-checkpoint model.pth", "--load-checkpoint model.pth"],
])("%s resumes", (command, expected) => {
  expect(resumeFlag(command.split(" "))).toBe(expected);
});

test("finds the option in the script of a shell", () => {
  expect(resumeFlag(["sh", "-c", "python train.py --resume a.pt"])).toBe("--resume a.pt");
});

test.each([
  "python train.py --lr 0.1 --epochs 90",
  "python train.py --resume=false",
  "python train.py --resume none",
  "python train.py --resume_from_checkpoint=None",
  "python train.py --load data.csv",
  "python train.py --load-data train.npz",
  "python train.py --checkpoint-every 1000",
  "python train.py --checkpoint out",
  "python train.py --no-resume",
  "python train.py --restore-best-weights",
  "python train.py --save checkpoints --ckpt-interval 5",
])("%s does not", (command) => {
  expect(resumeFlag(command.split(" "))).toBeUndefined();
});
