// The official MLPerf tool (PyPI's mlperf-logging), used by the scripts in this folder.
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The tool's version in a Python installation, or undefined with a message about what is missing. */
export function findOfficialTool(python) {
  const code =
    "import json, platform, mlperf_logging.compliance_checker.mlp_compliance\nfrom importlib.metadata import version\nprint(json.dumps([version('mlperf-logging'), platform.python_version()]))";
  try {
    const answer = execFileSync(python, ["-c", code], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [version, pythonVersion] = JSON.parse(answer);
    return { python, version, pythonVersion };
  } catch (error) {
    const missing = error.code === "ENOENT" ? `no \`${python}\`` : "no `mlperf-logging`";
    console.log(
      `skipped: ${missing} here to compare with; \`pip install mlperf-logging\` into a virtual environment, and name its Python with --python`,
    );
    return undefined;
  }
}

/** `training-5.0` → `["training", "5.0.0"]`. */
export function rulesetOf(edition) {
  const [usage, version] = edition.split("-");
  return [usage, `${version}.0`];
}

/** The official checker, loaded once; `check(paths)` returns CPU-seconds and a verdict per log. */
export function startOfficialChecker({ python }, edition) {
  const child = spawn(python, [script("check_logs.py"), ...rulesetOf(edition)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async check(paths) {
      child.stdin.write(`${JSON.stringify(paths)}\n`);
      const { done, value } = await answers.next();
      if (done) throw new Error("the official checker ended");
      return JSON.parse(value);
    },
    end: () => child.stdin.end(),
  };
}

/** Runs the official summarizer on organizations' folders, which it modifies; returns those that crash it. */
export async function summarizeOfficially({ python }, edition, folders) {
  const words = [script("summarize_round.py"), ...rulesetOf(edition), ...folders];
  const child = spawn(python, words, { stdio: ["ignore", "pipe", "ignore"] });
  let answer = "";
  child.stdout.on("data", (text) => (answer += text));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`the official summarizer ended with ${code}`);
  return JSON.parse(answer);
}
