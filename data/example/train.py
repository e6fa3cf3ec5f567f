"""Train a small neural network to separate two interleaved half circles, in plain Python.

Prints one line per epoch, such as `epoch=3 loss=0.2817 val_acc=0.9150`.
"""

import argparse
import math
import random

HIDDEN = 32
RATE = 0.01


def half_circles(count, rng):
    """Points (x, y, label) on two half circles, with noise."""
    points = []
    for index in range(count):
        label = index % 2
        angle = math.pi * rng.random()
        x = math.cos(angle) if label == 0 else 1 - math.cos(angle)
        y = math.sin(angle) if label == 0 else 0.5 - math.sin(angle)
        points.append((x + rng.gauss(0, 0.15), y + rng.gauss(0, 0.15), label))
    return points


class Network:
    """Two inputs, one hidden layer with tanh, one logistic output."""

    def __init__(self, rng):
        self.hidden = [[rng.gauss(0, 1), rng.gauss(0, 1), 0.0] for _ in range(HIDDEN)]
        self.output = [rng.gauss(0, 0.3) for _ in range(HIDDEN)] + [0.0]

    def forward(self, x, y):
        active = [math.tanh(a * x + b * y + c) for a, b, c in self.hidden]
        total = sum(w * h for w, h in zip(self.output, active)) + self.output[-1]
        return active, 1 / (1 + math.exp(-total))

    def learn(self, x, y, label):
        """One step of stochastic gradient descent; returns the loss before it."""
        active, probability = self.forward(x, y)
        error = probability - label
        for unit, h in enumerate(active):
            back = error * self.output[unit] * (1 - h * h)
            self.output[unit] -= RATE * error * h
            weights = self.hidden[unit]
            weights[0] -= RATE * back * x
            weights[1] -= RATE * back * y
            weights[2] -= RATE * back
        self.output[-1] -= RATE * error
        return -math.log(max(1e-12, probability if label == 1 else 1 - probability))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    training, validation = half_circles(4000, rng), half_circles(2000, rng)
    network = Network(rng)
    for epoch in range(1, options.epochs + 1):
        rng.shuffle(training)
        loss = sum(network.learn(*point) for point in training) / len(training)
        right = sum((network.forward(x, y)[1] > 0.5) == (label == 1) for x, y, label in validation)
        print(f"epoch={epoch} loss={loss:.4f} val_acc={right / len(validation):.4f}", flush=True)


if __name__ == "__main__":
    main()
