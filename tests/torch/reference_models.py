"""The embedded models again, in PyTorch: written from their description, not from our operations.

A parameter's name and layout are ours: convolution weights are (row, column, channel in) by
channel out, linear weights are in by out, images are height, width, channel.
"""

import torch
from torch.nn import functional


def digits_loss(parameters, inputs):
    """Convolution 3x3, ReLU, pooling 2x2, twice; then two linear layers; mean cross-entropy."""
    hidden = inputs["image"].permute(0, 3, 1, 2)
    for stage in (1, 2):
        weight = parameters[f"convolution{stage}.weight"]
        channels_in, channels_out = hidden.shape[1], weight.shape[1]
        kernel = weight.reshape(3, 3, channels_in, channels_out).permute(3, 2, 0, 1)
        bias = parameters[f"convolution{stage}.bias"]
        hidden = functional.relu(functional.conv2d(hidden, kernel, bias, padding=1))
        hidden = functional.max_pool2d(hidden, 2)
    hidden = hidden.permute(0, 2, 3, 1).flatten(1)
    hidden = functional.relu(linear(parameters, "linear1", hidden))
    return functional.cross_entropy(linear(parameters, "linear2", hidden), inputs["label"])


def linear(parameters, name, hidden):
    weight, bias = parameters[f"{name}.weight"], parameters[f"{name}.bias"]
    return functional.linear(hidden, weight.T, bias)


ANSWER_LENGTH = 4


def addition_loss(parameters, inputs):
    """A pre-norm decoder with RMS normalisation; mean cross-entropy of the answer's digits."""
    tokens = inputs["tokens"]
    seen, answer = tokens[:, :-1], tokens[:, -ANSWER_LENGTH:]
    stream = functional.embedding(seen, parameters["tokenEmbedding"])
    stream = stream + parameters["positionEmbedding"][: seen.shape[1]]
    for block in range(parameters["query"].shape[0]):
        stream = stream + attention(parameters, block, normalised(stream))
        hidden = functional.linear(
            normalised(stream), parameters["hidden"][block].T, parameters["hiddenBias"][block]
        )
        stream = stream + functional.relu(hidden) @ parameters["hiddenOutput"][block]
    logits = normalised(stream)[:, -ANSWER_LENGTH:] @ parameters["unembedding"]
    return functional.cross_entropy(logits.flatten(0, 1), answer.flatten())


def attention(parameters, block, stream):
    """Projections are [block, head, width, head width]; heads are put side by side."""
    query, key, value = (
        torch.einsum("btw,hwd->bhtd", stream, parameters[name][block])
        for name in ("query", "key", "value")
    )
    gathered = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
    return gathered.transpose(1, 2).flatten(2) @ parameters["attentionOutput"][block]


def normalised(stream):
    return functional.rms_norm(stream, stream.shape[-1:], eps=1e-5)


LOSSES = {"digits": digits_loss, "addition": addition_loss}
