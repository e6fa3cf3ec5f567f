import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compileRooms } from "../../../tests/support/compile-rooms.ts";
import {
  hasProc,
  isAlive,
  markedProcesses,
  until,
  watchdogsOf,
} from "../../../tests/support/process-table.ts";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import { launchingHost } from "../../schema/run/hosts/launching-host.ts";
import { localLauncher } from "./local-launcher.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitwall-watchdog-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe.skipIf(!hasProc)("startWatchdog: when Pitwall itself is killed (needs /proc)", () => {
  let rooms: string;
  beforeAll(() => {
    rooms = compileRooms(["foundation", "schema", "launch"]);
  });
  afterAll(() => rmSync(rooms, { recursive: true, force: true }));

  test("leaves no process of the run, at any moment of the kill", async () => {
    const random = seededRandom(20261122);
    const script = writeScript(`
      import { localLauncher } from ${JSON.stringify(join(rooms, "launch/local/local-launcher.js"))};
      const command = ["sh", "-c", process.argv[3]];
      const options = { cwd: "/", env: process.env, runDirectory: process.argv[2], seed: 1 };
      console.log("launching");
      const { job } = await localLauncher({ nowMs: Date.now }).launch(command, options);
      for await (const event of job.events) if (event.kind === "output") console.log("output");`);
    const program = [
      "trap '' TERM HUP",
      "setsid sh -c 'trap \"\" TERM; sleep 1000 & while :; do sleep 1000; done' &",
      "(setsid sleep 1000 &)",
      `(env -i setsid sh -c 'echo $$ > "$0"; exec sleep 1000' "$PITWALL_RUN_DIR.hidden" &)`,
      "while :; do echo line; sleep 0.01 & sleep 0.02; done",
    ].join("\n");
    const rounds = Number(process.env["PITWALL_TEST_KILL_ROUNDS"] ?? 6);
    let startedCount = 0;
    for (let round = 0; round < rounds; round++) {
      const runDirectory = join(directory, `run-${round}`);
      const pitwall = spawn(process.execPath, [script, runDirectory, program], {
        // A Pitwall killed during launch leaves temporary files; they are removed with the test.
        env: { ...process.env, TMPDIR: directory },
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(pitwall.stdout, "data");
      // Odd rounds are killed during launch, even ones during the run.
      if (round % 2 === 0) await once(pitwall.stdout, "data");
      await sleep(random.below(60));
      if (markedProcesses(runDirectory).length > 1) startedCount++;
      pitwall.kill("SIGKILL");
      await once(pitwall, "exit");
      await until(() => watchdogsOf(runDirectory).length === 0);
      expect(markedProcesses(runDirectory)).toEqual([]);
      const file = `${runDirectory}.hidden`;
      const hiddenPid = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
      expect(hiddenPid > 0 && isAlive(hiddenPid)).toBe(false);
    }
    expect(startedCount).toBeGreaterThanOrEqual(Math.floor(rounds / 2));
  });

  test.each([
    {
      name: "does not signal a group whose leader is not the announced process",
      offset: -1,
      lives: true,
    },
    { name: "ends a group whose leader is the announced process", offset: 0, lives: false },
  ])("$name", async ({ offset, lives }) => {
    const script = writeScript(`
      import { spawn } from "node:child_process";
      import { readFileSync } from "node:fs";
      import { startWatchdog } from ${JSON.stringify(join(rooms, "launch/local/watchdog.js"))};
      import { parseProcessStat } from ${JSON.stringify(join(rooms, "foundation/process-stat.js"))};
      const sleeper = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
      const stat = parseProcessStat(readFileSync(\`/proc/\${sleeper.pid}/stat\`, "utf8"));
      const watchdog = await startWatchdog(process.argv[2]);
      watchdog.watch({ groupId: sleeper.pid, startedTicks: stat.startedTicks + Number(process.argv[3]) });
      console.log(sleeper.pid);
      setInterval(() => {}, 1000);`);
    const pitwall = spawn(process.execPath, [script, directory, String(offset)]);
    const [bytes] = await once(pitwall.stdout, "data");
    const sleeperPid = Number(bytes);
    pitwall.kill("SIGKILL");
    await once(pitwall, "exit");
    await until(() => watchdogsOf(directory).length === 0);
    expect(isAlive(sleeperPid)).toBe(lives);
    if (lives) process.kill(sleeperPid, "SIGKILL");
  });

  test("does not end a run whose directory name starts with the killed run's", async () => {
    const runDirectory = join(directory, "run-1");
    const outcome = await localLauncher({ nowMs: Date.now }).launch(["sleep", "1000"], {
      cwd: "/",
      env: process.env,
      runDirectory: `${runDirectory}0`,
      seed: 1,
    });
    if (outcome.kind !== "launched") throw new Error(outcome.kind);
    const other = outcome.job;
    const script = writeScript(`
      import { startWatchdog } from ${JSON.stringify(join(rooms, "launch/local/watchdog.js"))};
      await startWatchdog(process.argv[2]);
      console.log("watched");
      setInterval(() => {}, 1000);`);
    const pitwall = spawn(process.execPath, [script, runDirectory]);
    await once(pitwall.stdout, "data");
    pitwall.kill("SIGKILL");
    await once(pitwall, "exit");
    await until(() => watchdogsOf(runDirectory).length === 0);
    expect(other.processIds(launchingHost)).toEqual([other.ranks[0]?.pid]);
    await other.stop({ graceMs: 0 });
  });
});

function writeScript(text: string): string {
  const path = join(directory, "pitwall.mjs");
  writeFileSync(path, text);
  return path;
}
