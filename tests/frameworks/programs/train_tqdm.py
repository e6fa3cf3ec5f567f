"""A tiny classifier in plain PyTorch, with a progress bar of tqdm over the batches of each epoch."""

import torch
from tqdm import tqdm

from truth import measured

torch.manual_seed(1)
torch.set_num_threads(1)
inputs = torch.randn(512, 8)
labels = (inputs[:, 0] + inputs[:, 1] > 0).long()
model = torch.nn.Linear(8, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(5):
    bar = tqdm(range(0, 512, 32), desc=f"Epoch {epoch}")
    for start in bar:
        x, y = inputs[start : start + 32], labels[start : start + 32]
        logits = model(x)
        loss = torch.nn.functional.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        bar.set_postfix(loss=f"{loss.item():.4f}", acc=f"{(logits.argmax(-1) == y).float().mean():.4f}")
    accuracy = (model(inputs).argmax(-1) == labels).float().mean().item()
    measured(accuracy)
    print(f"epoch {epoch}: val_acc {accuracy:.4f}", flush=True)
