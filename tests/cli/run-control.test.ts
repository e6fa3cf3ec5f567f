import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";

const endless = { values: Array.from({ length: 3000 }, () => 0.5) };

/** Starts a program that will not reach its target, and waits until it has printed something. */
async function startEndless() {
  const cwd = temporaryFolder();
  const command = writeTraining(cwd, endless);
  const child = startPitwall(["run", ...readsAccuracy, "--", ...command], cwd);
  const directory = await until(() => {
    const [runId] = existsSync(join(cwd, "home", "runs"))
      ? readdirSync(join(cwd, "home", "runs"))
      : [];
    const log = runId === undefined ? "" : join(cwd, "home", "runs", runId, "log.txt");
    return existsSync(log) && readFileSync(log, "utf8").includes("val_acc")
      ? join(log, "..")
      : undefined;
  });
  const { pid } = eventsOf(directory).find((event) => event.kind === "launched") ?? {};
  return { cwd, child, directory, programPid: Number(pid) };
}

function eventsOf(directory: string): { kind: string; pid?: number; reason?: string }[] {
  const lines = readFileSync(join(directory, "events.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line).event);
}

async function until<Value>(look: () => Value | undefined): Promise<Value> {
  for (let tries = 0; tries < 600; tries++) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error("waited 30 s in vain");
}

/** Gone, or dead and only not yet collected by its parent. */
function isGone(pid: number): boolean {
  try {
    return / Z /u.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true; // no such file: no such process
  }
}

describe.skipIf(process.platform !== "linux")(
  "a run that is cut short (needs Linux's /proc)",
  () => {
    test("stops at the first Ctrl-C, keeps its record and exits with 130", async () => {
      const { cwd, child, directory, programPid } = await startEndless();
      child.kill("SIGINT");
      const [exitCode] = await once(child, "exit");
      expect(exitCode).toBe(130);
      expect(isGone(programPid)).toBe(true);
      expect(eventsOf(directory).map((event) => event.kind)).toEqual([
        "created",
        "launched",
        "clock-started",
        "stopping",
        "rank-exited",
        "ended",
        "sealed",
      ]);
      const shown = JSON.parse((await pitwall(["show", "last", "--json"], { cwd })).stdout);
      expect(shown.result.runs[0].result.outcome).toEqual({
        kind: "interrupted",
        bestQuality: 0.5,
      });
    });

    test("quits at once at the second Ctrl-C, and nothing is left running", async () => {
      const { child, programPid } = await startEndless();
      child.kill("SIGINT");
      child.kill("SIGINT");
      const [exitCode] = await once(child, "exit");
      expect(exitCode).toBe(130);
      await until(() => (isGone(programPid) ? true : undefined));
    });

    test("leaves a record that opens, and nothing running, when Pitwall is killed with -9", async () => {
      const { cwd, child, programPid } = await startEndless();
      child.kill("SIGKILL");
      await once(child, "exit");
      await until(() => (isGone(programPid) ? true : undefined));
      const { stdout, exitCode } = await pitwall(["show", "last"], { cwd });
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        /state +abandoned after \d+ evaluations?, best 0\.5000: its Pitwall process ended without writing a result; it was killed, or the disk was full/u,
      );
      expect((await pitwall(["runs"], { cwd })).stdout).toContain("abandoned");
    });

    test("has died where its program is killed with -9", async () => {
      const { child, programPid, cwd } = await startEndless();
      process.kill(programPid, "SIGKILL");
      const [exitCode] = await once(child, "exit");
      expect(exitCode).toBe(4);
      const shown = JSON.parse((await pitwall(["show", "last", "--json"], { cwd })).stdout);
      expect(shown.result.runs[0].result.outcome).toEqual({
        kind: "died",
        signal: "SIGKILL",
        bestQuality: 0.5,
      });
    });
  },
);

describe("a record", () => {
  async function recorded() {
    const cwd = temporaryFolder();
    const command = writeTraining(cwd);
    await pitwall(["run", ...readsAccuracy, "--runs", "3", "--", ...command], { cwd });
    const [first = ""] = readdirSync(join(cwd, "home", "runs"));
    return { cwd, first, directory: join(cwd, "home", "runs", first) };
  }

  test("says so when it was altered after the verdict", async () => {
    const { cwd, first, directory } = await recorded();
    const log = readFileSync(join(directory, "log.txt"), "utf8");
    writeFileSync(join(directory, "log.txt"), log.replace("0.95", "0.99"));
    const { stdout, exitCode } = await pitwall(["show", first], { cwd });
    expect(exitCode).toBe(1);
    expect(stdout).toContain("altered: log.txt changed");
  });

  test("is found by the beginning of its name, and shown as a series by the series' name", async () => {
    const { cwd, first } = await recorded();
    expect((await pitwall(["show", first.slice(0, -1)], { cwd })).stdout).toContain(
      "3 runs, 2 dropped",
    );
    expect((await pitwall(["show", first], { cwd })).stdout).toContain("1 run\n");
  });

  test("can be done again, with the same seed and command", async () => {
    const { cwd, first } = await recorded();
    const { stdout } = await pitwall(["rerun", first, "--json"], { cwd });
    const { result } = JSON.parse(stdout);
    expect(result.runs[0]).toMatchObject({ seed: 1, outcome: { kind: "reached", quality: 0.95 } });
    const all = JSON.parse((await pitwall(["runs", "--json"], { cwd })).stdout).result;
    expect(all.at(-1).request.rerunOf).toBe(first);
  });

  test("exports as a submission-shaped folder, once", async () => {
    const { cwd, first } = await recorded();
    const series = first.replace(/-\d+$/u, "");
    const words = [
      "export",
      series,
      "--submitter",
      "Acme & Co",
      "--system",
      "two cores",
      "--out",
      "out",
    ];
    const { stdout, exitCode } = await pitwall(words, { cwd });
    expect(exitCode).toBe(0);
    expect(stdout.trim().split("\n").toSorted()).toEqual([
      "out/Acme-Co/results/two-cores/train/result_0.txt",
      "out/Acme-Co/results/two-cores/train/result_1.txt",
      "out/Acme-Co/results/two-cores/train/result_2.txt",
      "out/Acme-Co/systems/two-cores.json",
    ]);
    const system = JSON.parse(
      readFileSync(join(cwd, "out/Acme-Co/systems/two-cores.json"), "utf8"),
    );
    expect(system).toMatchObject({
      submitter: "Acme-Co",
      division: "open",
      system_name: "two-cores",
      number_of_nodes: "1",
    });
    const again = await pitwall(words, { cwd });
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain("error[folder-exists]");
  });
});
