import { convolution } from "./convolution.ts";
import { repeat, type LayerWork } from "./layer-work.ts";

interface ResidualNetwork {
  /** Pixels of one side of the image. */
  side: number;
  /** 32 and a base width of 4 make ResNeXt-50 32x4d; default: ResNet-50. */
  groups?: number;
  groupWidth?: number;
}

const stages = [
  { blocks: 3, width: 64, shrink: 4 },
  { blocks: 4, width: 128, shrink: 8 },
  { blocks: 6, width: 256, shrink: 16 },
  { blocks: 3, width: 512, shrink: 32 },
];

/**
 * The convolutions of ResNet-50 v1.5 (stride in the 3x3 convolution) or ResNeXt-50.
 *
 * @see He et al. 2015, https://arxiv.org/abs/1512.03385; Xie et al. 2016, https://arxiv.org/abs/1611.05431
 */
export function residualNetwork({
  side,
  groups = 1,
  groupWidth = 64,
}: ResidualNetwork): LayerWork[] {
  const pixels = (shrink: number): number => Math.ceil(side / shrink) ** 2;
  const stem = convolution({
    from: 3,
    to: 64,
    kernel: 7,
    positions: pixels(2),
    inputPositions: side ** 2,
  });
  let from = 64;
  const blocks = stages.flatMap(({ blocks: count, width, shrink }, stage) => {
    const inner = Math.floor((width * groupWidth) / 64) * groups;
    const to = width * 4;
    const before = stage === 0 ? pixels(4) : pixels(shrink / 2);
    const after = pixels(shrink);
    const rest = { groups, kernel: 3, from: inner, to: inner, positions: after };
    const first = [
      convolution({ from, to: inner, kernel: 1, positions: before }),
      convolution(Object.assign({ inputPositions: before }, rest)),
      convolution({ from: inner, to, kernel: 1, positions: after }),
      convolution({ from, to, kernel: 1, positions: after, inputPositions: before }),
    ];
    from = to;
    const further = repeat(
      count - 1,
      convolution({ from: to, to: inner, kernel: 1, positions: after }),
      convolution(rest),
      convolution({ from: inner, to, kernel: 1, positions: after }),
    );
    return first.concat(further);
  });
  return [stem, ...blocks];
}
