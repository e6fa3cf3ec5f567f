import { expect, test } from "vitest";
import { cpuBindingIn } from "./cpu-binding.ts";

test.each([
  { plugins: "task/none", option: [] },
  { plugins: "(null)", option: [] },
  { plugins: "task/cgroup,task/affinity", option: ["--cpu-bind=none"] },
  { plugins: "task/affinity", option: ["--cpu-bind=none"] },
])("a cluster with the plugins $plugins needs $option", ({ plugins, option }) => {
  const config = `SwitchType = switch/none\nTaskPlugin              = ${plugins}\nTaskPluginParam = (null type)\n`;
  expect(cpuBindingIn(config)).toEqual(option);
});

test("a cluster whose configuration cannot be read may bind", () => {
  expect(cpuBindingIn("")).toEqual(["--cpu-bind=none"]);
});
