import { expect, test } from "vitest";
import { formatTag, parseTag } from "./tag-text.ts";

test.for([
  ["lr=0.1", { key: "lr", value: "0.1" }],
  ["baseline", { key: "baseline", value: undefined }],
  ["data=a=b c", { key: "data", value: "a=b c" }],
  ["team/phase.2=", { key: "team/phase.2", value: "" }],
  ["größe=8", { key: "größe", value: "8" }],
] as const)("reads the tag `%s`", ([text, tag]) => {
  expect(parseTag(text)).toEqual(tag);
});

test.for(["", "=1", " lr=1", "a b=1", "lr=1\n2", "-x=1", `${"k".repeat(65)}=1`])(
  "does not read %j as a tag",
  (text) => {
    expect(parseTag(text)).toBeUndefined();
  },
);

test("prints a tag without a value as a single word", () => {
  expect([formatTag(["lr", "0.1"]), formatTag(["baseline", ""])]).toEqual(["lr=0.1", "baseline"]);
});
