"""A tiny classifier, trained by Lightning with a progress bar of tqdm or rich, and its table of test metrics."""

import sys
import warnings

import lightning
import torch
from lightning.pytorch.callbacks import RichProgressBar, TQDMProgressBar

from truth import measured

warnings.filterwarnings("ignore")
lightning.seed_everything(1)
torch.set_num_threads(1)
inputs = torch.randn(512, 8)
labels = (inputs[:, 0] + inputs[:, 1] > 0).long()
rows = torch.utils.data.TensorDataset(inputs, labels)


class Classifier(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(8, 2)
        self.correct = []

    def training_step(self, batch, _):
        loss = torch.nn.functional.cross_entropy(self.layer(batch[0]), batch[1])
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch, _):
        self.correct.append((self.layer(batch[0]).argmax(-1) == batch[1]).float())

    def on_validation_epoch_end(self):
        accuracy = torch.cat(self.correct).mean()
        self.correct.clear()
        if not self.trainer.sanity_checking:
            measured(accuracy)
        self.log("val_acc", accuracy, prog_bar=True)

    def test_step(self, batch, _):
        self.log("test_acc", (self.layer(batch[0]).argmax(-1) == batch[1]).float().mean())

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.2)


def loader():
    return torch.utils.data.DataLoader(rows, batch_size=32)


trainer = lightning.Trainer(
    max_epochs=4,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    callbacks=[RichProgressBar() if "rich" in sys.argv else TQDMProgressBar(refresh_rate=8)],
)
model = Classifier()
trainer.fit(model, loader(), loader())
trainer.test(model, loader())
