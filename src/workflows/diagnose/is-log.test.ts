import { describe, expect, test } from "vitest";
import { isLogText } from "./is-log.ts";

const isLog = (name: string, text: string): boolean => isLogText(name, Buffer.from(text));

describe("isLogText", () => {
  test("takes text of any name for a log, but no program, setting or table", () => {
    expect(isLog("worker.2.stderr", "KeyError: 1")).toBe(true);
    expect(isLog("train.o8812", "step 3")).toBe(true);
    expect(isLog("train.py", "raise KeyError(1)")).toBe(false);
    expect(isLog("settings.toml", "timeout = 3")).toBe(false);
    expect(isLog("model.weights", "PK\u0003\u0000")).toBe(false);
  });

  test("takes JSON for a log if each line is an object, or if it states what became of a container", () => {
    expect(isLog("run.json", '{"step": 1}\n{"step": 2}\n')).toBe(true);
    expect(isLog("inspect.json", '[\n  {"State": {"OOMKilled": true}}\n]')).toBe(true);
    expect(isLog("config.json", '{\n  "timeout": 3\n}')).toBe(false);
  });
});
