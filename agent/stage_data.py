"""Puts one data set on one host: checks what is there, waits for the files that are missing, verifies them, and reads them once.

Python 3.8 and its standard library; the whole text is an argument of `python3 -c`, so that nothing is stored. Arguments: PLACE
TARGET, where PLACE is `stage` or `in-place` and TARGET the path of the file or folder, which may start with `~/`.

Standard input starts with one line of JSON, `{"address", "bytes", "isFile", "count"}`, and then one line per file of the data
set, `[path, bytes, sha256]`. Standard output is one JSON object per line:

  waiting    another run is putting the same data there
  progress   how many bytes were read so far
  send       files are missing at `part`; the caller sends them and answers with a line `sent`
  done       the data is complete at `path`; `how` is `reused`, `found`, `sent`, `repaired` or `in-place`
  refused    the data cannot be put there, with a code and a reason

The data is complete once TARGET.pitwall.json exists, which is written last. Files arrive in TARGET.pitwall-part, which is renamed. A
lock is held until standard input ends, so that two runs do not write the same files.
"""

import concurrent.futures
import errno
import fcntl
import hashlib
import json
import os
import select
import shutil
import sys
import threading
import time

BLOCK = 1 << 20
RESERVE_BYTES = 64 << 20
MEMORY_FRACTION = 0.8
MOST_THREADS = 8
MOST_TRIES = 3


def say(kind, **fields):
    print(json.dumps(dict(fields, kind=kind)), flush=True)


def refuse(code, reason, **fields):
    say("refused", code=code, reason=reason, **fields)
    sys.exit(0)


def read_request():
    head = json.loads(sys.stdin.readline())
    files = [json.loads(sys.stdin.readline()) for _ in range(head["count"])]
    return head, files


def memory_budget():
    """Bytes that the page cache can take without displacing programs."""
    try:
        with open("/proc/meminfo") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(int(line.split()[1]) * 1024 * MEMORY_FRACTION)
    except OSError:
        pass
    return 0


def size_of(path):
    try:
        return os.lstat(path).st_size
    except OSError:
        return None


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


class DataSet:
    def __init__(self, target, head, files):
        self.target, self.head, self.files = target, head, files
        self.part = target + ".pitwall-part"
        self.marker = target + ".pitwall.json"
        self.read_bytes = 0
        self.warm_bytes = 0
        self.lock = threading.Lock()

    def path(self, root, name):
        return root if self.head["isFile"] else os.path.join(root, name)

    def stored_address(self):
        try:
            with open(self.marker) as file:
                return json.load(file)["address"]
        except (OSError, ValueError, KeyError):
            return None

    def lengths_differ(self, root):
        return [name for name, size, _ in self.files if size_of(self.path(root, name)) != size]

    def others(self, root):
        """Files that are not part of the data set."""
        if self.head["isFile"] or not os.path.isdir(root):
            return []
        known = {name for name, _, _ in self.files}
        found = (os.path.relpath(os.path.join(at, name), root) for at, _, names in os.walk(root) for name in names)
        return [name for name in found if name not in known]

    # -- reading

    def check(self, root, reads_all):
        """Reads files and compares their checksums; the names of those that differ. Beyond the free memory files stay out of the page
        cache, or are not read at all and only compared by length."""
        budget, place, wanted = memory_budget(), 0, []
        wrong = self.lengths_differ(root)
        missing = set(wrong)
        for name, size, sha256 in self.files:
            if name in missing:
                continue
            fits = place + size <= budget
            place += size
            if fits or reads_all:
                wanted.append((name, sha256, fits))
        self.read_bytes = self.warm_bytes = 0
        threads = max(1, min(MOST_THREADS, os.cpu_count() or 1))
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            jobs = {pool.submit(self.digest, self.path(root, name), fits): (name, sha256) for name, sha256, fits in wanted}
            waiting = set(jobs)
            while waiting:
                done, waiting = concurrent.futures.wait(waiting, timeout=0.5)
                wrong += [jobs[job][0] for job in done if job.result() != jobs[job][1]]
                say("progress", phase="check", bytes=self.read_bytes)
        return wrong

    def digest(self, path, keeps):
        found = hashlib.sha256()
        try:
            with open(path, "rb", buffering=0) as file:
                while True:
                    data = file.read(BLOCK)
                    if not data:
                        break
                    found.update(data)
                    with self.lock:
                        self.read_bytes += len(data)
                        self.warm_bytes += len(data) if keeps else 0
                if not keeps and hasattr(os, "posix_fadvise"):
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        except OSError as error:
            return error.strerror
        return found.hexdigest()

    # -- staging

    def stage(self):
        os.makedirs(os.path.dirname(self.target), exist_ok=True)
        self.hold_lock()
        how = "sent"
        address = self.stored_address()
        if address == self.head["address"] and os.path.exists(self.target):
            wrong = self.check(self.target, False)
            if not wrong:
                return self.done("reused")
            how = "repaired"
            remove(self.marker)
            remove(self.part)
            os.rename(self.target, self.part)
            self.drop(wrong)
        elif address is None and os.path.exists(self.target):
            self.adopt()
            return None
        self.take(how)
        return None

    def adopt(self):
        """Something that Pitwall did not put there is used if it is this data, and never changed."""
        if not self.lengths_differ(self.target) and not self.others(self.target) and not self.check(self.target, True):
            self.mark()
            self.done("found")
            return
        refuse("data-path-taken", "`%s` exists and is not this data" % self.target)

    def take(self, how):
        for _ in range(MOST_TRIES):
            self.need_space()
            say("send", part=self.part, bytes=self.missing_bytes())
            if sys.stdin.readline().strip() != "sent":
                sys.exit(0)
            wrong = self.check(self.part, True)
            if not wrong:
                for name in self.others(self.part):
                    remove(os.path.join(self.part, name))
                self.finish(how)
                return
            self.drop(wrong)
        refuse("data-changed", "%d files do not have the expected content, such as `%s`" % (len(wrong), wrong[0]))

    def finish(self, how):
        old = self.target + ".pitwall-old"
        remove(old)
        remove(self.marker)
        if os.path.lexists(self.target):
            os.rename(self.target, old)
        os.rename(self.part, self.target)
        self.mark()
        remove(old)
        self.done(how)

    def drop(self, names):
        for name in names:
            remove(self.path(self.part, name))

    def missing_bytes(self):
        """Bytes still to be stored; parts of files that an earlier try left are continued."""
        return sum(max(0, size - (size_of(self.path(self.part, name)) or 0)) for name, size, _ in self.files)

    def need_space(self):
        found = os.statvfs(os.path.dirname(self.target))
        free, needed = found.f_bavail * found.f_frsize, self.missing_bytes()
        if needed + min(RESERVE_BYTES, needed) > free:
            refuse("data-disk-full", "too little space for the data", freeBytes=free, neededBytes=needed)

    def hold_lock(self):
        self.lock_file = open(self.target + ".pitwall-lock", "w")
        try:
            fcntl.flock(self.lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                return  # a file system without locks
        say("waiting")
        while not select.select([0], [], [], 0)[0]:
            try:
                fcntl.flock(self.lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError:
                time.sleep(0.2)
        sys.exit(0)

    def mark(self):
        with open(self.marker + ".new", "w") as file:
            json.dump({"address": self.head["address"], "bytes": self.head["bytes"], "files": len(self.files)}, file)
            file.flush()
            os.fsync(file.fileno())
        os.rename(self.marker + ".new", self.marker)

    def done(self, how):
        say("done", how=how, path=self.target, readBytes=self.read_bytes, warmBytes=self.warm_bytes)

    def use_in_place(self):
        wrong = self.check(self.target, False)
        if wrong:
            refuse("data-changed", "`%s` changed while its checksum was computed" % wrong[0])
        self.done("in-place")


def main(place, target):
    head, files = read_request()
    data = DataSet(os.path.expanduser(target), head, files)
    try:
        if place == "in-place":
            data.use_in_place()
        else:
            data.stage()
    except OSError as error:
        code = "data-disk-full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "data-not-stored"
        refuse(code, "%s: %s" % (error.filename or data.target, error.strerror))


main(*sys.argv[1:])
