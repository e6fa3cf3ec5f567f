"""Reports a training to Pitwall: MLPerf log lines, and how each step spends its time.

One file, standard library only: copy it next to your program. Without Pitwall, the program runs unchanged; it prints
the log lines and no step samples.

    import pitwall

    pitwall.init_start("my-model")
    model, loader = load()
    pitwall.run_start(metric="val_acc", target=0.94)
    for batch in pitwall.batches(loader):
        with pitwall.step(samples=512):
            with pitwall.forward():
                loss = model(batch)
            with pitwall.backward():
                loss.backward()
            with pitwall.optimizer():
                optimizer.step()
            pitwall.loss(loss)
    with pitwall.evaluating():
        pitwall.evaluation(accuracy(model))
    pitwall.run_stop("success")

Call it from one thread. Times are those of the host; for a GPU, see `time_device`.
"""

import atexit
import contextlib
import copy
import faulthandler
import json
import os
import random
import signal
import sys
import threading
import time
import zlib

# ---- What the launcher tells this process ----


def _number(*names, default):
    for name in names:
        text = os.environ.get(name, "")
        if text.isdigit():
            return int(text)
    return default


def rank():
    """The number of this process among all processes of the training. Variables of torchrun take precedence."""
    return _number("RANK", "PITWALL_RANK", default=0)


def local_rank():
    """The number of this process among those of its machine."""
    return _number("LOCAL_RANK", "PITWALL_LOCAL_RANK", default=0)


def world_size():
    """How many processes train together."""
    return _number("WORLD_SIZE", "PITWALL_WORLD_SIZE", default=1)


def machine_count():
    """How many machines train together: torchrun starts one group of processes on each."""
    local_size = _number("LOCAL_WORLD_SIZE", default=world_size())
    return _number("GROUP_WORLD_SIZE", default=max(1, world_size() // max(1, local_size)))


def seed(default=1):
    """The seed of this run."""
    return _number("PITWALL_SEED", default=default)


def settings():
    """The `settings` of the workload file; empty if there are none."""
    return json.loads(os.environ.get("PITWALL_SETTINGS") or "{}")


# ---- MLPerf log lines, printed by rank 0 ----


def log(key, value=None, event_type="POINT_IN_TIME", **metadata):
    """Prints one MLPerf log line: `pitwall.log("global_batch_size", 512)`."""
    if rank() != 0:
        return
    event = {"namespace": "", "time_ms": round(time.time() * 1000), "event_type": event_type}
    event.update(key=key, value=value, metadata=metadata)
    _write(":::MLLOG " + json.dumps(event))


def _clock_mark():
    """A file that tells the next attempt of a restarted run that its clock runs; None if the run is not restarted."""
    folder = os.environ.get("PITWALL_RUN_DIR")
    return os.path.join(folder, "run_start") if folder and "PITWALL_ATTEMPT" in os.environ else None


def _clock_runs():
    """Whether an earlier attempt of this run has started the clock, which runs on."""
    mark = _clock_mark()
    return mark is not None and _number("PITWALL_ATTEMPT", default=1) > 1 and os.path.exists(mark)


def _mark_clock():
    mark = _clock_mark()
    if mark is not None and rank() == 0:
        with open(mark, "w"):
            pass


def init_start(benchmark, organization="not specified", platform=None):
    """The program starts: call it first."""
    if _clock_runs():
        return
    log("submission_benchmark", benchmark)
    log("submission_org", organization)
    log("submission_division", "open")
    log("submission_status", "research")
    log("submission_platform", platform or f"{world_size()} ranks on {machine_count()} machines")
    log("cache_clear", True)
    log("init_start", event_type="INTERVAL_START")


def run_start(metric, target, direction="at-least", **facts):
    """Starts the clock: call it after loading and compiling, before the program uses any training data.

    `direction` is "at-least" for an accuracy and "at-most" for a loss. Facts are logged: `global_batch_size=512`.
    """
    if not _clock_runs():
        log("seed", facts.pop("seed", seed()))
        for key, value in facts.items():
            log(key, value)
        log("quality_target", target, metric=metric, direction=direction)
        log("init_stop", event_type="INTERVAL_END")
        log("run_start", event_type="INTERVAL_START")
        _mark_clock()
    _State.metric, _State.block = metric, "closed"
    _watch.start()


@contextlib.contextmanager
def evaluating():
    """Measuring the quality, between two steps."""
    _close_block()
    log("eval_start", event_type="INTERVAL_START", samples_count=_State.samples)
    yield
    log("eval_stop", event_type="INTERVAL_END", samples_count=_State.samples)


def evaluation(value, **metadata):
    """The quality after all steps so far."""
    log("eval_accuracy", value, samples_count=_State.samples, metric=_State.metric, **metadata)


def run_stop(status):
    """Stops the clock: "success" if the target was reached, else "aborted"."""
    _watch.stop()
    report()
    _close_block()
    log("run_stop", event_type="INTERVAL_END", status=status, samples_count=_State.samples)


def _open_block():
    log("block_start", event_type="INTERVAL_START", samples_count=_State.samples)
    _State.block = "open"


def _close_block():
    if _State.block == "open":
        log("block_stop", event_type="INTERVAL_END", samples_count=_State.samples)
        _State.block = "closed"


# ---- Step samples: one line per second from every rank, only if Pitwall reads them ----

_SAMPLE_SECONDS = 1.0
_OTHER, _DATA, _FORWARD, _BACKWARD, _COMMUNICATION, _OPTIMIZER = range(6)
_is_observed = os.environ.get("PITWALL_OBSERVE") != "none"
_is_read = _is_observed and ("PITWALL_RUN_DIR" in os.environ or "PITWALL_RANK" in os.environ)


class _HostClock:
    """Adds up the time of each phase, by the clock of this process."""

    def __init__(self):
        self._totals = [0.0] * 6
        self._steps = 0
        self._mark = time.perf_counter()

    def charge(self, phase):
        """Adds the time since the last call to a phase."""
        now = time.perf_counter()
        self._totals[phase] += now - self._mark
        self._mark = now

    def end_step(self):
        self._steps += 1

    def take(self):
        """The steps since the last call, and the seconds of each phase in them."""
        taken = self._steps, self._totals
        self._steps, self._totals = 0, [0.0] * 6
        return taken


class _DeviceClock:
    """Adds up the time of each phase from events in the queue of a GPU, without waiting for them."""

    def __init__(self, new_event):
        self._new_event = new_event
        self._queue = []
        self._last = self._recorded()

    def _recorded(self):
        event = self._new_event()
        event.record()
        return event

    def charge(self, phase):
        self._queue.append((phase, self._recorded()))

    def end_step(self):
        self._queue.append((None, None))

    def take(self):
        finished = 0
        for index, (_, event) in enumerate(self._queue):
            if event is None:
                finished = index + 1
            elif not event.query():
                break
        steps, totals = 0, [0.0] * 6
        for phase, event in self._queue[:finished]:
            if event is None:
                steps += 1
                continue
            totals[phase] += self._last.elapsed_time(event) / 1000
            self._last = event
        del self._queue[:finished]
        return steps, totals


class _State:
    """What is measured now."""

    clock = _HostClock()
    phases = [_OTHER]
    """The open phases, innermost last."""
    tail = None
    """The phase that the rest of the innermost phase belongs to, if not that phase."""
    steps = 0
    samples = 0
    loss = None
    metric = None
    block = "none"
    """MLPerf logs the steps between two evaluations as a block: "none" before `run_start`, then "open" or "closed"."""
    reported_at = time.perf_counter()
    checksums = []
    """Of the parameters, since the last sample."""
    verified = []
    """Steps that were computed again, since the last sample."""


class _Phase:
    __slots__ = ("_index",)

    def __init__(self, index):
        self._index = index

    def __enter__(self):
        _State.clock.charge(_State.phases[-1])
        _State.phases.append(self._index)

    def __exit__(self, *error):
        _State.clock.charge(self._index if _State.tail is None else _State.tail)
        _State.tail = None
        _State.phases.pop()


class _Step(_Phase):
    __slots__ = ("samples",)

    def __enter__(self):
        if _State.block == "closed":
            _open_block()
        _Phase.__enter__(self)

    def __exit__(self, error_type, *error):
        _Phase.__exit__(self)
        if error_type is not None:
            return
        _State.steps += 1
        _State.samples += self.samples
        _watch.note_progress()
        _State.clock.end_step()
        if time.perf_counter() - _State.reported_at >= _SAMPLE_SECONDS:
            report()


_step = _Step(_OTHER)
_data, _forward, _backward, _communication, _optimizer = (_Phase(index) for index in range(_DATA, 6))


def step(samples=0):
    """One step of the training; `samples` is how many training samples all ranks together use in it."""
    _step.samples = samples
    return _step


def data():
    """Waiting for training data."""
    return _data


def forward():
    """Computing the loss."""
    return _forward


def backward():
    """Computing the gradients."""
    return _backward


def communication():
    """Waiting for other ranks. Inside another phase, its time is not part of that phase."""
    return _communication


def optimizer():
    """Updating the weights."""
    return _optimizer


def batches(loader):
    """The batches of a loader; the time until each one is there counts as waiting for data."""
    iterator = iter(loader)
    while True:
        with _data:
            try:
                batch = next(iterator)
            except StopIteration:
                return
        yield batch


def sending(values=None):
    """Call it inside `backward` each time gradients are handed to other ranks, as in a communication hook of DDP.

    Gradients are sent while others are computed. What comes after the last call is the exposed communication.
    `values` are what is sent, a tensor or an array: only with them, `verify_step` can name the rank that computed wrong ones.
    """
    if values is not None and _Replay.sent is not None:
        _Replay.sent = zlib.crc32(_bytes_of(values), _Replay.sent)
        _Replay.has_sent = True
    _State.clock.charge(_State.phases[-1])
    _State.tail = _COMMUNICATION


def loss(value):
    """The loss of this step, a number or a tensor with one element; it is read only when a sample is printed."""
    _State.loss = value


def resume(steps, samples):
    """The training continues after this many steps and training samples."""
    _State.steps, _State.samples = steps, samples


def time_device(new_event):
    """For a GPU, whose work runs after the call that starts it: takes times from events in its queue.

    `pitwall.time_device(lambda: torch.cuda.Event(enable_timing=True))`
    """
    if _is_read:
        _State.clock = _DeviceClock(new_event)


def report():
    """Prints a sample of the steps since the last one. `step` calls it once per second, `run_stop` at the end."""
    steps, totals = _State.clock.take()
    _State.reported_at = time.perf_counter()
    if steps == 0 or not _is_read:
        return
    ms = [round(seconds * 1000, 3) for seconds in totals]
    sample = {
        "kind": "step",
        "timeMs": round(time.time() * 1000, 1),
        "rank": rank(),
        "step": _State.steps,
        "samplesCount": _State.samples,
        "stepCount": steps,
        "computeMs": round(ms[_FORWARD] + ms[_BACKWARD] + ms[_OPTIMIZER], 3),
        "communicationMs": ms[_COMMUNICATION],
        "dataWaitMs": ms[_DATA],
    }
    value = None if _State.loss is None else float(_State.loss)
    if value is not None and abs(value) < float("inf"):
        sample["loss"] = value
    elif value is not None:
        sample["nonFiniteLoss"] = str(value)
    if _State.checksums:
        sample["parameterChecksums"], _State.checksums = _State.checksums, []
    if _State.verified:
        sample["verifiedSteps"], _State.verified = _State.verified, []
    sample.update(forwardMs=ms[_FORWARD], backwardMs=ms[_BACKWARD], optimizerMs=ms[_OPTIMIZER])
    _write(":::PITWALL " + json.dumps(sample, separators=(",", ":")))


atexit.register(report)

# ---- Replicas: whether all ranks still have the same parameters ----


def check_replicas(parameters, every=50):
    """Reports a checksum of the parameters after each `every`-th step, for data-parallel training; call it after the optimizer.

    Pitwall compares the checksums of all ranks: after the same steps, replicas have the same bits. A rank with others has computed or
    received something else, for example because of a fault in its memory. Nothing is sent between ranks. The parameters, tensors or
    arrays, are read once, on the host: about 1 s per GB. Not for weights that are divided among ranks (FSDP), which differ by design.
    """
    number = _step_number()
    if not _is_read or world_size() < 2 or number % every != 0:
        return
    checksum = 0
    for each in parameters:
        checksum = zlib.crc32(_bytes_of(each), checksum)
    _State.checksums.append({"step": number, "checksum": "%08x" % checksum})


def _step_number():
    """The number of the open step, or of the last one."""
    is_inside = _OTHER in _State.phases[1:]
    return _State.steps + is_inside


def _bytes_of(value):
    if hasattr(value, "to_local"):
        # Of a tensor that is divided among ranks, the part of this one.
        value = value.to_local()
    if hasattr(value, "detach"):
        # NumPy has no bfloat16, so a tensor is seen as bytes first.
        value = value.detach().cpu().contiguous().reshape(-1).view(sys.modules["torch"].uint8).numpy()
    elif hasattr(value, "tobytes"):
        return value.tobytes()
    return memoryview(value).cast("B")


# ---- Replays: whether a step computes the same bits again ----


def verify_step(compute, model=None, state=(), every=None):
    """Returns `compute()`, the forward and backward pass of a step. Each `every`-th step is computed again, and compared bit by bit.

    Call it inside `step`, outside other phases. What is compared: what `compute` returns (numbers, tensors, arrays, and lists and dicts
    of them), the gradients of `model`, its buffers, and `state`: a list of all else that `compute` changes, each a tensor, an array, a
    generator of NumPy, or an object with a `state_dict`, such as an optimizer. Before each replay, they are as they were, and so are the
    random numbers of Python, NumPy and PyTorch. The step goes on with a result that was computed twice, if there is one.

    All ranks must call it in the same steps, because `compute` communicates again. `every` is `pitwall run --verify-step`, or never.
    The first two steps are not verified: DDP arranges gradients anew after the first.
    """
    every = _number("PITWALL_VERIFY_STEP", default=0) if every is None else every
    _Replay.calls += 1
    if not _is_read or every < 1 or _step_number() % every != 0 or _Replay.calls < 3:
        return compute()
    return _Replay(compute, model, state).verified()


class _Replay:
    """One step that is computed up to three times."""

    calls = 0
    sent = None
    """The checksum of what was handed to other ranks in this execution; None outside one."""
    has_sent = False

    def __init__(self, compute, model, state):
        self._compute = compute
        self._places = [_place_of(value) for value in state]
        if model is not None:
            self._places += [_place_of(buffer) for buffer in model.buffers()]
            self._places += [_gradient_place(parameter) for parameter in model.parameters()]
        self._random = _random_places()

    def verified(self):
        places = self._places + self._random
        before = [take() for take, _ in places]
        found = [self._executed()]
        first = [take() for take, _ in self._places]
        clock, _State.clock = _State.clock, _NoClock()
        try:
            # A rank does not know whether another one must compute it a third time, so with several all do.
            while len(found) < 2 or (len(found) < 3 and (world_size() > 1 or found[0][1] != found[1][1])):
                _put(places, before)
                found.append(self._executed())
        finally:
            _State.clock = clock
            clock.charge(_OTHER)
        sums = [each for _, each in found]
        self._report(sums)
        if len(sums) == 3 and sums[2] != sums[0] and sums[1] != sums[2]:
            _put(self._places, first)
            return found[0][0]
        return found[-1][0]

    def _executed(self):
        """The results of an execution, and two checksums: of what it sent, and of all that it left."""
        _Replay.sent, _Replay.has_sent = 0, False
        try:
            results = self._compute()
            sent = _Replay.sent
        finally:
            _Replay.sent = None
        left = _checksum(results)
        for take, _ in self._places:
            left = _checksum(take(), left)
        return results, (sent, left)

    def _report(self, sums):
        distinct = len(set(sums))
        outcome = "equal" if distinct == 1 else "transient" if distinct < len(sums) else "persistent"
        verified = {"step": _step_number(), "outcome": outcome}
        if distinct > 1:
            is_sent = len({sent for sent, _ in sums}) > 1
            is_alone = world_size() < 2
            verified["where"] = (
                "computation" if is_sent or is_alone else "after-exchange" if _Replay.has_sent else "unknown"
            )
            _warn(f"rank {rank()} computed step {verified['step']} {len(sums)} times, with {distinct} different results")
        _State.verified.append(verified)


class _NoClock:
    """Replays are not part of any phase."""

    def charge(self, phase):
        pass


def _place_of(value):
    """Something that a step changes, as two functions: one returns a copy of it, the other makes it as a copy is."""
    if hasattr(value, "load_state_dict"):
        return lambda: copy.deepcopy(value.state_dict()), lambda saved: value.load_state_dict(copy.deepcopy(saved))
    if hasattr(value, "bit_generator"):
        return lambda: value.bit_generator.state, lambda saved: setattr(value.bit_generator, "state", saved)
    if hasattr(value, "detach"):
        return lambda: value.detach().clone(), lambda saved: value.detach().copy_(saved)
    return value.copy, lambda saved: value.__setitem__(Ellipsis, saved)


def _gradient_place(parameter):
    def put(saved):
        # In place, because DDP computes in buckets that gradients are views of.
        if saved is None or parameter.grad is None:
            parameter.grad = None if saved is None else saved.clone()
        else:
            parameter.grad.copy_(saved)

    return lambda: None if parameter.grad is None else parameter.grad.detach().clone(), put


def _random_places():
    places = [(random.getstate, random.setstate)]
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if numpy is not None:
        places.append((numpy.random.get_state, numpy.random.set_state))
    if torch is not None:
        places.append((torch.get_rng_state, torch.set_rng_state))
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            places.append((torch.cuda.get_rng_state, torch.cuda.set_rng_state))
    return places


def _put(places, saved):
    for (_, put), each in zip(places, saved):
        put(each)


def _checksum(value, checksum=0):
    """The bits of numbers, tensors and arrays, also in lists and dicts; anything else does not count."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for each in value:
            checksum = _checksum(each, checksum)
        return checksum
    if value is None or isinstance(value, (bool, int, float, complex, str)):
        return zlib.crc32(repr(value).encode(), checksum)
    is_array = hasattr(value, "detach") or hasattr(value, "tobytes")
    return zlib.crc32(_bytes_of(value), checksum) if is_array else checksum


# ---- Hangs: what each rank was doing when the training stopped making progress ----


class _Watch:
    """Writes the stack of this rank and its last collectives (PyTorch's Flight Recorder) if no step ends for long, and on two signals:
    SIGUSR2, by which `pitwall doctor` looks at a job that runs, and SIGTERM, which ends the others when a rank has failed.

    NCCL writes its own dump when a collective times out; gloo writes none, and its timeout is half an hour. The files are
    written to where `TORCH_FR_DUMP_TEMP_FILE` says, and removed if the training goes on. Without that variable, or with one rank,
    nothing is watched. A signal that the program handles itself stays its own.
    """

    LOOK_SECONDS, MINIMUM_SECONDS, FACTOR, KEPT_SECONDS = 1.0, 10.0, 3.0, 30.0

    def __init__(self, prefix):
        self._prefix = prefix
        self._thread = None
        self._files = []
        self._steps = 0
        self._longest = 0.0
        self._since = time.monotonic()
        self._kept_until = 0.0
        self._ended = threading.Event()
        self._lock = threading.Lock()

    def start(self):
        if not self._prefix or self._thread is not None or world_size() < 2:
            return
        self._since = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="pitwall-watch", daemon=True)
        self._thread.start()
        self._listen()
        self._hook, sys.excepthook = sys.excepthook, self._dump_and_raise

    def stop(self):
        self._ended.set()
        self._remove()

    def note_progress(self):
        self._steps += 1
        if self._prefix and self._thread is None:
            self.start()

    def _run(self):
        seen = self._steps
        while not self._ended.wait(self.LOOK_SECONDS):
            now = time.monotonic()
            if self._steps != seen:
                self._longest = max(self._longest, now - self._since)
                seen, self._since = self._steps, now
                if now > self._kept_until:
                    self._remove()
            elif not self._files and now - self._since > self.MINIMUM_SECONDS + self.FACTOR * self._longest:
                self.dump()

    def _listen(self):
        """Signals wake a thread, because the main one may wait in a call that does not return to Python."""
        with contextlib.suppress(ValueError, OSError, AttributeError):
            own = [number for number in (signal.SIGUSR2, signal.SIGTERM) if signal.getsignal(number) is signal.SIG_DFL]
            read_end, write_end = os.pipe()
            os.set_blocking(write_end, False)
            before = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
            if before != -1:
                # An event loop of the program listens already.
                signal.set_wakeup_fd(before)
                os.close(read_end)
                os.close(write_end)
                return
            for number in own:
                signal.signal(number, lambda *_: None)
            if signal.SIGUSR2 in own:
                self._tell()
            # A loader's process that is ended would write to the pipe of this one.
            os.register_at_fork(after_in_child=lambda: self._stop_listening(own))
            threading.Thread(target=self._answer, args=(read_end, own), name="pitwall-signals", daemon=True).start()

    def _tell(self):
        """A file that says which process may be asked by SIGUSR2, which ends a program that does not know it."""
        path = os.path.join(os.path.dirname(self._prefix), f"listens-rank_{rank()}")
        with open(path, "w") as file:
            file.write(str(os.getpid()))
        atexit.register(self._forget, path, os.getpid())

    @staticmethod
    def _forget(path, pid):
        if os.getpid() == pid:
            with contextlib.suppress(OSError):
                os.remove(path)

    @staticmethod
    def _stop_listening(own):
        with contextlib.suppress(ValueError):
            signal.set_wakeup_fd(-1)
            for number in own:
                signal.signal(number, signal.SIG_DFL)

    def _answer(self, read_end, own):
        while True:
            number = os.read(read_end, 1)
            if not number:
                return
            if number[0] in (signal.SIGUSR2, signal.SIGTERM) and not self._ended.is_set():
                self._kept_until = time.monotonic() + self.KEPT_SECONDS
                self.dump()
            if number[0] == signal.SIGTERM and signal.SIGTERM in own:
                # As if it had not been handled: only the main thread could set that in Python.
                import ctypes

                ctypes.CDLL(None).signal(int(signal.SIGTERM), None)
                os.kill(os.getpid(), signal.SIGTERM)

    def dump(self):
        with self._lock:
            self._files = []
            self._write_dump()

    def _write_dump(self):
        folder = os.path.dirname(self._prefix)
        with contextlib.suppress(OSError, ValueError):
            path = os.path.join(folder, f"stack-rank_{rank()}.txt")
            with open(path, "w", encoding="utf-8") as file:
                self._files.append(path)
                faulthandler.dump_traceback(file, all_threads=True)
                file.write(self._peer())
        # Only if the program uses it: importing PyTorch takes seconds.
        if "torch" not in sys.modules:
            return
        # A build of PyTorch without distributed training, or without the recorder, has none.
        with contextlib.suppress(ImportError, AttributeError, OSError, RuntimeError):
            from torch._C import _distributed_c10d

            trace = _distributed_c10d._dump_fr_trace_json()
            path = f"{self._prefix}{rank()}.json"
            with open(path, "wb") as file:
                self._files.append(path)
                file.write(trace if isinstance(trace, bytes) else trace.encode())

    @staticmethod
    def _peer():
        """Whom this rank waits for in a call of two ranks: Flight Recorder has no such calls of gloo."""
        frame = sys._current_frames().get(threading.main_thread().ident)
        while frame is not None:
            name = frame.f_code.co_name
            other = {"recv": "src", "send": "dst"}.get(name)
            if other is not None and frame.f_code.co_filename.endswith("distributed_c10d.py"):
                value = frame.f_locals.get(other)
                return f"# waits in {name} for rank {value}\n" if isinstance(value, int) else ""
            frame = frame.f_back
        return ""

    def _remove(self):
        for path in self._files:
            with contextlib.suppress(OSError):
                os.remove(path)
        self._files = []

    def _dump_and_raise(self, *error):
        if not self._files:
            self.dump()
        self._ended.set()
        self._hook(*error)


_watch = _Watch(os.environ.get("TORCH_FR_DUMP_TEMP_FILE", ""))

# ---- Output ----


def _warn(text):
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"warning: {text}\n")


def _write(line):
    # One call: if output is unbuffered, `print` writes the end of the line separately, so that lines of two ranks mix.
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        # The output is closed. The training continues without its log.
        pass
