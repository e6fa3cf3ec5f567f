// Records the first commands of a new user on a terminal into docs/first-minute.cast, which `asciinema play` shows.
// Requires python3 and `script` of util-linux: node scripts/record-first-minute.js
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const size = { columns: 110, rows: 32 };
const secondsPerWord = 0.2;
const pauseSeconds = 1.5;

const commands = [
  "pitwall run --target 'val_acc>=0.985' -- python3 train.py",
  "pitwall run --target 'val_acc>=0.985' --runs 5 --price 0.10/h -- python3 train.py --seed {seed}",
  "pitwall runs --group",
  "pitwall check training_v5.0",
  "pitwall score training_v5.0",
];

const folder = mkdtempSync(join(tmpdir(), "pitwall-cast-"));
try {
  const cwd = join(folder, "pitwall-example");
  cpSync(join(root, "data/example"), cwd, { recursive: true });
  const launcher = `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist/bin.js")}" "$@"\n`;
  writeFileSync(join(folder, "pitwall"), launcher, { mode: 0o755 });
  const events = [];
  let seconds = 0.5;
  const put = (text) => events.push([Number(seconds.toFixed(3)), "o", text]);
  for (const command of commands) {
    put("$ ");
    for (const word of command.split(/(?<= )/u)) {
      seconds += secondsPerWord;
      put(word);
    }
    put("\r\n");
    const startedSeconds = seconds;
    const started = performance.now();
    await onTerminal(command, cwd, (text) => {
      seconds = startedSeconds + (performance.now() - started) / 1000;
      put(text);
    });
    seconds += pauseSeconds;
    put("\r\n");
  }
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const head = {
    version: 2,
    width: size.columns,
    height: size.rows,
    title: `The first minute with Pitwall ${version}`,
    env: { TERM: "xterm-256color" },
  };
  const lines = [head, ...events].map((line) => JSON.stringify(line));
  writeFileSync(join(root, "docs/first-minute.cast"), `${lines.join("\n")}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

/** Runs a command on a terminal of its own, and passes on what it writes. */
function onTerminal(command, cwd, write) {
  const sized = `stty cols ${size.columns} rows ${size.rows}; ${command}`;
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, TERM: "xterm-256color" };
  const child = spawn("script", ["-qefc", sized, "/dev/null"], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.setEncoding("utf8").on("data", write);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
}
