/** threading: a thread runs to its end where it is started; what never ends cannot be one. */
import { defineModule } from "./define-module.ts"

export const threading = defineModule({
  name: "threading",
  source: String.raw`
_count = 0
class Thread:
    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        global _count
        _count += 1
        self._target, self._args, self._kwargs = target, args, kwargs or {}
        self.name = name or f"Thread-{_count}" + (f" ({target.__name__})" if target else "")
        self.daemon, self._started, self.ident = bool(daemon), False, None
    def run(self):
        if self._target:
            self._target(*self._args, **self._kwargs)
    def start(self):
        global _current
        if self._started:
            raise RuntimeError("threads can only be started once")
        self._started, self.ident = True, 140000000000000 + _count
        before, _current = _current, self
        try:
            self.run()
        except Exception:
            import sys, traceback
            sys.stderr.write(f"Exception in thread {self.name}:\n")
            traceback.print_exc()
        finally:
            _current = before
    def join(self, timeout=None):
        if not self._started:
            raise RuntimeError("cannot join thread before it is started")
    def is_alive(self):
        return False
class _Main:
    name, daemon, ident = "MainThread", False, 140000000000000
_main = _current = _Main()
def current_thread():
    return _current
def main_thread():
    return _main
def active_count():
    return 1
def enumerate():
    return [_main]
def get_ident():
    return _current.ident
class Lock:
    def __init__(self):
        self._held = False
    def acquire(self, blocking=True, timeout=-1):
        if self._held:
            return False
        self._held = True
        return True
    def release(self):
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False
    def locked(self):
        return self._held
    def __enter__(self):
        return self.acquire()
    def __exit__(self, *args):
        self.release()
class RLock:
    def acquire(self, blocking=True, timeout=-1):
        return True
    def release(self):
        pass
    def __enter__(self):
        return True
    def __exit__(self, *args):
        pass
class Semaphore(RLock):
    def __init__(self, value=1):
        pass
BoundedSemaphore = Semaphore
class Condition(RLock):
    def __init__(self, lock=None):
        pass
    def wait(self, timeout=None):
        return True
    def notify(self, n=1):
        pass
    def notify_all(self):
        pass
class Event:
    def __init__(self):
        self._set = False
    def is_set(self):
        return self._set
    def set(self):
        self._set = True
    def clear(self):
        self._set = False
    def wait(self, timeout=None):
        import time
        end = None if timeout is None else time.monotonic() + timeout
        while not self._set and (end is None or time.monotonic() < end):
            time.sleep(0.05 if end is None else min(0.05, max(0, end - time.monotonic())))
        return self._set
class local:
    pass
class Timer(Thread):
    def __init__(self, interval, function, args=None, kwargs=None):
        super().__init__(target=function, args=args or (), kwargs=kwargs)
        self.interval = interval
    def run(self):
        import time
        time.sleep(self.interval)
        super().run()
    def cancel(self):
        pass
`,
})
