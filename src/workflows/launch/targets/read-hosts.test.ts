import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readHosts } from "./read-hosts.ts";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "pitwall-hosts-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const read = (text: string | undefined) => readHosts(text, { cwd, sshConfig: "config" });

describe("hosts are read from", () => {
  test("names with their ranks", async () => {
    expect(await read("node1, me@node2:8")).toEqual([
      { name: "node1", destination: "node1" },
      { name: "node2", destination: "me@node2", ranks: 8 },
    ]);
  });

  test("a YAML file", async () => {
    writeFileSync(
      join(cwd, "hosts.yaml"),
      "hosts:\n  - node1:2\n  - { host: 10.0.0.7, user: me, port: 2222, ranks: 4, address: 10.1.0.7 }\n",
    );
    expect(await read("hosts.yaml")).toEqual([
      { name: "node1", destination: "node1", ranks: 2 },
      { name: "10.0.0.7", destination: "me@10.0.0.7", port: 2222, ranks: 4, address: "10.1.0.7" },
    ]);
  });

  test("a pattern of names in the ssh configuration and the files that it includes", async () => {
    writeFileSync(
      join(cwd, "config"),
      "Include more\nHost node1 node* !node3\n  User me\nhost=gpu1\n",
    );
    writeFileSync(join(cwd, "more"), "Host node2\nInclude config\n");
    const names = async (text: string) => (await read(text)).map(({ name }) => name);
    expect(await names("node?")).toEqual(["node2", "node1"]);
    expect(await names("*1")).toEqual(["node1", "gpu1"]);
  });
});

test.each([
  [undefined, "hosts-missing"],
  [" ", "hosts-missing"],
  ["node1,node1", "host-repeated"],
  ["-oProxyCommand=evil", "hosts-invalid"],
  ["node1:0", "hosts-invalid"],
  ["two words", "hosts-invalid"],
  ["absent.yaml", "hosts-unreadable"],
  ["cluster*", "hosts-unmatched"],
])("%s is refused with %s", async (text, code) => {
  await expect(read(text)).rejects.toMatchObject({ code });
});
