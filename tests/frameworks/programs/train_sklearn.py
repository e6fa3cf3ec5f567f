"""A tiny classifier, trained by scikit-learn, with a classification report after each epoch."""

import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score, classification_report

from truth import measured

inputs = np.random.default_rng(1).normal(size=(600, 8))
labels = (inputs[:, 0] + inputs[:, 1] > 0).astype(int)
model = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.002, random_state=1, verbose=1)
for epoch in range(6):
    model.partial_fit(inputs[:40], labels[:40], classes=[0, 1])
    predicted = model.predict(inputs)
    measured(accuracy_score(labels, predicted))
    print(classification_report(labels, predicted), flush=True)
