"""The socket on which ranks report their start and their end, and commands of the user reach the agent."""

import array
import json
import os
import shutil
import socket
import tempfile

from host_agent.processes import IS_LINUX


class Mailbox:
    """Gives each message to a function, with its descriptors and its connection; no message says that the other end is gone."""

    def __init__(self, sources, receive):
        self.sources, self.receive = sources, receive
        self.folder = tempfile.mkdtemp(prefix="pitwall-")
        self.address = os.path.join(self.folder, "s")
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET if IS_LINUX else socket.SOCK_STREAM)
        self.server.bind(self.address)
        self.server.listen(64)
        sources.watch(self.server.fileno(), self.accept)

    def accept(self):
        connection, _ = self.server.accept()
        self.sources.watch(connection.fileno(), lambda: self.read(connection))

    def read(self, connection):
        fds = array.array("i")
        try:
            data, more, _, _ = connection.recvmsg(4096, socket.CMSG_LEN(2 * fds.itemsize))
        except OSError:
            data, more = b"", []
        for level, kind, content in more:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
        if not data:
            self.close_connection(connection)
        self.receive(json.loads(data) if data else None, fds, connection)

    def close_connection(self, connection):
        if connection.fileno() >= 0:
            self.sources.unwatch(connection.fileno())
            connection.close()

    def close(self):
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)
