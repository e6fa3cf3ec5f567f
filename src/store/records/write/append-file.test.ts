import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppendFile } from "./append-file.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitwall-append-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("AppendFile", () => {
  test("writes all pieces in order, for any sizes and pauses", async () => {
    const piece = fc.record({ bytes: fc.uint8Array({ maxLength: 40 }), action: fc.nat(4) });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
        const path = join(directory, `file-${count++}`);
        const file = await AppendFile.open(path, 16);
        for (const { bytes, action } of pieces) {
          const wait = file.append(bytes);
          if (action === 0) await file.flush();
          if (action === 1) await new Promise((resolve) => setImmediate(resolve));
          if (action > 1) await wait;
        }
        await file.finish();
        const expected = Buffer.concat(pieces.map(({ bytes }) => bytes));
        expect(readFileSync(path).equals(expected)).toBe(true);
      }),
      { seed: 20261122, numRuns: 40 },
    );
  });

  test("writes a single line immediately, without a flush", async () => {
    const path = join(directory, "file");
    const file = await AppendFile.open(path);
    await file.append(Buffer.from("line\n"));
    while (readFileSync(path, "utf8") === "") await sleep(1);
    expect(readFileSync(path, "utf8")).toBe("line\n");
    await file.close();
  });

  test("applies back-pressure only while the disk is slower than the caller", async () => {
    const slow = openSlowDisk(join(directory, "pipe"));
    const file = await AppendFile.open(join(directory, "pipe"), 65_536);
    const piece = Buffer.alloc(1000, "p");
    let sentBytes = 0;
    let wait: Promise<void> | undefined;
    for (; wait === undefined; sentBytes += piece.length) {
      wait = file.append(piece);
      // Waits until the write that will block on the full pipe has started.
      if (sentBytes % 64_000 === 0) await sleep(10);
    }
    // Expected limit: one batch being written, one full batch, and the pipe's own 64 KiB.
    expect(sentBytes).toBeLessThan(5 * 65_536);
    const readBytes = slow.readAll();
    await wait;
    await file.close();
    expect(await readBytes).toBe(sentBytes);
  });
});

/** A pipe whose writes block until a reader reads from it. */
function openSlowDisk(path: string): { readAll: () => Promise<number> } {
  execFileSync("/bin/sh", ["-c", 'mkfifo "$0"', path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const buffer = Buffer.alloc(65_536);
  const readSome = (): number | "nothing-yet" => {
    try {
      return readSync(reader, buffer);
    } catch {
      // EAGAIN: the writer has the pipe open but has not written anything.
      return "nothing-yet";
    }
  };
  return {
    async readAll() {
      let allBytes = 0;
      for (let some = readSome(); some !== 0; some = readSome()) {
        if (some === "nothing-yet") await sleep(1);
        else allBytes += some;
      }
      closeSync(reader);
      return allBytes;
    },
  };
}
