import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { remoteShellScript } from "./remote-shell.ts";

const hosts = [
  { name: "node1", destination: "node1" },
  { name: "10.0.0.7", destination: "me@10.0.0.7", port: 2222 },
];

/** What the script would start, with a shell function in place of `exec ssh`. */
function started(words: readonly string[]): string {
  const script = remoteShellScript(hosts, "/a config").replaceAll(/exec ssh/gu, "echo ssh");
  return execFileSync("sh", ["-c", script, "sh", ...words], { encoding: "utf8", stdio: "pipe" });
}

test("reaches each host as Pitwall does, and ignores options of mpirun", () => {
  expect(started(["-x", "10.0.0.7", "orted", "a b"])).toMatch(
    /^ssh -F \/a config -p 2222 -o BatchMode=yes .*-T -- me@10\.0\.0\.7 orted a b\n$/u,
  );
});

test("refuses other hosts", () => {
  expect(() => started(["node9", "orted"])).toThrow("node9 is not a host of this run");
});
