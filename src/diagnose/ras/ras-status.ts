/** A rank of a communicator, and how many collectives of each kind it has launched. */
export interface RasRank {
  /** In the communicator. */
  rank: number;
  /** Its process and GPU; undefined where the answer does not state them. */
  process: string | undefined;
  /** By NCCL's name: `AllReduce`. */
  counts: ReadonlyMap<string, number>;
  hasError: boolean;
}

/** A rank whose process did not answer. */
export interface MissingRank {
  rank: number;
  process: string | undefined;
  /** Whether NCCL has given it up: its process ended, or its host is not reached. */
  isDead: boolean;
}

export interface RasCommunicator {
  hash: string;
  /** Ranks, those that are missing included. */
  size: number;
  ranks: readonly RasRank[];
  missing: readonly MissingRank[];
}

/** One answer of NCCL's RAS: what all communicators of a job had done when it was asked. */
export interface RasStatus {
  file: string;
  ncclVersion: string;
  communicators: readonly RasCommunicator[];
}
