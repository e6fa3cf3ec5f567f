import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EventLog } from "./event-log.ts";
import { LineFile } from "../read/line-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pitwall-events-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("events that arrive together or one after the other form one chain", async () => {
  const path = join(folder, "events.jsonl");
  const log = new EventLog(await LineFile.create(path));
  const together = Array.from({ length: 100 }, (_, rank) =>
    log.append({ kind: "launched", host: "a", rank, localRank: 0 }, rank),
  );
  await Promise.all(together);
  for (let pid = 0; pid < 20; pid++) {
    const event = await log.append({ kind: "created", pid }, pid);
    expect(event.index).toBe(100 + pid);
  }
  await log.close();
  const lines = readFileSync(path, "utf8").trim().split("\n");
  expect(lines).toHaveLength(120);
  expect(lines.map((line) => JSON.parse(line).index)).toEqual([...lines.keys()]);
});
