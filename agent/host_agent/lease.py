"""The lease of a job on a host."""

import os
import socket
import threading
import time

from host_agent.network import tcp_segments


class Lease:
    """Ends the ranks of a host that was cut off while its job ended without it.

    The lease is renewed by every sign of Pitwall and of the agents of other hosts. It counts only once another agent has answered, so
    that a firewall between the hosts ends no job, and no longer once an agent says that its ranks have ended by themselves.
    """

    def __init__(self, folder, spec):
        self.contact_file = os.path.join(folder, "contact")
        self.seconds, self.token, self.peers = float(spec["seconds"]), spec["token"].encode(), spec["peers"]
        self.renewed = time.monotonic()
        self.last_contact = None
        self.reached = {}
        self.is_armed = self.is_lifted = False
        try:
            self.server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self.server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.server.bind(("", spec["port"]))
            self.server.listen(64)
            threading.Thread(target=self.serve, daemon=True).start()
        except OSError:
            pass  # another program took the port: the others do not reach this host, and do not count on it
        threading.Thread(target=self.ask_again, daemon=True).start()

    def is_due(self):
        try:
            contact = os.stat(self.contact_file).st_mtime_ns
        except OSError:
            contact = None
        if contact != self.last_contact:
            self.last_contact = contact
            self.renewed = time.monotonic()
        return self.is_armed and not self.is_lifted and time.monotonic() - self.renewed > self.seconds

    def serve(self):
        while True:
            connection, _ = self.server.accept()
            with connection:
                try:
                    connection.settimeout(2)
                    token, _, word = connection.recv(256).rstrip(b"\n").partition(b" ")
                    if token == self.token:
                        self.is_lifted = self.is_lifted or word == b"bye"
                        connection.sendall(b"running\n")
                except OSError:
                    pass

    def ask_again(self):
        # Agents of other hosts may start a moment later.
        pause, longest = 0.25, min(10, self.seconds / 6)
        while True:
            if any(self.say(peer, b"ask") for peer in self.peers):
                self.is_armed = True
                self.renewed = time.monotonic()
            pause = longest if self.is_armed else min(longest, 1.5 * pause)
            time.sleep(pause)

    def say(self, peer, word):
        """Whether the agent of another host has answered."""
        try:
            began = time.monotonic()
            with socket.create_connection((peer["address"], peer["port"]), timeout=2) as connection:
                self.reached[peer["host"]] = connection.getpeername()[0], (time.monotonic() - began) * 1000
                connection.settimeout(2)
                connection.sendall(self.token + b" " + word + b"\n")
                return connection.recv(16) == b"running\n"
        except OSError:
            return False

    def links(self):
        """Other host -> how this one reaches it, of those that it has connections to."""
        segments = tcp_segments()
        found = {}
        for peer in self.peers:
            address, connect_ms = self.reached.get(peer["host"], (peer["address"], None))
            if address not in segments and connect_ms is None:
                continue
            sent, resent = segments.get(address, (0, 0))
            found[peer["host"]] = {"sentSegments": sent, "resentSegments": resent}
            if connect_ms is not None:
                found[peer["host"]]["connectMs"] = round(connect_ms, 3)
        return found

    def say_goodbye(self):
        """The ranks of this host have ended by themselves: the others may take longer."""
        threads = [threading.Thread(target=self.say, args=(peer, b"bye"), daemon=True) for peer in self.peers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(3)
