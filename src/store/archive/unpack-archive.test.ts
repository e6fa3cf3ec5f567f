import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { unpackArchive } from "./unpack-archive.ts";

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "pitwall-archive-"));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

const log = "Acme/results/node8/bert/result_0.txt";
const deep = `Acme/${"long-".repeat(30)}name/results/${"n".repeat(90)}/bert/result_1.txt`;
const files: Readonly<Record<string, string>> = {
  [log]: ":::MLLOG {}\n",
  [deep]: "x".repeat(5000),
  "Acme/systems/node8.json": "{}",
  "Acme/results/node8/bert/scaling.json": '{"scaling_factor": 1.1}',
  "Acme/results/node8/bert/power/result_0/node_0.txt": "power",
};

async function makeTree(): Promise<string> {
  const tree = join(scratch, "tree");
  for (const [path, text] of Object.entries({ ...files, "Acme/benchmarks/bert/run.py": "code" })) {
    await mkdir(join(tree, dirname(path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  await symlink("/etc/passwd", join(tree, "Acme/results/node8/bert/result_9.txt"));
  return tree;
}

function has(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, program)));
}

const never = new AbortController().signal;
const unpack = (path: string): ReturnType<typeof unpackArchive> =>
  unpackArchive(path, join(scratch, "out"), never);

async function expectUnpacked(): Promise<void> {
  for (const [path, text] of Object.entries(files))
    expect(await readFile(join(scratch, "out", path), "utf8"), path).toBe(text);
  const all = await readdir(join(scratch, "out"), { recursive: true, withFileTypes: true });
  expect(all.filter((entry) => !entry.isDirectory())).toHaveLength(Object.keys(files).length);
}

describe("unpackArchive", () => {
  test.each(["gnu", "pax"])(
    "takes what an import reads of a tar of the %s kind",
    async (format) => {
      const tree = await makeTree();
      const path = join(scratch, "round.bin");
      execFileSync("tar", ["cf", path, `--format=${format}`, "-C", tree, "Acme"]);
      expect(await unpack(path)).toMatchObject({ fileCount: 5, linkCount: 1, skipped: [] });
      await expectUnpacked();
    },
  );

  test("unpacks a gzipped archive with any name", async () => {
    const path = join(scratch, "round.zip");
    execFileSync("tar", ["czf", path, "-C", await makeTree(), "Acme"]);
    expect(await unpack(path)).toMatchObject({ fileCount: 5, linkCount: 1, skipped: [] });
    await expectUnpacked();
  });

  test.skipIf(!has("zstd"))(
    "unpacks an archive compressed with zstd (skipped: no zstd program)",
    async () => {
      const tar = join(scratch, "round.tar");
      execFileSync("tar", ["cf", tar, "-C", await makeTree(), "Acme"]);
      execFileSync("zstd", ["-q", "--long=27", tar]);
      expect(await unpack(`${tar}.zst`)).toMatchObject({ fileCount: 5, linkCount: 1, skipped: [] });
      await expectUnpacked();
    },
  );

  test("unpacks a zip, stored and deflated", async () => {
    const path = join(scratch, "round.zip");
    await writeFile(path, zipOf({ ...files, "Acme/benchmarks/run.py": "code" }));
    expect(await unpack(path)).toMatchObject({ fileCount: 5, linkCount: 0, skipped: [] });
    await expectUnpacked();
  });

  const outside = [
    "../result_0.txt",
    "Acme/../../result_0.txt",
    "/tmp/result_0.txt",
    "..\\result_0.txt",
    "C:\\result_0.txt",
  ];
  test.each(outside)("rejects an archive that names %s", async (name) => {
    const path = join(scratch, "evil");
    await writeFile(path, tarOf({ [name]: "evil" }));
    await expect(unpack(path)).rejects.toMatchObject({ code: "archive-escapes" });
    await writeFile(path, zipOf({ [name]: "evil" }));
    await expect(unpack(path)).rejects.toMatchObject({ code: "archive-escapes" });
    expect(existsSync(join(scratch, "result_0.txt"))).toBe(false);
  });

  test("writes no file through a link in the archive", async () => {
    const path = join(scratch, "evil");
    const link = tarEntry("Acme", "", { type: "2", linkName: scratch });
    await writeFile(path, Buffer.concat([link, tarOf({ "Acme/result_0.txt": "evil" })]));
    expect(await unpack(path)).toMatchObject({ fileCount: 1, linkCount: 1, skipped: [] });
    expect(existsSync(join(scratch, "result_0.txt"))).toBe(false);
  });

  test("reports an archive that is truncated at any position", async () => {
    const whole = tarOf({ [log]: "x".repeat(3000) });
    const path = join(scratch, "cut");
    for (const length of [512, 700, 512 + 2999, 512 + 3001, 512 + 3072]) {
      await writeFile(path, whole.subarray(0, length));
      await expect(unpack(path), String(length)).rejects.toMatchObject({ code: "archive-damaged" });
    }
    await writeFile(path, gzipSync(whole).subarray(0, 60));
    await expect(unpack(path)).rejects.toMatchObject({ code: "archive-damaged" });
  });

  test("reports a header with a wrong checksum", async () => {
    const path = join(scratch, "bad");
    const bytes = tarOf({ [log]: "text" });
    bytes.writeUInt8(0x41, 3);
    await writeFile(path, bytes);
    await expect(unpack(path)).rejects.toMatchObject({ code: "archive-damaged" });
  });

  test.each([
    ["text", "just some text"],
    ["nothing", ""],
  ])("reports a file that is %s", async (_name, text) => {
    const path = join(scratch, "file");
    await writeFile(path, text);
    await expect(unpack(path)).rejects.toMatchObject({ code: "archive-unknown" });
  });

  test.each([
    { name: "control characters", entry: "Acme/o\n\u001b[31m/result_0.txt", reason: "control" },
    { name: "too many folders", entry: `${"a/".repeat(33)}result_0.txt`, reason: "deep" },
    { name: "a long part", entry: `${"n".repeat(260)}/result_0.txt`, reason: "255 bytes" },
    {
      name: "a long path",
      entry: `${`${"n".repeat(250)}/`.repeat(5)}result_0.txt`,
      reason: "1024",
    },
  ])("skips an entry with $name and unpacks the others", async ({ entry, reason }) => {
    const path = join(scratch, "bad.zip");
    await writeFile(path, zipOf({ [entry]: "bad", [log]: "x" }));
    const { fileCount, skipped } = await unpack(path);
    expect([fileCount, skipped.length]).toEqual([1, 1]);
    expect(skipped[0]?.reason).toContain(reason);
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be in it
    expect(skipped[0]?.name).not.toMatch(/[\u0000-\u001f]/u);
    expect(skipped[0]?.name.length).toBeLessThanOrEqual(120);
  });

  test("skips an entry whose parent folder is a file", async () => {
    const path = join(scratch, "both.tar");
    const entries = { "Acme/result_0.txt": "x", "Acme/result_0.txt/entry.json": "{}" };
    await writeFile(path, tarOf(entries));
    expect(await unpack(path)).toMatchObject({ fileCount: 1, skippedCount: 1 });
  });

  const shipped = join(import.meta.dirname, "../../../../shared/cases/faults");
  test.skipIf(!existsSync(shipped)).each(["deep.tgz", "long.tgz", "nl.tgz"])(
    "unpacks nothing of %s and gives one reason (skipped where the shared cases are missing)",
    async (name) => {
      const { fileCount, skipped } = await unpack(join(shipped, name));
      expect([fileCount, skipped.length]).toEqual([0, 1]);
    },
  );

  test("rejects an archive that unpacks to far more than its size, and writes nothing", async () => {
    const path = join(scratch, "bomb.tgz");
    const entry = tarEntry(log, "x".repeat(70_000_000), { type: "0" });
    await writeFile(path, gzipSync(Buffer.concat([entry, Buffer.alloc(1024)])));
    await expect(unpack(path)).rejects.toMatchObject({ code: "archive-too-large" });
    expect(existsSync(join(scratch, "out"))).toBe(false);
  });

  test("rejects a tar whose headers add up to more than the limit, and writes nothing", async () => {
    const path = join(scratch, "large.tar");
    // The binary size format of GNU tar: 32 GB.
    const header = tarEntry(log, "", { type: "0", bytes: 32e9 });
    await writeFile(path, header);
    await expect(unpack(path)).rejects.toMatchObject({ code: "archive-too-large" });
    expect(existsSync(join(scratch, "out"))).toBe(false);
  });

  test("rejects a zip whose directory adds up to more than the ratio, and writes nothing", async () => {
    const path = join(scratch, "bomb.zip");
    await writeFile(path, zipOf({ [log]: "x" }, { claimedBytes: 2e9 }));
    await expect(unpack(path)).rejects.toMatchObject({ code: "archive-too-large" });
    expect(existsSync(join(scratch, "out"))).toBe(false);
  });

  test("writes no files if an archive is damaged near its end", async () => {
    const path = join(scratch, "cut.tar");
    const whole = tarOf({ [log]: "x".repeat(3000), "Acme/result_1.txt": "x".repeat(3000) });
    await writeFile(path, whole.subarray(0, whole.length - 2048));
    await expect(unpack(path)).rejects.toMatchObject({ code: "archive-damaged" });
    expect(existsSync(join(scratch, "out"))).toBe(false);
  });

  test("reports a zip entry that unpacks to more than its stated size", async () => {
    const path = join(scratch, "bomb.zip");
    await writeFile(path, zipOf({ [log]: "x".repeat(100_000) }, { claimedBytes: 10 }));
    await expect(unpack(path)).rejects.toMatchObject({ code: expect.stringMatching(/^archive-/) });
  });
});

function tarOf(entries: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(entries).map(([name, text]) => tarEntry(name, text, { type: "0" }));
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function tarEntry(
  name: string,
  text: string,
  { type, linkName = "", bytes = text.length }: { type: string; linkName?: string; bytes?: number },
): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  if (bytes < 8 ** 11) header.write(`${bytes.toString(8).padStart(11, "0")}\0`, 124);
  else {
    header.writeUInt8(0x80, 124);
    header.writeBigUInt64BE(BigInt(bytes), 128);
  }
  header.write("        ", 148);
  header.write(type, 156);
  header.write(linkName, 157);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const content = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  content.write(text);
  return Buffer.concat([header, content]);
}

function zipOf(
  entries: Readonly<Record<string, string>>,
  { claimedBytes }: { claimedBytes?: number } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [index, [name, text]] of Object.entries(entries).entries()) {
    const method = index % 2 === 0 ? 8 : 0;
    const packed = method === 8 ? deflateRawSync(text) : Buffer.from(text);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc32(text), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(claimedBytes ?? text.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), fields, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\u0003"), fields, tail, Buffer.from(name)]),
    );
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, list, end]);
}
