import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { FollowedFile, maxLineBytes } from "./follow-file.ts";

function followed(content: string) {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-follow-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "lines.txt");
  writeFileSync(path, content);
  const seen: { length: number; text: string; cutBytes: number }[] = [];
  const file = new FollowedFile(path, (bytes, start, end, cutBytes) => {
    const text = Buffer.from(bytes.subarray(start, end)).toString();
    seen.push({ length: text.length, text: text.slice(0, 20), cutBytes });
  });
  return { path, file, seen };
}

describe("FollowedFile", () => {
  test("waits for the end of the last line", () => {
    const { path, file, seen } = followed("one\ntw");
    const buffer = new Uint8Array(16);
    file.readOn(buffer);
    appendFileSync(path, "o\n");
    file.readOn(buffer);
    expect(seen.map(({ text }) => text)).toEqual(["one\n", "two\n"]);
  });

  test.each([{ bufferBytes: 1000 }, { bufferBytes: 1 << 16 }, { bufferBytes: 1 << 20 }])(
    "cuts a line of 5 MB and returns the number of cut bytes, with a buffer of $bufferBytes bytes",
    ({ bufferBytes }) => {
      const longBytes = 5_000_000;
      const { file, seen } = followed(`a\n${"x".repeat(longBytes)}\nb\nc\n`);
      const buffer = new Uint8Array(bufferBytes);
      file.readOn(buffer);
      const whole = seen.filter(({ cutBytes }) => cutBytes === 0);
      expect(whole.map(({ text }) => text).join("")).toBe("a\nb\nc\n");
      const cut = seen.find(({ cutBytes }) => cutBytes > 0);
      expect(cut?.length).toBe(maxLineBytes + 1);
      expect(maxLineBytes + (cut?.cutBytes ?? 0)).toBe(longBytes);
      expect(file.hasRest).toBe(false);
    },
  );

  test("has the start of an unfinished long line as its position", () => {
    const { path, file, seen } = followed(`a\n${"x".repeat(3_000_000)}`);
    const buffer = new Uint8Array(1 << 16);
    file.readOn(buffer);
    expect([file.position.offset, file.hasRest, seen.length]).toEqual([2, true, 1]);
    appendFileSync(path, "y\nb\n");
    file.readOn(buffer);
    expect(seen.map(({ text }) => text).at(-1)).toBe("b\n");
    expect(file.position.offset).toBe(file.offset);
  });
});
