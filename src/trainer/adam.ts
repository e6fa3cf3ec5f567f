import { type AdamKernel, adamKernel } from "./kernels/adam-kernel.ts";

export interface AdamOptions {
  /** Step size, by the number of training samples seen before this step. */
  readonly learningRate: (samplesSeen: number) => number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled, in units of the learning rate; 0 for plain Adam. */
  readonly weightDecay: number;
}

/** The usual constants; differences are documented. */
export const adamDefaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;

/** The two moments of a range of parameters and the number of updates. */
export interface AdamState {
  readonly kernel: AdamKernel;
  stepCount: number;
}

export function adamState(parameterCount: number): AdamState {
  return { kernel: adamKernel(parameterCount), stepCount: 0 };
}

/**
 * One step of Adam with decoupled weight decay (AdamW), into `parameters` and `state`, in float32.
 * Elementwise: any division of the parameters among workers gives the same bits.
 *
 * @throws RangeError if there are more parameters or gradients than the state is for
 * @see Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1
 * @see Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101, algorithm 2
 */
export function adamStepInto(
  parameters: Float32Array,
  gradients: Float32Array,
  state: AdamState,
  options: AdamOptions & { readonly samplesSeen: number },
): void {
  const { beta1, beta2, epsilon } = options;
  const { kernel } = state;
  state.stepCount += 1;
  const learningRate = options.learningRate(options.samplesSeen);
  kernel.parameters.set(parameters);
  kernel.gradients.set(gradients);
  kernel.step({
    beta1,
    beta2,
    firstCorrection: learningRate / (1 - beta1 ** state.stepCount),
    secondCorrection: 1 / (1 - beta2 ** state.stepCount),
    epsilon,
    keptFraction: 1 - learningRate * options.weightDecay,
  });
  parameters.set(kernel.parameters);
}
