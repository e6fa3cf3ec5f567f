"""Network interfaces, ports and connections of this host."""

import fcntl
import socket
import struct


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        server.bind(("", 0))
        return server.getsockname()[1]


def port_like(preferred):
    """A port on which nothing listens now: the preferred one if possible. Sending code and data can take an hour."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        try:
            server.bind(("", preferred))
            return server.getsockname()[1]
        except OSError:
            return free_port()


def interfaces():
    """Name -> IPv4 address of each network interface that has one."""
    found = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(probe.fileno(), 0x8915, request)
            except OSError:
                continue
            found[name] = socket.inet_ntoa(answer[20:24])
    return found


def interface_to(address):
    """(name, own address) of the interface that reaches an address; None where no route is known."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
            own = probe.getsockname()[0]
        except OSError:
            return None
    for name, its in interfaces().items():
        if its == own:
            return name, own
    return None


def network_bytes():
    """Interface -> (received, sent) bytes since boot."""
    found = {}
    try:
        with open("/proc/net/dev") as file:
            for line in file.readlines()[2:]:
                name, counts = line.split(":", 1)
                cells = counts.split()
                found[name.strip()] = (int(cells[0]), int(cells[8]))
    except OSError:
        pass
    return found


def tcp_segments():
    """Peer -> (sent, sent again) segments with data, over the IPv4 connections that are open now; empty where the kernel shows none."""
    found = {}
    # A dump of AF_INET, TCP, state ESTABLISHED, with `struct tcp_info`.
    request = struct.pack("=IHHIIBBBBI48s", 72, 20, 0x301, 1, 0, socket.AF_INET, socket.IPPROTO_TCP, 2, 0, 1 << 1, b"")
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4) as link:
            link.settimeout(1)
            link.send(request)
            while True:
                data = link.recv(1 << 18)
                while len(data) >= 16:
                    size, kind = struct.unpack_from("=IH", data)
                    if kind != 20:
                        return found
                    add_segments(data[16:size], found)
                    data = data[(size + 3) & ~3:]
    except OSError:
        return found


def add_segments(message, found):
    peer, at = socket.inet_ntoa(message[24:28]), 72
    while at + 4 <= len(message):
        size, kind = struct.unpack_from("=HH", message, at)
        if kind == 2 and size >= 4 + 160:
            resent, sent = struct.unpack_from("=I", message, at + 104)[0], struct.unpack_from("=I", message, at + 160)[0]
            known = found.get(peer, (0, 0))
            found[peer] = (known[0] + sent, known[1] + resent)
        at += max(4, (size + 3) & ~3)


def choose_interface(env):
    """Names the network interface that reaches rank 0, unless the user has named one."""
    master = env.get("MASTER_ADDR")
    found = interface_to(master) if master else None
    if found:
        env.setdefault("GLOO_SOCKET_IFNAME", found[0])
        if found[0] != "lo":
            env.setdefault("NCCL_SOCKET_IFNAME", found[0])
