"""Runs the ranks of one host."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

from host_agent.ending import Ending
from host_agent.frames import Frames
from host_agent.job_folder import write_whole
from host_agent.lease import Lease
from host_agent.mailbox import Mailbox
from host_agent.network import choose_interface
from host_agent.observer import Observer
from host_agent.processes import job_processes, MARK, prctl, prepare_rank, send
from host_agent.sources import READ_BYTES, Sources

AWAIT_SECONDS = 600
# Before this process changes its folder.
OWN_FILE = os.path.abspath(sys.argv[0])


class Supervisor:
    """Runs the ranks of one host from their start until no process is left."""

    def __init__(self, folder, job):
        self.folder, self.job = folder, job
        self.frames = Frames(folder)
        self.sources = Sources(self.frames)
        self.starters = {}  # pid -> ranks that this process is, or starts
        self.ended = {}  # rank -> exit
        self.awaited = set()  # ranks that another program, such as mpirun, starts on this host
        self.connected = {}  # rank -> connection
        self.await_until = time.monotonic() + AWAIT_SECONDS
        self.spent_cpu = 0.0
        self.linger_until = None
        self.processes = []
        self.observer = None
        self.stopped_count = 0
        self.has_tether = bool(job.get("tether"))
        self.lease = Lease(folder, job["lease"]) if job.get("lease") else None
        self.ending = Ending(folder, job, self.frames, self.lease)
        # mpirun ends with its ranks; on a signal it would not give them the time that they have here.
        self.ending.spared = lambda: [
            pid for pid, starter in self.starters.items() if starter.get("isMpirun") and self.connected]

    def run(self):
        prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans become children of this process
        for number_ in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number_, lambda received, _: self.ending.on_signal(received))
        signal.signal(signal.SIGUSR1, lambda *_: self.ending.ask_for_checkpoint())
        self.mailbox = Mailbox(self.sources, self.receive)
        if self.has_tether:
            self.sources.watch(0, self.read_tether)
        if self.job["env"].get("PITWALL_OBSERVE") != "none":
            self.observer = Observer(self.frames, self.lease)
        try:
            self.start()
            if self.job.get("isDescribed"):
                threading.Thread(target=self.write_facts, daemon=True).start()
            self.loop()
            self.clear()
        finally:
            self.finish()

    # -- starting

    def start(self):
        job = self.job
        env = dict(os.environ)
        env.update(job["env"])
        env[MARK] = job["name"]
        env["PITWALL_AGENT"] = self.mailbox.address
        env.setdefault("PYTHONUNBUFFERED", "1")
        if not self.has_tether:  # on the machine of Pitwall it is the record's folder
            os.makedirs(env["PITWALL_RUN_DIR"], mode=0o700, exist_ok=True)
        choose_interface(env)
        self.write_state()
        self.wait_for_turn()
        for starter in job["starters"]:
            if starter.get("isAwaited"):
                self.awaited.update(starter["ranks"])
            else:
                self.start_one(starter, env)

    def wait_for_turn(self):
        """Hosts of a large job do not all start at the same moment, if the user wants so."""
        begin = time.monotonic() + self.job.get("startAfterMs", 0) / 1000
        while time.monotonic() < begin and not self.ending.is_asked:
            self.wait()
            self.ending.check_stop_file()

    def start_one(self, starter, env):
        ranks = starter["ranks"]
        command = [self.expand(word) for word in starter["command"]]
        out, err = os.pipe(), os.pipe()
        try:
            process = subprocess.Popen(
                command, cwd=self.job["cwd"], env=dict(env, **starter["env"]), stdin=subprocess.DEVNULL,
                stdout=out[1], stderr=err[1], start_new_session=True, preexec_fn=prepare_rank,
            )
        except (OSError, ValueError) as error:
            for end in out + err:
                os.close(end)
            message = "pitwall: cannot start `%s`: %s\n" % (command[0], error)
            for rank in ranks:
                self.frames.add("e", message.encode(), rank)
                self.end_rank(rank, {"exitCode": 127})
            return
        self.starters[process.pid] = starter
        self.processes.append(process)  # a forgotten Popen would collect the exit status itself
        os.close(out[1])
        os.close(err[1])
        # What a launcher itself prints is attributed to its first rank, as standard error.
        kind = "o" if starter["isRank"] else "e"
        dropped = [self.is_explained] if starter.get("isMpirun") else []
        self.sources.watch_output(out[0], ranks[0], kind, *dropped)
        self.sources.watch_output(err[0], ranks[0], "e", *dropped)
        if starter["isRank"]:
            self.has_started(ranks[0], process.pid)

    def has_started(self, rank, pid):
        self.frames.add("r", {"pid": pid}, rank)
        if self.observer:
            self.observer.waits.pids[rank] = pid

    def expand(self, word):
        return word.replace("{agent}", OWN_FILE).replace("{agentPython}", sys.executable)

    # -- following

    def receive(self, message, fds, connection):
        """From a rank that has started or ended, or from a command of the user."""
        if message is None:
            # A rank that was killed could not report its end.
            rank = next((rank for rank, each in self.connected.items() if each is connection), None)
            if rank is not None:
                self.end_rank(rank, {"signal": "SIGKILL"})
        elif message["kind"] == "started":
            rank = message["rank"]
            self.connected[rank] = connection
            self.check_rank(rank)
            self.has_started(rank, message["pid"])
            self.sources.watch_output(fds[0], rank, "o")
            self.sources.watch_output(fds[1], rank, "e")
        elif message["kind"] == "refused":
            self.connected[message["rank"]] = connection
            self.frames.add("e", message["text"].encode(), message["rank"])
            self.end_rank(message["rank"], {"exitCode": 127})
        elif message["kind"] == "ended":
            if message["rank"] in self.awaited:
                self.spent_cpu += message["cpuSeconds"]
            self.end_rank(message["rank"], message["exit"])
        elif message["kind"] == "stop":
            self.ending.stop(message["graceMs"])
        elif message["kind"] == "signal":
            send(self.living(), getattr(signal, message["name"]))

    def check_rank(self, rank):
        """Where a launcher numbers the hosts itself, another number would attribute the output to the wrong host."""
        expected = [each for starter in self.job["starters"] for each in starter["ranks"]]
        if rank not in expected:
            self.frames.add("f", {"reason": "its launcher started rank %d instead of %s" % (rank, expected)})
            self.ending.stop(5000)

    def living(self):
        return job_processes(self.job)

    def is_explained(self):
        """Whether the end of mpirun, about which it prints a page, follows from that of the ranks. A rank that was stopped before its
        program started has not reported its end."""
        has_failed = any(exit_ != {"exitCode": 0} for exit_ in self.ended.values())
        return self.ending.is_asked or (has_failed and self.all_have_ended())

    def read_tether(self):
        """The end of standard input says that Pitwall has ended."""
        if not os.read(0, READ_BYTES):
            self.sources.unwatch(0)
            self.ending.stop(5000)

    def loop(self):
        while self.starters or self.awaited or self.pipes_of_living():
            self.sources.wait(self.observer.waits.pause_ms(50) if self.observer else 50)
            self.reap()
            if self.frames.failure:
                self.ending.stop(5000)
            self.ending.check_stop_file()
            self.check_awaited()
            self.ending.check_lease()
            self.ending.strike()
            if self.observer:
                self.observer.waits.look()
                if self.observer.is_due():
                    self.observer.sample(self.living(), self.spent_cpu)

    def pipes_of_living(self):
        """Output can outlive the ranks only as long as a process of the job is left."""
        return bool(self.sources.pipes) and bool(self.living()) and self.linger()

    def linger(self):
        """Data-loading workers get a moment to notice that their parent has ended."""
        if self.starters or self.awaited:
            return True
        if self.linger_until is None:
            self.linger_until = time.monotonic() + self.job.get("lingerMs", 1000) / 1000
        return time.monotonic() < self.linger_until and not self.ending.is_asked

    def reap(self):
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.spent_cpu += usage.ru_utime + usage.ru_stime
            starter = self.starters.pop(pid, None)
            if starter is not None:
                for rank in starter["ranks"]:
                    self.end_rank(rank, exit_of(status))

    def end_rank(self, rank, exit_):
        if rank in self.ended:
            return
        self.sources.drain(rank)
        self.awaited.discard(rank)
        self.ended[rank] = exit_
        if self.observer:
            self.observer.waits.pids.pop(rank, None)
        self.frames.add("x", exit_, rank)
        if self.all_have_ended():
            for connection in self.connected.values():
                self.mailbox.close_connection(connection)

    def all_have_ended(self):
        return all(rank in self.ended for starter in self.job["starters"] for rank in starter["ranks"])

    def check_awaited(self):
        """Ranks that were not started in time, or before the job was stopped, are no longer waited for."""
        if not self.awaited:
            return
        missing = self.awaited - set(self.connected)
        if missing and not self.ending.is_asked and time.monotonic() > self.await_until:
            reason = "%d of its ranks were not started within %d s" % (len(missing), AWAIT_SECONDS)
            self.frames.add("f", {"reason": reason, "diskIsFull": False})
            self.ending.stop(5000)
        if self.ending.is_asked:
            self.awaited -= missing

    def clear(self):
        """Ends what outlived the ranks: SIGTERM, and SIGKILL after a second."""
        while self.living() and self.linger():
            self.wait()
        left = self.living()
        self.stopped_count = 0 if self.ending.is_asked else len(left)
        send(left, signal.SIGTERM)
        kill_at = min(self.ending.kill_at or float("inf"), time.monotonic() + 1)
        while self.living() and time.monotonic() < kill_at:
            self.wait()
        deadline = time.monotonic() + 5
        while self.living() and time.monotonic() < deadline:
            send(self.living(), signal.SIGKILL)
            self.wait()
        self.sources.drain_all()

    def wait(self):
        """For a moment, in which output is read and ended processes are reaped."""
        self.sources.wait(20)
        self.reap()

    def finish(self):
        if self.observer:
            self.observer.sample(self.living(), self.spent_cpu)
        left = sorted(self.living())
        have_succeeded = set(map(str, self.ended.values())) == {str({"exitCode": 0})}
        if self.lease is not None and not self.ending.is_asked and have_succeeded:
            self.lease.say_goodbye()
        self.frames.add("n", {"stoppedCount": self.stopped_count, "unkillablePids": left})
        self.mailbox.close()

    # -- what other processes read

    def write_state(self):
        state = {
            "pid": os.getpid(), "address": self.mailbox.address, "hostname": socket.gethostname(), "python": sys.executable}
        write_whole(os.path.join(self.folder, "agent.json"), json.dumps(state))

    def write_facts(self):
        """In a thread of its own, because the ranks do not wait for nvidia-smi."""
        from host_agent.describe import describe
        try:
            write_whole(os.path.join(self.folder, "facts.json"), json.dumps(describe()))
        except OSError:
            pass  # the job has ended: its folder is gone


def exit_of(status):
    return {"signal": signal.Signals(os.WTERMSIG(status)).name} if os.WIFSIGNALED(status) else {"exitCode": os.WEXITSTATUS(status)}
