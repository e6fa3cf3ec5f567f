import { expect, test } from "vitest";
import { explainSsh, lastLines } from "./explain-ssh.ts";

test.each([
  ["ssh: Could not resolve hostname node9: Name or service not known", "host-unknown"],
  ["node1: Permission denied (publickey,password).", "host-refused"],
  [
    "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
    "host-key-changed",
  ],
  ["No ED25519 host key is known for node1\nHost key verification failed.", "host-key-unknown"],
  ["ssh: connect to host node1 port 22: Connection refused", "host-unreachable"],
  ["ssh: connect to host node1 port 22: Connection timed out", "host-unreachable"],
  ["config: line 3: Bad configuration option: hostnam", "ssh-config-invalid"],
  ["something new", "host-unreachable"],
])("%s is %s", (stderr, code) => {
  const fault = explainSsh(stderr, "node1");
  expect(fault.code).toBe(code);
  expect(fault.hint).not.toContain("<host>");
});

test("the last lines leave out blank lines and frames of @", () => {
  expect(lastLines("banner\n\n@@@@@@\none\ntwo\nthree\n")).toBe("one\ntwo\nthree");
});
