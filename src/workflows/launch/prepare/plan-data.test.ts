import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { planData } from "./plan-data.ts";

const checksum = "ab".repeat(32);

function folder(): string {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), "pitwall-data-")));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  mkdirSync(join(cwd, "image net"));
  mkdirSync(join(cwd, "sub"));
  for (const name of ["cifar-10.tar.gz", "a=b", "sub/image net.bin"])
    writeFileSync(join(cwd, name), "");
  return cwd;
}

describe("the data of a run", () => {
  test.each([
    { text: "image net", expected: { name: "IMAGE_NET", source: "<cwd>/image net" } },
    {
      text: "image net=/data/i",
      expected: { name: "IMAGE_NET", source: "<cwd>/image net", path: "/data/i" },
    },
    {
      text: "cifar-10.tar.gz=~/c/",
      expected: { name: "CIFAR_10", source: "<cwd>/cifar-10.tar.gz", path: "~/c/" },
    },
    { text: "a=b", expected: { name: "A_B", source: "<cwd>/a=b" } },
    {
      text: `cifar-10.tar.gz#sha256=${checksum}=/d`,
      expected: { name: "CIFAR_10", source: "<cwd>/cifar-10.tar.gz", sha256: checksum, path: "/d" },
    },
    {
      text: `https://example.org/x/train.bin?id=5#sha256=${checksum.toUpperCase()}`,
      expected: { name: "TRAIN", source: "https://example.org/x/train.bin?id=5", sha256: checksum },
    },
    {
      text: "https://example.org/get?id=5",
      expected: { name: "GET", source: "https://example.org/get?id=5" },
    },
    {
      text: "https://example.org/a.gz=/d",
      expected: { name: "A", source: "https://example.org/a.gz", path: "/d" },
    },
    { text: "me@store:/big/set", expected: { name: "SET", source: "me@store:/big/set" } },
    {
      text: "store:big/1st.set=/d",
      expected: { name: "1ST", source: "store:big/1st.set", path: "/d" },
    },
  ])("`$text` is a source and a path", ({ text, expected }) => {
    const cwd = folder();
    const source = expected.source.replace("<cwd>", cwd);
    expect(planData([text], { kind: "ssh" }, cwd)).toEqual([{ ...expected, source }]);
  });

  test.each([
    { texts: ["missing"], code: "data-missing" },
    { texts: ["s3://bucket/set"], code: "data-invalid" },
    { texts: ["https://"], code: "data-invalid" },
    { texts: ["=/data"], code: "data-missing" },
    { texts: ["image net=data"], code: "data-path-relative" },
    { texts: ["cifar-10.tar.gz#sha256=12"], code: "data-checksum-invalid" },
    { texts: ["image net", "sub/image net.bin"], code: "data-twice" },
  ])("$texts is refused: $code", ({ texts, code }) => {
    const cwd = folder();
    expect(() => planData(texts, { kind: "local" }, cwd)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test("is refused for simulated ranks", () => {
    const refused = expect.objectContaining({ code: "data-unsupported" });
    expect(() => planData(["image net"], { kind: "simulated" }, folder())).toThrow(refused);
  });
});
