"""What the agent waits for: the output of ranks and other descriptors."""

import os
import select

READ_BYTES = 1 << 16


class Sources:
    """Calls a function when its descriptor can be read. The pipes of ranks become frames."""

    def __init__(self, frames):
        self.frames = frames
        self.poll = select.poll()
        self.calls = {}  # descriptor -> function to call when it is readable
        self.pipes = {}  # descriptor -> rank

    def watch(self, descriptor, call):
        self.calls[descriptor] = call
        self.poll.register(descriptor, select.POLLIN | select.POLLHUP)

    def unwatch(self, descriptor):
        self.calls.pop(descriptor, None)
        self.poll.unregister(descriptor)

    def wait(self, ms):
        for descriptor, _ in self.poll.poll(ms):
            if descriptor in self.calls:
                self.calls[descriptor]()

    def watch_output(self, descriptor, rank, kind, is_dropped=lambda: False):
        """Stores what a pipe delivers as output of a rank, unless it is to be dropped at that moment."""
        self.pipes[descriptor] = rank
        self.watch(descriptor, lambda: self.read_output(descriptor, rank, kind, is_dropped))

    def read_output(self, descriptor, rank, kind, is_dropped):
        data = os.read(descriptor, READ_BYTES)
        if data:
            if not is_dropped():
                self.frames.add(kind, data, rank)
            return
        self.unwatch(descriptor)
        del self.pipes[descriptor]
        os.close(descriptor)

    def drain(self, rank):
        """What a rank printed before its end comes before its end."""
        self.empty([each for each, owner in self.pipes.items() if owner == rank])

    def drain_all(self):
        self.empty(list(self.pipes))

    def empty(self, descriptors):
        for descriptor in descriptors:
            while descriptor in self.pipes and select.select([descriptor], [], [], 0)[0]:
                self.calls[descriptor]()
