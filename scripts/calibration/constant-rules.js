// What is fitted: for each constant its prior, the spread of its logarithm around it, and what it varies by. A
// constant that no measurement reaches stays at its prior.
//
// The gain of software for experts is that of DeepSeek-V3 on GB200 from 25.11 to 26.04, before fused kernels: 4,018 to
// 4,257 tokens/s.
// Other priors are physical: data sheets, NCCL's bus bandwidth, kernels' published rates. Their spread keeps a few points of one
// model from moving a constant that other models share.
export const constantRules = {
  gemmPeak: { prior: 0.75, spread: 0.3, by: ["generation", "precision", "stack"] },
  gemmPeak16: { prior: 0.7, spread: 0.2, by: ["generation"] },
  acceleratorRate: { prior: 1, spread: 0.12, by: ["accelerator"] },
  gemmRampWidth: { prior: 200, spread: 1, by: [] },
  gemmTraffic: { prior: 0.5, spread: 0.5, by: [] },
  attentionPeak: { prior: 0.5, spread: 0.3, by: ["generation", "stack"] },
  attentionRampTokens: { prior: 500, spread: 0.7, by: [] },
  attentionYearlyGain: { prior: 0.1, spread: 0.5, by: ["stack"] },
  elementwiseTraffic: { prior: 1.2, spread: 0.4, by: ["stack"] },
  quantizeTraffic: { prior: 1, spread: 0.5, by: [] },
  scaleUpShare: { prior: 0.7, spread: 0.2, by: ["kind"] },
  networkShare: { prior: 0.7, spread: 0.3, by: ["kind"] },
  scaleUpLatencyMs: { prior: 0.02, spread: 0.5, by: [] },
  networkLatencyMs: { prior: 0.03, spread: 0.5, by: [] },
  tpExposed: { prior: 0.7, spread: 0.5, by: ["stack"] },
  cpExposed: { prior: 0.2, spread: 0.7, by: [] },
  epExposed: { prior: 1, spread: 0.5, by: [] },
  epOverlapExposed: { prior: 0.2, spread: 0.7, by: [] },
  ppExposed: { prior: 0.5, spread: 0.7, by: [] },
  dpExposed: { prior: 0.1, spread: 0.7, by: ["stack"] },
  dpOverlap: { prior: 0.7, spread: 0.4, by: [] },
  recomputeShare: { prior: 0.9, spread: 0.2, by: ["stack"] },
  layerGapMs: { prior: 0.1, spread: 0.5, by: [] },
  expertLayerGapMs: { prior: 0.3, spread: 0.5, by: [] },
  launchMs: { prior: 0.8, spread: 0.5, by: [] },
  // Recipes for Blackwell launch layers with experts from CUDA graphs, those for older ones mostly do not.
  expertLaunchMs: {
    prior: ({ host }) => (host === "grace" ? 4.5 : 10),
    spread: 0.3,
    by: ["host"],
  },
  expertRampTokens: { prior: 50, spread: 1, by: [] },
  routingTraffic: { prior: 1, spread: 0.7, by: ["kind"] },
  stepMs: { prior: 20, spread: 0.5, by: ["kind"] },
  stragglers: { prior: 0.003, spread: 0.7, by: [] },
  yearlyGain: { prior: 0.05, spread: 0.5, by: [] },
  expertYearlyGain: { prior: 0.15, spread: 0.5, by: [] },
};
/** The prior of a constant for a scope. */
export function priorOf(name, scope) {
  const { prior } = constantRules[name];
  return typeof prior === "function" ? prior(scope) : prior;
}

export const constantNames = Object.keys(constantRules);
