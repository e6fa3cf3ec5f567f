"""The tokens of the `gpt` workload: a generated language, text, or token ids from a file."""

import hashlib
import math
from pathlib import Path

import numpy as np
import torch

import pitwall
from training import fail

# ---- The generated language ----


class Language:
    """Sentences of invented words, such as "the red cats see a dog. ".

    Words of a class have fixed frequencies. A verb agrees with its subject, and the object of a sentence is the subject
    of the next one, so a model must learn to spell and to look back.
    """

    def __init__(self):
        generator = np.random.default_rng(2018)
        words = []
        while len(words) < 40:
            syllables = (generator.choice(list("bdfgklmnprtvz")) + generator.choice(list("aeiou")) for _ in range(3))
            word = "".join(list(syllables)[: generator.integers(2, 4)])
            if word not in words:
                words.append(word)
        self.nouns, self.verbs, self.adjectives = words[:16], words[16:28], words[28:]

    def text(self, sentence_count, seed):
        generator = np.random.default_rng([2018, seed])
        nouns, verbs, adjectives = (
            generator.choice(words, size=sentence_count, p=_frequencies(words)).tolist()
            for words in (self.nouns, self.verbs, self.adjectives)
        )
        coins = generator.integers(0, 2, size=(sentence_count, 4), dtype=np.int8).astype(bool).tolist()
        sentences, subject = [], self.nouns[0]
        for noun, verb, adjective, (first, second, has_adjective, is_plural) in zip(nouns, verbs, adjectives, coins):
            described = f"{adjective} {subject}" if has_adjective else subject
            agreeing = verb if subject.endswith("s") else verb + "s"
            target = noun + "s" if is_plural else noun
            sentences.append(f"{'the' if first else 'a'} {described} {agreeing} {'the' if second else 'a'} {target}. ")
            subject = target
        return "".join(sentences)

    def lowest_loss(self):
        """Nats per character of a perfect prediction with unlimited context."""
        entropies = [
            float(-(p * np.log(p)).sum()) for p in map(_frequencies, (self.nouns, self.verbs, self.adjectives))
        ]
        noun, verb, adjective = entropies
        choices = noun + verb + adjective / 2 + 4 * math.log(2)
        return choices / (len(self.text(10_000, seed=0)) / 10_000)


def _frequencies(words):
    weights = 1 / np.arange(1, len(words) + 1)
    return weights / weights.sum()


# ---- Data ----


class Tokens:
    """Training and validation tokens, and the batch of each step."""

    def __init__(self, arguments):
        self.length = arguments.length
        parts, self.vocabulary = _generated() if arguments.data is None else _read_tokens(arguments)
        self.train, self.validation = parts
        shortest = min(len(self.train), len(self.validation))
        if shortest <= self.length:
            fail(f"a part of the data has {shortest} tokens, fewer than a sequence of {self.length}", "use more data")
        self.validation_count = min(arguments.validation, (len(self.validation) - 1) // self.length)

    def batch(self, seed, step, batch, first, count):
        """Sequences `first` to `first + count` of the batch of a step, which is the same for any number of ranks."""
        starts = np.random.default_rng([seed, step]).integers(0, len(self.train) - self.length, size=batch)
        return self._sequences(self.train, starts[first : first + count])

    def validation_batch(self, numbers):
        return self._sequences(self.validation, np.asarray(numbers) * self.length)

    def _sequences(self, tokens, starts):
        rows = np.stack([tokens[start : start + self.length + 1] for start in starts]).astype(np.int64)
        rows = torch.from_numpy(rows)
        return rows[:, :-1], rows[:, 1:]


def _generated():
    language = Language()
    texts = [language.text(count, seed).encode() for count, seed in ((20_000, 1), (2_000, 2))]
    letters = sorted(set(texts[0]))
    code = np.zeros(256, dtype=np.uint8)
    code[letters] = np.arange(len(letters))
    pitwall.log("data", {"file": "generated", "lowest_loss": language.lowest_loss()})
    return [code[np.frombuffer(text, np.uint8)] for text in texts], len(letters)


def _read_tokens(arguments):
    path = Path(arguments.data)
    if not path.is_file():
        fail(f"the data file `{path}` does not exist", "give the path of a text file, or of token ids as .bin or .npy")
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 24):
            digest.update(piece)
    if arguments.sha256 not in (None, digest.hexdigest()):
        fail(f"`{path}` has SHA-256 {digest.hexdigest()}, not {arguments.sha256}", "download the file again")
    pitwall.log("data", {"file": path.name, "sha256": digest.hexdigest()})
    if path.suffix == ".npy":
        tokens, vocabulary = np.load(path, mmap_mode="r").reshape(-1), arguments.vocabulary
    elif path.suffix == ".bin":
        tokens, vocabulary = np.memmap(path, np.uint16, mode="r"), arguments.vocabulary
        # Files of the speedrun begin with a header of 256 numbers of 32 bits.
        if len(tokens) > 512 and tokens[:4].view(np.int32)[0] == 20240520:
            tokens = tokens[512:]
    else:
        tokens, vocabulary = np.memmap(path, np.uint8, mode="r"), 256
    largest = max((int(tokens[at : at + (1 << 24)].max()) for at in range(0, len(tokens), 1 << 24)), default=0)
    if largest >= vocabulary:
        fail(
            f"`{path}` has token id {largest}, but the vocabulary is {vocabulary}", f"use `--vocabulary {largest + 1}`"
        )
    held_out = max(1, len(tokens) // 20)
    return (tokens[:-held_out], tokens[-held_out:]), vocabulary
