import { describe, expect, test } from "vitest";
import { ConnectionLimit, type LimitedConnection } from "./connection-limit.ts";

function setUp(limits: { max: number; maxPerAddress: number }) {
  const limit = new ConnectionLimit(limits);
  const destroyed: string[] = [];
  const connect = (name: string, remoteAddress = "a"): LimitedConnection => {
    const connection = { remoteAddress, destroy: () => void destroyed.push(name) };
    limit.add(connection);
    return connection;
  };
  return { limit, destroyed, connect };
}

describe("ConnectionLimit", () => {
  test("evicts the oldest half-open connection first", () => {
    const { limit, destroyed, connect } = setUp({ max: 3, maxPerAddress: 3 });
    const idle = connect("idle");
    limit.begin(idle);
    limit.end(idle);
    connect("half-open 1");
    connect("half-open 2");
    connect("new");
    expect([destroyed, limit.count]).toEqual([["half-open 1"], 3]);
  });

  test("evicts the connection that has been idle longest if none is half-open", () => {
    const { limit, destroyed, connect } = setUp({ max: 2, maxPerAddress: 2 });
    const [first, second] = [connect("first"), connect("second")];
    for (const connection of [second, first]) {
      limit.begin(connection);
      limit.end(connection);
    }
    connect("new");
    expect(destroyed).toEqual(["second"]);
  });

  test("refuses a new connection if all others are busy", () => {
    const { limit, destroyed, connect } = setUp({ max: 1, maxPerAddress: 1 });
    const busy = connect("busy");
    limit.begin(busy);
    const refused = connect("refused");
    expect([limit.isRefused(refused), limit.isRefused(busy), destroyed]).toEqual([true, false, []]);
    const next = connect("next");
    expect([destroyed, limit.isRefused(next)]).toEqual([["refused"], true]);
  });

  test("counts per address, and evicts only connections of the same address", () => {
    const { destroyed, connect } = setUp({ max: 10, maxPerAddress: 2 });
    connect("other", "b");
    connect("first");
    connect("second");
    connect("third");
    expect(destroyed).toEqual(["first"]);
  });

  test("frees a slot when a connection closes", () => {
    const { limit, destroyed, connect } = setUp({ max: 1, maxPerAddress: 1 });
    limit.remove(connect("closed"));
    connect("new");
    expect([destroyed, limit.count]).toEqual([[], 1]);
  });
});
