"""A real run of Lightning: `trainer_lightning.py --ranks 2 --fault NAME:RANK:STEP`."""

import argparse
import logging
import time

import lightning
import torch
from wrongs import Wrongs

parser = argparse.ArgumentParser()
parser.add_argument("--ranks", type=int, default=2)
parser.add_argument("--steps", type=int, default=80)
parser.add_argument("--fault", action="append", default=[])
options = parser.parse_args()
wrongs = Wrongs(options.fault)
torch.set_num_threads(1)
logging.getLogger("lightning.pytorch").setLevel(logging.INFO)


class Model(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(8, 2)

    def training_step(self, batch, index):
        time.sleep(0.03)
        wrongs.at("step", self.global_step)
        x, y = batch
        loss = torch.nn.functional.cross_entropy(self.layer(x), y)
        if wrongs.on("poisoned", self.global_step):
            loss = loss * float("nan")
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.05)


x = torch.randn(4096, 8)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, (x.sum(1) > 0).long()), batch_size=8)
trainer = lightning.Trainer(
    max_steps=options.steps,
    accelerator="cpu",
    devices=options.ranks,
    strategy="ddp" if options.ranks > 1 else "auto",
    logger=False,
    enable_checkpointing=False,
    log_every_n_steps=4,
)
trainer.fit(Model(), loader)
print("val_acc: 1.0", flush=True)
