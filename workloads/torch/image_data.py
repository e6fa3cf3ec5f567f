"""The images of the `image` workload: files of data sets, folders of images, and generated images."""

import gzip
import hashlib
import math
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import pitwall
from training import fail


class ImageArrays:
    """Images in memory, on canvases of one size of which each image fills the upper left part."""

    loads_ahead = False

    def __init__(self, name, train, validation, flips, device):
        self.name, self.flips, self.device = name, flips, device
        (self.images, self.labels, sizes), (self.held_out, self.held_out_labels, held_out_sizes) = train, validation
        self.count, self.classes = len(self.labels), int(self.labels.max()) + 1
        self.sizes, self.validation_sizes = sizes, held_out_sizes
        pixels = self.images[:2000].astype(np.float32) / 255
        self.mean, self.deviation = (
            torch.tensor(each, device=device)[:, None, None] for each in (pixels.mean((0, 1, 2)), pixels.std((0, 1, 2)))
        )
        self.images, self.held_out = (torch.from_numpy(each).to(device) for each in (self.images, self.held_out))

    def train_batch(self, numbers, boxes, flipped, size):
        return self._cut(self.images, numbers, boxes, flipped, (size, size)), self._labels(self.labels[numbers])

    def validation_batch(self, numbers, boxes, shape):
        return self._cut(self.held_out, numbers, boxes, np.zeros(len(numbers), bool), shape), self._labels(
            self.held_out_labels[numbers]
        )

    def _labels(self, labels):
        return torch.from_numpy(labels.astype(np.int64)).to(self.device)

    def _cut(self, images, numbers, boxes, flipped, shape):
        """Boxes (left, top, width, height) of images, resized to (height, width)."""
        canvas = images[torch.from_numpy(numbers).to(self.device)].permute(0, 3, 1, 2).float() / 255
        left, top, width, height = (boxes.T / np.array([[canvas.shape[3]], [canvas.shape[2]]] * 2)).astype(np.float32)
        matrix = np.zeros((len(numbers), 2, 3), np.float32)
        matrix[:, 0, 0], matrix[:, 0, 2] = np.where(flipped, -width, width), 2 * left + width - 1
        matrix[:, 1, 1], matrix[:, 1, 2] = height, 2 * top + height - 1
        grid = F.affine_grid(torch.from_numpy(matrix).to(self.device), [len(numbers), 1, *shape], align_corners=False)
        cut = F.grid_sample((canvas - self.mean) / self.deviation, grid, padding_mode="border", align_corners=False)
        return cut.contiguous(memory_format=torch.channels_last)


class ImageFolder:
    """Images in `train/<class>/` and `val/<class>/`, decoded by threads."""

    loads_ahead = True

    def __init__(self, path, device):
        try:
            from PIL import Image
        except ImportError:
            fail("a folder of images requires Pillow", "pip install pillow")
        self._open = Image.open
        self._bilinear = Image.Resampling.BILINEAR
        self.name, self.flips, self.device = path.name, True, device
        names = sorted(each.name for each in (path / "train").iterdir() if each.is_dir())
        self.classes = len(names)
        self._files, digest = {}, hashlib.sha256()
        for part in ("train", "val"):
            found = [
                (file, label)
                for label, name in enumerate(names)
                for file in sorted((path / part / name).glob("*"))
                if file.is_file()
            ]
            if len(found) == 0:
                fail(
                    f"there are no images in `{path / part}`",
                    "expected folders `train/<class>/` and `val/<class>/` of images",
                )
            for file, _ in found:
                digest.update(f"{file.relative_to(path)} {file.stat().st_size}\n".encode())
            self._files[part] = found
        # Of names and sizes: reading all images would take longer than some trainings.
        pitwall.log("data", {"folder": path.name, "names_and_sizes_sha256": digest.hexdigest()})
        self._threads = ThreadPoolExecutor(max_workers=8)
        self.count = len(self._files["train"])
        self.sizes, self.validation_sizes = (
            np.array(list(self._threads.map(self._size, self._files[part]))) for part in ("train", "val")
        )
        self.mean = torch.tensor([0.485, 0.456, 0.406], device=device)[:, None, None]
        self.deviation = torch.tensor([0.229, 0.224, 0.225], device=device)[:, None, None]

    def _size(self, entry):
        with self._open(entry[0]) as image:
            return image.size[::-1]

    def train_batch(self, numbers, boxes, flipped, size):
        return self._load("train", numbers, boxes, flipped, (size, size))

    def validation_batch(self, numbers, boxes, shape):
        return self._load("val", numbers, boxes, np.zeros(len(numbers), bool), shape)

    def _load(self, part, numbers, boxes, flipped, shape):
        entries = [self._files[part][number] for number in numbers]
        images = np.stack(
            list(self._threads.map(lambda each: self._decode(*each, shape), zip(entries, boxes, flipped)))
        )
        pixels = torch.from_numpy(images).to(self.device).permute(0, 3, 1, 2).float() / 255
        labels = torch.tensor([label for _, label in entries], device=self.device)
        return ((pixels - self.mean) / self.deviation).contiguous(memory_format=torch.channels_last), labels

    def _decode(self, entry, box, flipped, shape):
        left, top, width, height = box
        with self._open(entry[0]) as image:
            cut = image.convert("RGB").resize(shape[::-1], self._bilinear, box=(left, top, left + width, top + height))
        pixels = np.asarray(cut)
        return pixels[:, ::-1] if flipped else pixels


def load(data, device):
    if data is None:
        pitwall.log("data", {"file": "generated"})
        return ImageArrays("generated", generated(4096, 1), generated(1024, 2), False, device)
    path = Path(data)
    if path.name == "cifar-10-binary.tar.gz":
        return ImageArrays("cifar-10", *_cifar(path), True, device)
    if (path / "train-images-idx3-ubyte.gz").is_file():
        name, *parts = _mnist(path)
        return ImageArrays(name, *parts, name == "fashion-mnist", device)
    if (path / "train").is_dir():
        return ImageFolder(path, device)
    fail(
        f"`{path}` is not a known data set",
        "give `cifar-10-binary.tar.gz`, a folder with files of MNIST or Fashion-MNIST, or with `train/` and `val/`",
    )


def _checked(path, md5s):
    """The content of a downloaded file, whose MD5 its publisher states."""
    if not path.is_file():
        fail(f"`{path}` does not exist", "download the complete data set")
    content = path.read_bytes()
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if digest not in md5s:
        fail(f"`{path}` has MD5 {digest}, expected {' or '.join(md5s)}", "download the file again")
    pitwall.log("data", {"file": path.name, "sha256": hashlib.sha256(content).hexdigest()})
    return content


def _with_sizes(images, labels):
    return images, labels, np.tile(images.shape[1:3], (len(images), 1))


def _cifar(path):
    _checked(path, ["c32a1d4ab5d03f1284b67883e8d87530"])
    with tarfile.open(path) as archive:
        rows = {
            member.name.split("/")[-1]: np.frombuffer(archive.extractfile(member).read(), np.uint8).reshape(-1, 3073)
            for member in archive
            if member.name.endswith(".bin")
        }
    train = np.concatenate([rows[f"data_batch_{number}.bin"] for number in range(1, 6)])
    for part in (train, rows["test_batch.bin"]):
        yield _with_sizes(np.ascontiguousarray(part[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)), part[:, 0])


MNIST_MD5 = {
    "train-images-idx3-ubyte.gz": {
        "f68b3c2dcbeaaa9fbdd348bbdeb94873": "mnist",
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d": "fashion-mnist",
    },
    "train-labels-idx1-ubyte.gz": {
        "d53e105ee54ea40749a09fcbcd1e9432": "mnist",
        "25c81989df183df01b3e8a0aad5dffbe": "fashion-mnist",
    },
    "t10k-images-idx3-ubyte.gz": {
        "9fb629c4189551a2d022fa330f9573f3": "mnist",
        "bef4ecab320f06d8554ea6380940ec79": "fashion-mnist",
    },
    "t10k-labels-idx1-ubyte.gz": {
        "ec29112dd5afa0611ce80d1b7f02629c": "mnist",
        "bb300cfdad3c16e7a12a480ee83cd310": "fashion-mnist",
    },
}


def _mnist(path):
    contents = {name: _checked(path / name, list(md5s)) for name, md5s in MNIST_MD5.items()}
    first = contents["train-images-idx3-ubyte.gz"]
    yield MNIST_MD5["train-images-idx3-ubyte.gz"][hashlib.md5(first, usedforsecurity=False).hexdigest()]
    for part in ("train", "t10k"):
        images = np.frombuffer(gzip.decompress(contents[f"{part}-images-idx3-ubyte.gz"]), np.uint8, offset=16)
        labels = np.frombuffer(gzip.decompress(contents[f"{part}-labels-idx1-ubyte.gz"]), np.uint8, offset=8)
        images = np.repeat(images.reshape(-1, 28, 28, 1), 3, axis=3)
        yield _with_sizes(images, labels)


def generated(count, seed):
    """Shapes of ten kinds, in random colors, positions and sizes, on noise; images of different aspect ratios."""
    draw = np.random.default_rng([2018, seed])
    canvas = 36
    heights, widths = draw.integers(24, canvas + 1, size=(2, count))
    labels = draw.permutation(np.arange(count) % 10).astype(np.uint8)
    radius = draw.uniform(0.22, 0.42, count) * np.minimum(heights, widths)
    center_x, center_y = (draw.uniform(radius, size - radius) for size in (widths, heights))
    angle = draw.uniform(-0.25, 0.25, count)
    rows, columns = np.mgrid[0:canvas, 0:canvas].astype(np.float32) + 0.5
    x, y = (
        (columns - center_x[:, None, None]) / radius[:, None, None],
        (rows - center_y[:, None, None]) / radius[:, None, None],
    )
    cosine, sine = (function(angle)[:, None, None] for function in (np.cos, np.sin))
    x, y = x * cosine + y * sine, y * cosine - x * sine
    inside = np.zeros(x.shape, bool)
    square = np.maximum(abs(x), abs(y)) < 0.9
    kinds = [
        lambda x, y, s: x * x + y * y < 1,
        lambda x, y, s: abs(np.hypot(x, y) - 0.75) < 0.25,
        lambda x, y, s: s,
        lambda x, y, s: s & (np.maximum(abs(x), abs(y)) > 0.5),
        lambda x, y, s: s & (y > 2 * abs(x) - 0.9),
        lambda x, y, s: s & (np.minimum(abs(x), abs(y)) < 0.3),
        lambda x, y, s: s & (abs(abs(x) - abs(y)) < 0.35),
        lambda x, y, s: s & (np.floor(y * 2.2) % 2 == 0),
        lambda x, y, s: s & (np.floor(x * 2.2) % 2 == 0),
        lambda x, y, s: s & ((x > 0) == (y > 0)),
    ]
    for kind, is_inside in enumerate(kinds):
        own = labels == kind
        inside[own] = is_inside(x[own], y[own], square[own])
    background, color = draw.uniform(0, 1, size=(2, count, 1, 1, 3))
    # Colors of a shape and its background that are too similar are moved apart.
    color = np.where(abs(color - background).max(-1, keepdims=True) < 0.35, (background + 0.5) % 1, color)
    pixels = np.where(inside[..., None], color, background) + draw.normal(0, 0.12, size=(count, canvas, canvas, 1))
    return (pixels.clip(0, 1) * 255).astype(np.uint8), labels, np.stack([heights, widths], axis=1)


def random_boxes(sizes, draws, crop):
    """A part of each image to train on: at least `crop` of its area, of an aspect ratio from 3:4 to 4:3."""
    height, width = sizes.T
    area = height * width * (crop + (1 - crop) * draws[:, 0])
    ratio = np.exp((draws[:, 1] * 2 - 1) * math.log(4 / 3))
    box_width, box_height = np.minimum(np.sqrt(area * ratio), width), np.minimum(np.sqrt(area / ratio), height)
    left, top = (width - box_width) * draws[:, 2], (height - box_height) * draws[:, 3]
    return np.stack([left, top, box_width, box_height], axis=1)


def validation_batches(sizes, size, batch):
    """Batches of images with similar aspect ratios, and the shape that the images of each are resized to."""
    aspects = sizes[:, 1] / sizes[:, 0]
    order = np.argsort(aspects, kind="stable")
    for start in range(0, len(order), batch):
        numbers = order[start : start + batch]
        aspect = float(aspects[numbers].mean())
        long_side = 4 * round(size * max(aspect, 1 / aspect) / 4)
        shape = (size, long_side) if aspect >= 1 else (long_side, size)
        height, width = sizes[numbers].T
        # The largest central part of each image with the aspect ratio of the batch.
        box_width, box_height = (
            np.minimum(width, height * shape[1] / shape[0]),
            np.minimum(height, width * shape[0] / shape[1]),
        )
        boxes = np.stack([(width - box_width) / 2, (height - box_height) / 2, box_width, box_height], axis=1)
        yield numbers, boxes, shape
