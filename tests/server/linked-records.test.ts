import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeHome, rawRequest, startRecord, startServer } from "./start-server.ts";

const runId = "toy-1";
const secret = "text that must not be served";

describe("a record with links", () => {
  test("whose log is a link does not expose the target", async () => {
    const home = makeHome();
    writeFileSync(join(home, "secret.txt"), `${secret}\n`);
    const writer = await startRecord(home, runId);
    await writer.close();
    rmSync(join(writer.directory, "log.txt"));
    symlinkSync(join(home, "secret.txt"), join(writer.directory, "log.txt"));
    const { port } = await startServer(home);
    for (const path of ["log", "record", ""]) {
      const { body } = await rawRequest(port, { path: `/api/runs/${runId}/${path}` });
      expect(body).not.toContain(secret);
    }
  });

  /** Creates a record with telemetry, and a file outside of it that must not be served. */
  async function recordBesideSecret() {
    const home = makeHome();
    const secretPath = join(home, "secret.txt");
    const sample = { kind: "step", timeMs: 1, rank: 0, step: 1, loss: 0.25, note: secret };
    writeFileSync(secretPath, `${secret}\n${JSON.stringify(sample)}\n`);
    const writer = await startRecord(home, runId);
    await writer.close();
    return { home, secretPath, directory: writer.directory };
  }

  const recordPaths = ["/log", "/record", "", "/series?names=loss", "/heatmap"];

  test("whose samples directory is a link does not expose its files", async () => {
    const { home, secretPath, directory } = await recordBesideSecret();
    const outside = makeHome();
    linkSync(secretPath, join(outside, "host.jsonl"));
    rmSync(join(directory, "samples"), { recursive: true });
    symlinkSync(outside, join(directory, "samples"));
    const { port } = await startServer(home);
    for (const path of recordPaths) {
      const { status, body } = await rawRequest(port, { path: `/api/runs/${runId}${path}` });
      expect([path, status, body.includes(secret)]).toEqual([path, 403, false]);
      expect(body).toContain("samples is a symbolic link");
    }
  });

  test("whose log is a hard link is refused with the reason", async () => {
    const { home, secretPath, directory } = await recordBesideSecret();
    rmSync(join(directory, "log.txt"));
    linkSync(secretPath, join(directory, "log.txt"));
    const { port } = await startServer(home);
    for (const path of recordPaths) {
      const { status, body } = await rawRequest(port, { path: `/api/runs/${runId}${path}` });
      expect([path, status, body.includes(secret)]).toEqual([path, 403, false]);
      expect(body).toContain("log.txt has a second name, a hard link");
    }
    const list = await rawRequest(port, { path: "/api/runs" });
    expect(list.body).toContain("hard link");
  });

  test("with a hard link among its samples is served without that file", async () => {
    const { home, secretPath, directory } = await recordBesideSecret();
    linkSync(secretPath, join(directory, "samples", "rank-0.jsonl"));
    writeFileSync(join(directory, "samples", "rank-1.jsonl"), "{}\n");
    const { port } = await startServer(home);
    const { status, body } = await rawRequest(port, { path: `/api/runs/${runId}/record` });
    expect(status).toBe(200);
    expect(body).toContain("samples/rank-1.jsonl");
    expect(body).not.toContain("rank-0");
    expect(body).not.toContain(secret);
  });

  test("is not opened if it or its run.json is a link", async () => {
    const home = makeHome();
    const outside = makeHome();
    await startRecord(outside, runId);
    mkdirSync(join(home, "runs", "half"), { recursive: true });
    symlinkSync(join(outside, "runs", runId), join(home, "runs", runId));
    symlinkSync(join(outside, "runs", runId, "run.json"), join(home, "runs", "half", "run.json"));
    const { port } = await startServer(home);
    for (const id of [runId, "half"]) {
      const { status, body } = await rawRequest(port, { path: `/api/runs/${id}` });
      expect([id, status, body]).toEqual([id, 403, expect.stringContaining("record-linked")]);
    }
    const list = await rawRequest(port, { path: "/api/runs" });
    expect(list.body.match(/"kind":"broken"/g)?.length).toBe(2);
  });
});
