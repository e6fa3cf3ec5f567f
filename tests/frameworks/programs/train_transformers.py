"""A tiny classifier, trained by the Trainer of transformers."""

import tempfile

import numpy as np
import torch
from transformers import Trainer, TrainingArguments

from truth import measured

torch.manual_seed(1)
torch.set_num_threads(1)
inputs = torch.randn(512, 8)
labels = (inputs[:, 0] + inputs[:, 1] > 0).long()
rows = [{"x": x, "labels": y} for x, y in zip(inputs, labels)]


class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(8, 2)

    def forward(self, x, labels):
        logits = self.layer(x)
        return {"loss": torch.nn.functional.cross_entropy(logits, labels), "logits": logits}


def accuracy(prediction):
    value = float(np.mean(prediction.predictions.argmax(-1) == prediction.label_ids))
    measured(value)
    return {"accuracy": value}


with tempfile.TemporaryDirectory() as folder:
    Trainer(
        model=Classifier(),
        args=TrainingArguments(
            output_dir=folder,
            num_train_epochs=4,
            per_device_train_batch_size=32,
            learning_rate=0.02,
            eval_strategy="epoch",
            logging_strategy="epoch",
            save_strategy="no",
            report_to="none",
            use_cpu=True,
            seed=1,
        ),
        train_dataset=rows,
        eval_dataset=rows[:256],
        compute_metrics=accuracy,
    ).train()
