import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SshLab, sshLabObstacle, startSshLab } from "../lab/ssh-hosts.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import {
  countingProgram,
  logOf,
  rankLines,
  sshProject,
  wholeLines,
} from "../support/ssh-project.ts";

const obstacle = sshLabObstacle();
if (obstacle !== undefined) console.warn(`skipped: ssh hosts on this machine (${obstacle})`);

/** A Python whose host2 has a clock that is three minutes ahead. */
const otherClock = `#!/bin/sh
[ "$1" = -c ] || exec /usr/bin/env -S PATH=/usr/local/bin:/usr/bin:/bin python3 "$@"
ahead=0
[ "$(hostname)" = host2 ] && ahead=180000
echo "{\\"python\\": \\"3.11.7\\", \\"torch\\": null, \\"resolves\\": true, \\"timeMs\\": $(($(date +%s%3N) + ahead))}"
`;

describe.skipIf(obstacle !== undefined)("a run on ssh hosts", () => {
  let lab: SshLab;
  beforeAll(() => {
    lab = startSshLab(2);
  }, 60_000);
  afterAll(() => lab.down());

  function words(program: readonly string[], more: readonly string[] = []): string[] {
    const where = ["--hosts", "host1,host2", "--ssh-config", lab.config];
    const how = ["--launcher", "direct", "--target", "val_acc>=0.94", ...more];
    return ["run", ...where, ...how, "--", ...program];
  }

  test("names a path of its command that is missing on one host", async () => {
    const code = sshProject(countingProgram);
    const mounted = join(temporaryFolder(), "only here");
    mkdirSync(mounted);
    // An empty file system hides the folder on host2.
    const parent = join(mounted, "..");
    execFileSync("ssh", ["-F", lab.config, "host2", `mount -t tmpfs tmpfs '${parent}'`]);
    try {
      const ran = await pitwall(words(["python3", "train it.py", "3", mounted]), { cwd: code });
      expect(ran.stderr).toContain(`\`host2\`: \`${mounted}\` does not exist there, but on host1`);
    } finally {
      execFileSync("ssh", ["-F", lab.config, "host2", `umount '${parent}'`]);
    }
  }, 60_000);

  test("warns about a clock that is minutes off", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "train.py"), "print('val_acc=0.95')");
    const python = join(cwd, "python3");
    writeFileSync(python, otherClock, { mode: 0o755 });
    const more = ["--sync", "train.py"];
    const ran = await pitwall(words([python, "train.py"], more), { cwd });
    expect(ran.stderr).toMatch(/`host2`: its clock is 1[78]\d(?:\.\d)? s ahead of this machine's/u);
  }, 60_000);

  test("reports that a host has no rsync", async () => {
    // Code that no host has yet.
    const code = sshProject(`${countingProgram}# without rsync\n`);
    const rsync = execFileSync("sh", ["-c", "command -v rsync"], { encoding: "utf8" }).trim();
    const missing = join(temporaryFolder(), "missing");
    writeFileSync(missing, "#!/bin/sh\necho 'rsync: command not found' >&2\nexit 127\n", {
      mode: 0o755,
    });
    execFileSync("ssh", ["-F", lab.config, "host2", `mount --bind '${missing}' '${rsync}'`]);
    try {
      const ran = await pitwall(words(["python3", "train it.py", "3"]), { cwd: code });
      expect(ran.exitCode).toBe(3);
      expect(ran.stderr).toContain(
        "error[rsync-missing]: host `host2`: rsync is missing here or there",
      );
    } finally {
      execFileSync("ssh", ["-F", lab.config, "host2", `umount '${rsync}'`]);
    }
  }, 60_000);

  test("never waits for a password", async () => {
    const code = sshProject(countingProgram);
    const config = join(code, "..", "ssh.config");
    const asking =
      "PubkeyAuthentication no\nPreferredAuthentications password,keyboard-interactive\n";
    writeFileSync(config, `${asking}${readFileSync(lab.config, "utf8")}`);
    const given = words(["python3", "train it.py", "3"]).map((word) =>
      word === lab.config ? config : word,
    );
    const ran = await pitwall(given, { cwd: code });
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain("error[host-refused]");
    expect(ran.stderr).toContain("Pitwall never asks for a password");
  }, 60_000);

  test("reaches a host through a ProxyCommand", async () => {
    const code = sshProject(countingProgram);
    const config = join(code, "..", "ssh.config");
    const proxy = `Match originalhost host2\n  ProxyCommand ssh -F ${lab.config} -W %h:%p host1\n`;
    writeFileSync(config, `${proxy}${readFileSync(lab.config, "utf8")}`);
    const given = words(["python3", "train it.py", "20"]).map((word) =>
      word === lab.config ? config : word,
    );
    const ran = await pitwall(given, { cwd: code });
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    expect(rankLines(logOf(code))).toEqual(wholeLines(20, 2));
  }, 60_000);

  test("does not disturb another run on the same hosts", async () => {
    const codes = [sshProject(countingProgram), sshProject(countingProgram)];
    const ran = await Promise.all(
      codes.map((cwd) =>
        pitwall(words(["python3", "train it.py", "100"], ["--nproc", "2"]), { cwd }),
      ),
    );
    for (const each of ran) expect(each, each.stderr).toMatchObject({ exitCode: 0 });
    for (const code of codes) expect(rankLines(logOf(code))).toEqual(wholeLines(100, 4));
    for (const host of lab.hosts) {
      expect(lab.processes(host)).toEqual([]);
      const jobs = join(lab.home(host), ".pitwall", "jobs");
      expect(existsSync(jobs) ? readdirSync(jobs) : []).toEqual([]);
    }
  }, 90_000);

  test("takes another port if the one that was free is in use at the start", async () => {
    const code = sshProject(`
import os, socket
with socket.socket() as server:
    if os.environ["RANK"] == "0":
        server.bind(("", int(os.environ["MASTER_PORT"])))
print("val_acc=1.0", flush=True)
`);
    // Something listens on every port that the host named before the code was sent.
    const busy = `
import os, socket, sys, time
own, port = sys.argv[1], int(sys.argv[2])
server = socket.socket(); server.bind(("", port)); server.listen()
os.system(f"python3 {own} port {port}")
`;
    const agent = join(import.meta.dirname, "../../agent/pitwall_agent.py");
    const port = execFileSync("python3", [agent, "port", "0"], { encoding: "utf8" }).trim();
    const again = execFileSync("python3", ["-c", busy, agent, port], { encoding: "utf8" }).trim();
    expect(Number(again)).toBeGreaterThan(0);
    expect(again).not.toBe(port);
    expect(execFileSync("python3", [agent, "port", port], { encoding: "utf8" }).trim()).toBe(port);
    const ran = await pitwall(words(["python3", "train it.py"]), { cwd: code });
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
  }, 60_000);
});
