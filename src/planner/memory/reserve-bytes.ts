/** CUDA context with the kernels of a training program, bytes. */
const contextBytes = 0.6 * 2 ** 30;
/** Buffers of NCCL's communicators, bytes. */
const communicatorBytes = 0.6 * 2 ** 30;
/** Share of activations and buffers that the allocator cannot use. */
const fragmentationFraction = 0.03;

/**
 * Memory that no tensor uses: the context of the device, buffers for communication, and gaps between blocks.
 *
 * @param changingBytes activations and buffers, which come and go
 */
export function reserveBytes(acceleratorCount: number, changingBytes: number): number {
  const communicators = acceleratorCount > 1 ? communicatorBytes : 0;
  return contextBytes + communicators + fragmentationFraction * changingBytes;
}
