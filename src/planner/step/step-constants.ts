/** Fitted constants of one accelerator generation, precision and framework. Shares are 0 to 1. */
export interface StepConstants {
  /** Share of the peak in the layout's precision that a large matrix product reaches. */
  gemmPeak: number;
  /** The same in 16 bits, for what always runs in 16 bits: logits. */
  gemmPeak16: number;
  /** Rate of one accelerator over that of its generation: power limits hold clocks below those of the peak. */
  acceleratorRate: number;
  /** Columns or inner elements of a matrix product, whichever are fewer, at which it reaches half of that. */
  gemmRampWidth: number;
  /** Share of a matrix product's memory traffic that its arithmetic does not hide. */
  gemmTraffic: number;
  /** Share of the 16-bit peak that attention reaches on long sequences. */
  attentionPeak: number;
  /** Tokens of keys at which attention reaches half of that. */
  attentionRampTokens: number;
  /** Memory traffic of norms, residuals and activations over the count of `layer-costs.ts`. */
  elementwiseTraffic: number;
  /** Memory traffic of the conversion to a narrow format, over one read and one write. */
  quantizeTraffic: number;
  /** Share of the scale-up bandwidth that a collective reaches. */
  scaleUpShare: number;
  /** Share of the network bandwidth that a collective reaches. */
  networkShare: number;
  /** Latency of one collective inside a scale-up domain, ms. */
  scaleUpLatencyMs: number;
  /** Latency of one collective over the network, ms. */
  networkLatencyMs: number;
  /** Share of tensor-parallel communication that arithmetic does not hide. */
  tpExposed: number;
  /** Share of context-parallel communication that is exposed even beside much attention. */
  cpExposed: number;
  /** Share of expert-parallel communication that is exposed. */
  epExposed: number;
  /** The same where it runs beside the computation of another micro batch, even if there is enough of that. */
  epOverlapExposed: number;
  /** Share of pipeline transfers that is exposed. */
  ppExposed: number;
  /** Share of data-parallel communication that is always exposed. */
  dpExposed: number;
  /** Share of the computation that can hide data-parallel communication. */
  dpOverlap: number;
  /** Share of the forward pass that full recomputation repeats: compilers leave out the last product of a layer. */
  recomputeShare: number;
  /** Gaps between kernels, ms per layer and micro batch, forward and backward. */
  layerGapMs: number;
  /** The same of a layer with experts. */
  expertLayerGapMs: number;
  /** Time to launch one layer, forward and backward, ms: a shorter layer waits for the host. */
  launchMs: number;
  /** The same of a layer with experts. */
  expertLaunchMs: number;
  /** Fewer tokens per expert than this halve the rate of the experts' matrix products. */
  expertRampTokens: number;
  /** Memory traffic of a TPU that picks the rows of tokens for experts and back, over that of element-wise operations. */
  routingTraffic: number;
  /** Once per step, ms. */
  stepMs: number;
  /** Growth per doubling of the accelerators past 8. */
  stragglers: number;
  /** Logarithm of the speed that one year of software brings. */
  yearlyGain: number;
  /** What a year of software makes attention kernels faster beyond that, in natural logarithms. */
  attentionYearlyGain: number;
  /** The same of what experts add, on top of it. */
  expertYearlyGain: number;
}
