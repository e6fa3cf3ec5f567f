import { describe, expect, test } from "vitest";
import { resumeLine } from "./resumed-training.ts";

describe("resumeLine", () => {
  test.each([
    "resuming from checkpoint out/ckpt_500.pt",
    "INFO - Resuming training from epoch 31",
    "Resuming from checkpoint at step 12000",
    "=> loaded checkpoint 'checkpoint.pth.tar' (epoch 31)",
    "loaded checkpoint ckpt.pt at iteration 5000",
    "Continuing training from checkpoint, will skip to saved global_step",
    "  Will skip the first 3 epochs then the first 120 batches in the first epoch.",
    "Restored all states from the checkpoint at /tmp/last.ckpt",
    "Resumed from epoch 4",
  ])("recognizes: %s", (line) => {
    expect(resumeLine(`epoch 1\n${line}\r\nloss 0.5\n`)).toBe(line.trim());
  });

  test.each([
    "no checkpoint found, training from scratch",
    "=> no checkpoint found at 'checkpoint.pth.tar'",
    "Namespace(resume_from_checkpoint=None, lr=0.1)",
    "resume from checkpoint: False",
    "Loading checkpoint shards: 100%|####| 2/2 [00:01<00:00]",
    "loaded checkpoint 'resnet50-imagenet.pth'",
    "Resuming from epoch 0",
    "Resuming training from step 0",
    "Saving checkpoint at step 500",
    "=> loading checkpoint 'checkpoint.pth.tar'",
    "not resuming from checkpoint at step 500",
    "Loaded model weights from the checkpoint at best.ckpt",
  ])("does not take for a resumed training: %s", (line) => {
    expect(resumeLine(`${line}\n`)).toBeUndefined();
  });
});
