"""A real run of the Trainer of transformers, of a model with one layer: `trainer_hf.py --fault NAME:RANK:STEP`."""

import argparse
import os
import sys
import tempfile
import time

import torch
from transformers import Trainer, TrainerCallback, TrainingArguments
from wrongs import Wrongs

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=80)
parser.add_argument("--fault", action="append", default=[])
options = parser.parse_args()
wrongs = Wrongs(options.fault)
torch.set_num_threads(1)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(8, 2)

    def forward(self, x, labels):
        time.sleep(0.02)
        scores = self.layer(x)
        return {"loss": torch.nn.functional.cross_entropy(scores, labels), "logits": scores}


class Items(torch.utils.data.Dataset):
    def __len__(self):
        return 4096

    def __getitem__(self, index):
        x = torch.randn(8, generator=torch.Generator().manual_seed(index))
        return {"x": x, "labels": (x.sum() > 0).long()}


class Faults(TrainerCallback):
    def on_step_end(self, args, state, control, **_):
        wrongs.at("step", state.global_step)

    def on_save(self, args, state, control, **_):
        wrongs.at("checkpoint", state.global_step)


with tempfile.TemporaryDirectory() as folder:
    arguments = TrainingArguments(
        output_dir=folder,
        max_steps=options.steps,
        per_device_train_batch_size=8,
        logging_steps=4,
        save_steps=40,
        use_cpu=True,
        report_to=[],
        disable_tqdm="RANK" in os.environ and os.environ["RANK"] != "0",
    )
    trainer = Trainer(model=Model(), args=arguments, train_dataset=Items(), callbacks=[Faults()])
    trainer.train()
if trainer.is_world_process_zero():
    print("val_acc: 1.0", flush=True)
sys.stdout.flush()
