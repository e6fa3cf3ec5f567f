import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { HostLink } from "./host-link.ts";

function frame(kind: string, payload = ""): string {
  return `${kind} -1 1000 0 ${payload.length}\n${payload}`;
}

/** A host that says on its n-th connection what is in the file n, once it exists. Time is faked; processes and files are not. */
function silentHost() {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-link-"));
  const connections: string[] = [];
  const heard: string[] = [];
  const lost: string[] = [];
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"],
  });
  const wrap = (): string[] => {
    connections.push(join(folder, String(connections.length + 1)));
    const speak = 'until [ -e "$1" ]; do sleep 0.02; done; cat "$1"; exec sleep 600';
    return ["sh", "-c", speak, "sh", connections.at(-1) ?? ""];
  };
  const link = new HostLink(
    { access: { host: "a", wrap }, agent: [], folder: "" },
    { nowMs: () => 0, lostAfterMs: 60_000 },
    {
      onFrame: ({ kind }) => heard.push(`${kind} from ${connections.length}`),
      onClock: () => undefined,
      onLost: (reason) => lost.push(reason),
    },
  );
  onTestFinished(() => {
    link.close();
    vi.useRealTimers();
    rmSync(folder, { recursive: true });
  });
  return {
    heard,
    lost,
    // Renamed: the host reads the file as soon as it exists.
    say: (text: string) => {
      const file = connections.at(-1) ?? "";
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    },
    /**
     * Lets time pass until the host has been connected to so many times: slowly, because the end of a connection takes as
     * long as the machine needs, and the host is lost after a minute.
     */
    connected: async (count: number) => {
      while (connections.length < count) {
        vi.advanceTimersByTime(250);
        await sleep(10);
      }
    },
    count: () => connections.length,
    /** Waits while no time passes. */
    until: async (isDone: () => boolean) => {
      while (!isDone()) await nextTurn();
    },
  };
}

describe("HostLink", () => {
  test("gives a new connection to a silent host ten seconds to answer", async () => {
    const host = silentHost();
    host.say(frame("p", "unknown") + frame("h"));
    await host.until(() => host.heard.at(-1) === "heartbeat from 1");
    vi.advanceTimersByTime(9_000);
    expect(host.count()).toBe(1);
    await host.connected(2);
    vi.advanceTimersByTime(9_000);
    host.say(frame("h"));
    await host.until(() => host.heard.at(-1) === "heartbeat from 2");
    await host.connected(3);
    expect(host.lost).toEqual([]);
  });

  test("gives up a host that answers no connection for a minute", async () => {
    const host = silentHost();
    host.say(frame("p", "unknown") + frame("h"));
    await host.until(() => host.heard.length > 0);
    await host.connected(2);
    vi.advanceTimersByTime(60_000);
    expect(host.lost).toEqual([expect.stringContaining("no answer for 60 s")]);
  });
});
