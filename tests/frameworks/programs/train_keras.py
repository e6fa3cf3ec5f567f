"""A tiny classifier, trained by Keras on JAX or PyTorch."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

from truth import measured

keras.utils.set_random_seed(1)
inputs = np.random.default_rng(1).normal(size=(512, 8)).astype("float32")
labels = (inputs[:, 0] + inputs[:, 1] > 0).astype("int32")
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])
model.compile(
    optimizer=keras.optimizers.SGD(0.2),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(
    inputs,
    labels,
    epochs=4,
    validation_data=(inputs[:256], labels[:256]),
    verbose=int(os.environ.get("KERAS_VERBOSE", "1")),
    callbacks=[
        keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: measured(logs["val_accuracy"])
        )
    ],
)
