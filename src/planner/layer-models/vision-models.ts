import { convolution, dense } from "./convolution.ts";
import { repeat, type LayerModel, type LayerWork } from "./layer-work.ts";
import { residualNetwork } from "./residual-network.ts";

const noTables = { gatheredBytes: 0, tableBytes: 0, exchangedBytes: 0 };

/** Sides of the levels P3 to P7 of an image of 800 x 800. */
const pyramid = [100, 50, 25, 13, 7];

export const resNet50: LayerModel = {
  name: "resnet-50",
  sample: "image",
  layers: [...residualNetwork({ side: 224 }), dense(2048, 1000)],
  ...noTables,
  source: "He et al. 2015, https://arxiv.org/abs/1512.03385; v1.5, 224 x 224",
};

/** RetinaNet of MLPerf: ResNeXt-50 32x4d, 800 x 800, 264 classes, 9 anchors. */
export const retinaNet: LayerModel = {
  name: "retinanet",
  sample: "image",
  layers: [
    ...residualNetwork({ side: 800, groups: 32, groupWidth: 4 }),
    ...featurePyramid(),
    ...detectionHeads(),
  ],
  ...noTables,
  source:
    "Lin et al. 2017, https://arxiv.org/abs/1708.02002; mlcommons/training single_stage_detector (recalled)",
};

function featurePyramid(): LayerWork[] {
  const lateral = [512, 1024, 2048].map((from, level) =>
    convolution({ from, to: 256, kernel: 1, positions: (pyramid[level] ?? 0) ** 2 }),
  );
  const output = pyramid.map((side, level) =>
    convolution({ from: level === 3 ? 2048 : 256, to: 256, kernel: 3, positions: side ** 2 }),
  );
  return [...lateral, ...output];
}

/** The heads share their weights over the levels, so only the first level counts parameters. */
function detectionHeads(): LayerWork[] {
  return pyramid.flatMap((side, level) => {
    const positions = side ** 2;
    const hidden = convolution({ from: 256, to: 256, kernel: 3, positions });
    const head = repeat(8, hidden).concat(
      convolution({ from: 256, to: 9 * 264, kernel: 3, positions }),
      convolution({ from: 256, to: 9 * 4, kernel: 3, positions }),
    );
    return level === 0 ? head : head.map(withoutParameters);
  });
}

function withoutParameters(layer: LayerWork): LayerWork {
  return { ...layer, parameters: 0 };
}

/** The 3D U-Net of MLPerf: KiTS19, patches of 128^3. */
export const unet3d: LayerModel = {
  name: "unet3d",
  sample: "volume",
  layers: unetLayers([32, 64, 128, 256, 320, 320], 128),
  ...noTables,
  source:
    "Isensee et al. 2018, https://arxiv.org/abs/1809.10486; mlcommons/training unet3d (recalled)",
};

function unetLayers(widths: readonly number[], side: number): LayerWork[] {
  const voxels = (level: number): number => (side / 2 ** level) ** 3;
  const down = widths.flatMap((to, level) => {
    const positions = voxels(level);
    const from = level === 0 ? 1 : (widths[level - 1] ?? 1);
    const inputPositions = voxels(Math.max(0, level - 1));
    return [
      volumeConvolution({ from, to, positions, inputPositions }),
      volumeConvolution({ from: to, to, positions }),
    ];
  });
  const up = widths.slice(0, -1).flatMap((to, level) => {
    const positions = voxels(level);
    const below = widths[level + 1] ?? to;
    return [
      // Transposed convolution of kernel 2 and stride 2: every output voxel has one input voxel.
      convolution({
        from: below,
        to,
        kernel: 1,
        dimensions: 3,
        positions,
        inputPositions: positions / 8,
      }),
      volumeConvolution({ from: 2 * to, to, positions }),
      volumeConvolution({ from: to, to, positions }),
    ];
  });
  return [
    ...down,
    ...up,
    convolution({ from: 32, to: 3, kernel: 1, dimensions: 3, positions: side ** 3 }),
  ];
}

function volumeConvolution(options: {
  from: number;
  to: number;
  positions: number;
  inputPositions?: number;
}): LayerWork {
  return convolution({ kernel: 3, dimensions: 3, ...options });
}
