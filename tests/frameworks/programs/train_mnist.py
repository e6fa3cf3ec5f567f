"""The training loop and the output of PyTorch's MNIST example, on a tiny data set."""

import torch

from truth import measured

torch.manual_seed(1)
torch.set_num_threads(1)
inputs = torch.randn(1024, 8)
labels = (inputs[:, 0] + inputs[:, 1] > 0).long()
model = torch.nn.Linear(8, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(1, 6):
    for batch, start in enumerate(range(0, 1024, 64)):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(
            model(inputs[start : start + 64]), labels[start : start + 64]
        )
        loss.backward()
        optimizer.step()
        if batch % 4 == 0:
            print(
                f"Train Epoch: {epoch} [{start}/1024 ({100 * batch / 16:.0f}%)]\tLoss: {loss.item():.6f}"
            )
    with torch.no_grad():
        logits = model(inputs)
    correct = (logits.argmax(-1) == labels).sum().item()
    loss = torch.nn.functional.cross_entropy(logits, labels).item()
    measured(correct / 1024)
    print(
        f"\nTest set: Average loss: {loss:.4f}, Accuracy: {correct}/1024 ({100 * correct / 1024:.0f}%)\n",
        flush=True,
    )
