import { attention, convolution, dense } from "./convolution.ts";
import { repeat, type LayerModel, type LayerWork } from "./layer-work.ts";

const noTables = { gatheredBytes: 0, tableBytes: 0, exchangedBytes: 0 };
const width = 320;
const contextWidth = 1024;
const contextTokens = 77;
const levels = [
  { factor: 1, side: 64, attends: true },
  { factor: 2, side: 32, attends: true },
  { factor: 4, side: 16, attends: true },
  { factor: 4, side: 8, attends: false },
];
const fluxWidth = 3072;
const imageTokens = 256;
const textTokens = 256;

/** Stable Diffusion v2 of MLPerf: images of 512 x 512 as latents of 64 x 64, and the frozen text encoder. */
export const stableDiffusion: LayerModel = {
  name: "stable-diffusion-v2",
  sample: "text-image pair",
  layers: [
    convolution({ from: 4, to: width, kernel: 3, positions: 64 ** 2 }),
    ...contraction(),
    ...residual(1280, 1280, 8),
    ...crossAttention(1280, 8),
    ...residual(1280, 1280, 8),
    ...expansion(),
    convolution({ from: width, to: 4, kernel: 3, positions: 64 ** 2 }),
    ...textEncoder(),
  ],
  ...noTables,
  source:
    "Rombach et al. 2022, https://arxiv.org/abs/2112.10752; Stability-AI/stablediffusion configs/stable-diffusion/v2-training (recalled)",
};

function contraction(): LayerWork[] {
  let from = width;
  return levels.flatMap(({ factor, side, attends }, level) => {
    const to = width * factor;
    const blocks = [0, 1].flatMap(() => {
      const block = residual(from, to, side).concat(attends ? crossAttention(to, side) : []);
      from = to;
      return block;
    });
    const positions = (side / 2) ** 2;
    const halve = convolution({ from: to, to, kernel: 3, positions, inputPositions: side ** 2 });
    return level === levels.length - 1 ? blocks : blocks.concat(halve);
  });
}

/** Each block takes the result of its counterpart in the contraction as further channels. */
function expansion(): LayerWork[] {
  let from = 1280;
  return levels.toReversed().flatMap(({ factor, side, attends }, level) => {
    const to = width * factor;
    const below = levels[levels.length - 2 - level];
    const skipped = [to, to, width * (below?.factor ?? 1)];
    const blocks = skipped.flatMap((skip) => {
      const block = residual(from + skip, to, side).concat(attends ? crossAttention(to, side) : []);
      from = to;
      return block;
    });
    const double = convolution({ from: to, to, kernel: 3, positions: (2 * side) ** 2 });
    return level === levels.length - 1 ? blocks : blocks.concat(double);
  });
}

function residual(from: number, to: number, side: number): LayerWork[] {
  const positions = side ** 2;
  const shortcut = from === to ? [] : [convolution({ from, to, kernel: 1, positions })];
  return [
    convolution({ from, to, kernel: 3, positions }),
    convolution({ from: to, to, kernel: 3, positions }),
    dense(1280, to),
    ...shortcut,
  ];
}

/** Self-attention, attention to the text, and a gated feed-forward layer of four times the width. */
function crossAttention(channels: number, side: number): LayerWork[] {
  const rows = side ** 2;
  return [
    ...repeat(2, dense(channels, channels, rows)),
    ...repeat(4, dense(channels, channels, rows)),
    attention(channels, rows, rows),
    ...repeat(2, dense(channels, channels, rows)),
    ...repeat(2, dense(contextWidth, channels, contextTokens)),
    attention(channels, rows, contextTokens),
    dense(channels, 8 * channels, rows),
    dense(4 * channels, channels, rows),
  ];
}

/** 23 layers of the text encoder of OpenCLIP ViT-H. */
function textEncoder(): LayerWork[] {
  const block = [
    ...repeat(4, dense(contextWidth, contextWidth, contextTokens)),
    attention(contextWidth, contextTokens, contextTokens),
    dense(contextWidth, 4 * contextWidth, contextTokens),
    dense(4 * contextWidth, contextWidth, contextTokens),
  ];
  return repeat(23, ...block).map(frozen);
}

function frozen(layer: LayerWork): LayerWork {
  return { ...layer, isFrozen: true };
}

/** FLUX.1-schnell of MLPerf: images of 256 x 256 as 256 tokens, 256 tokens of text; encoders are not run. */
export const flux: LayerModel = {
  name: "flux-1",
  sample: "text-image pair",
  layers: [
    dense(64, fluxWidth, imageTokens),
    dense(4096, fluxWidth, textTokens),
    ...repeat(19, ...fluxStream(imageTokens), ...fluxStream(textTokens), jointAttention()),
    ...repeat(
      38,
      dense(fluxWidth, 7 * fluxWidth, imageTokens + textTokens),
      dense(5 * fluxWidth, fluxWidth, imageTokens + textTokens),
      jointAttention(),
      dense(fluxWidth, 3 * fluxWidth),
    ),
    dense(fluxWidth, 64, imageTokens),
  ],
  ...noTables,
  source:
    "black-forest-labs/flux src/flux/model.py (19 double and 38 single blocks, width 3072; recalled)",
};

/** One of the two streams of a double block: modulation, queries, keys and values, projection, feed-forward layer. */
function fluxStream(tokens: number): LayerWork[] {
  return [
    dense(fluxWidth, 6 * fluxWidth),
    dense(fluxWidth, 3 * fluxWidth, tokens),
    dense(fluxWidth, fluxWidth, tokens),
    dense(fluxWidth, 4 * fluxWidth, tokens),
    dense(4 * fluxWidth, fluxWidth, tokens),
  ];
}

function jointAttention(): LayerWork {
  const tokens = imageTokens + textTokens;
  return attention(fluxWidth, tokens, tokens);
}
