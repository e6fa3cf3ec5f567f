/** A GPU of a node, as nvidia-smi lists it. */
export interface PresentGpu {
  index: number;
  uuid: string;
  /** Its MIG devices. */
  migUuids?: readonly string[];
}

/** Which accelerators of a node a program uses. */
export interface AcceleratorUse {
  count: number;
  /** Of the GPUs that are used; undefined is all GPUs of the node. */
  uuids: readonly string[] | undefined;
  /** What selects them: `CUDA_VISIBLE_DEVICES=3`; undefined where nothing does. */
  selectedBy: string | undefined;
}
