"""Forwards frames between the two halves of a host's link, late and not all of them: `netem` for kernels without it.

    bad_link.py LAB HOST DELAY_MS LOST_FRACTION    the delay is that of a round trip
    bad_link.py plain INTERFACE                    frames leave it complete: at most as long as its MTU, with checksums
"""

import fcntl
import heapq
import random
import select
import socket
import struct
import sys
import time

ETHERTYPE_ALL, OUTGOING = 3, 4
CHECKSUMS, SCATTER, TCP_SEGMENTS, SEGMENTS = 0x17, 0x19, 0x1F, 0x24


def make_plain(name):
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    import array

    for command in (TCP_SEGMENTS, SEGMENTS, SCATTER, CHECKSUMS):
        value = array.array("B", struct.pack("II", command, 0))
        request = struct.pack("16sP", name.encode(), value.buffer_info()[0])
        try:
            fcntl.ioctl(probe.fileno(), 0x8946, request)
        except OSError:
            pass  # The interface does not have it.


def forward(names, delay_seconds, lost_fraction):
    chance = random.Random(1)
    links = []
    for name in names:
        link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE_ALL))
        link.bind((name, ETHERTYPE_ALL))
        # Frames to other addresses than that of the interface, too.
        member = struct.pack("iHH8s", socket.if_nametoindex(name), 1, 0, b"")
        link.setsockopt(263, 1, member)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        links.append(link)
    late, count = [], 0
    while True:
        wait = max(0, late[0][0] - time.monotonic()) if late else 1
        ready, _, _ = select.select(links, [], [], wait)
        for link in ready:
            frame, address = link.recvfrom(65536)
            if address[2] == OUTGOING or chance.random() < lost_fraction:
                continue
            count += 1
            heapq.heappush(late, (time.monotonic() + delay_seconds, count, links[1 - links.index(link)], frame))
        while late and late[0][0] <= time.monotonic():
            _, _, link, frame = heapq.heappop(late)
            try:
                link.send(frame)
            except OSError:
                pass  # The interface is down, or the frame too long: it is lost.


if sys.argv[1] == "plain":
    make_plain(sys.argv[2])
else:
    lab, host = sys.argv[1:3]
    try:
        forward(["pwv%s-%s" % (lab, host), "pwx%s-%s" % (lab, host)], float(sys.argv[3]) / 2000, float(sys.argv[4]))
    except OSError:
        pass  # The laboratory has ended.
