/** The properties of a connection that the limit uses; a `node:net` socket has them. */
export interface LimitedConnection {
  readonly remoteAddress?: string | undefined;
  destroy(): void;
}

interface Entry {
  address: string;
  /** `half-open` until the headers of its first request are complete. */
  state: "half-open" | "active" | "idle";
  isRefused: boolean;
}

/**
 * Limits the connections of the server, in total and per address. A connection above the limit replaces the oldest
 * half-open one, or else the one that has been idle longest. It is refused only if every other connection is busy.
 */
export class ConnectionLimit {
  readonly #max: number;
  readonly #maxPerAddress: number;
  /** Ordered by the time of the last state change. */
  readonly #entries = new Map<LimitedConnection, Entry>();

  constructor({ max, maxPerAddress }: { max: number; maxPerAddress: number }) {
    this.#max = max;
    this.#maxPerAddress = maxPerAddress;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** Adds a new connection, and evicts another one if there are too many. */
  add(connection: LimitedConnection): void {
    const address = connection.remoteAddress ?? "unknown";
    const ofAddress = [...this.#entries].filter(([, entry]) => entry.address === address);
    const isRefused =
      this.#isFull(ofAddress, this.#maxPerAddress) || this.#isFull([...this.#entries], this.#max);
    this.#entries.set(connection, { address, state: "half-open", isRefused });
  }

  /** Marks the start of a request on the connection. */
  begin(connection: LimitedConnection): void {
    this.#enter(connection, "active");
  }

  /** Marks the end of a request: the response was sent or aborted. */
  end(connection: LimitedConnection): void {
    this.#enter(connection, "idle");
  }

  remove(connection: LimitedConnection): void {
    this.#entries.delete(connection);
  }

  /** Whether requests on this connection get status 503. */
  isRefused(connection: LimitedConnection): boolean {
    return this.#entries.get(connection)?.isRefused ?? false;
  }

  #enter(connection: LimitedConnection, state: Entry["state"]): void {
    const entry = this.#entries.get(connection);
    if (entry === undefined) return;
    this.#entries.delete(connection);
    this.#entries.set(connection, { ...entry, state });
  }

  /** Whether the limit is still reached after evicting one of these connections if possible. */
  #isFull(connections: readonly (readonly [LimitedConnection, Entry])[], max: number): boolean {
    if (connections.length < max) return false;
    const oldest = (state: Entry["state"]): LimitedConnection | undefined =>
      connections.find(([, entry]) => entry.state === state)?.[0];
    const evicted = oldest("half-open") ?? oldest("idle");
    if (evicted === undefined) return true;
    this.#entries.delete(evicted);
    evicted.destroy();
    return connections.length - 1 >= max;
  }
}
