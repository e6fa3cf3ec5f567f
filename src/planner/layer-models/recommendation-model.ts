import { dense } from "./convolution.ts";
import { repeat, type LayerModel } from "./layer-work.ts";

const tables = 26;
const embedding = 128;
/** Rows that one sample looks up, in all tables together (mlcommons/training recommendation_v2, multi-hot sizes). */
const lookups = 214;
/** Rows of all tables, of which none has more than 40 million. */
const tableRows = 204_184_588;
const crossed = (tables + 1) * embedding;

/** DLRM-DCNv2 of MLPerf: 26 tables of multi-hot features, three low-rank cross layers. */
export const dlrmDcnv2: LayerModel = {
  name: "dlrm-dcnv2",
  sample: "click",
  layers: [
    dense(13, 512),
    dense(512, 256),
    dense(256, embedding),
    ...repeat(3, dense(crossed, 512), dense(512, crossed)),
    dense(crossed, 1024),
    dense(1024, 1024),
    dense(1024, 512),
    dense(512, 256),
    dense(256, 1),
  ],
  // Read, read again and written back by the update, in FP32.
  gatheredBytes: 3 * lookups * embedding * 4,
  tableBytes: tableRows * embedding * 4,
  // Vectors to the sample and gradients back, 16 bit.
  exchangedBytes: 2 * tables * embedding * 2,
  source:
    "Wang et al. 2020, https://arxiv.org/abs/2008.13535; mlcommons/training recommendation_v2/torchrec_dlrm (recalled)",
};
