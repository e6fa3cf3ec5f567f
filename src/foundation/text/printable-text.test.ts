import { describe, expect, test } from "vitest";
import { plainOutput, printableText } from "./printable-text.ts";

describe("printableText", () => {
  test.each([
    { name: "a CSI sequence", text: "\u001B[2J", safe: "\\u001b[2J" },
    {
      name: "a hyperlink (OSC 8)",
      text: "\u001B]8;;http://x\u0007",
      safe: "\\u001b]8;;http://x\\u0007",
    },
    {
      name: "a clipboard write (OSC 52)",
      text: "\u001B]52;c;eA==\u001B\\",
      safe: "\\u001b]52;c;eA==\\u001b\\",
    },
    { name: "a device control string", text: "\u001BPq\u001B\\", safe: "\\u001bPq\\u001b\\" },
    {
      name: "C1 characters",
      text: "\u009B31m\u009D0;x\u009C\u0090",
      safe: "\\u009b31m\\u009d0;x\\u009c\\u0090",
    },
    { name: "bell, backspace and delete", text: "a\u0007\b\u007F", safe: "a\\u0007\\u0008\\u007f" },
    { name: "a lone carriage return", text: "real\rfake", safe: "real\\u000dfake" },
    { name: "direction overrides", text: "\u202Egnp\u202C", safe: "\\u202egnp\\u202c" },
    {
      name: "direction isolates and marks",
      text: "\u2066a\u2069\u200F\u061C",
      safe: "\\u2066a\\u2069\\u200f\\u061c",
    },
    {
      name: "blinking and other foreign styles",
      text: "\u001B[5m\u001B[8m",
      safe: "\\u001b[5m\\u001b[8m",
    },
  ])("escapes $name", ({ text, safe }) => {
    expect(printableText(text, { keepsColor: true })).toBe(safe);
    expect(printableText(text, { keepsColor: false })).toBe(safe);
  });

  test("keeps letters of every script, tabs and line ends", () => {
    const text = "naïve\t漢字 עברית 🚀\n";
    expect(printableText(`${text}\r\n`, { keepsColor: false })).toBe(`${text}\n`);
  });

  test("keeps Pitwall's own colors only if colors are enabled", () => {
    const text = "\u001B[31mbad\u001B[39m";
    expect(printableText(text, { keepsColor: true })).toBe(text);
    expect(printableText(text, { keepsColor: false })).toBe("\\u001b[31mbad\\u001b[39m");
  });
});

test("plainOutput turns a redrawn progress bar into lines", () => {
  expect(plainOutput("\u001B[1;32m10%\u001B[0m\r20%\r\n")).toBe("10%\n20%\n");
});
