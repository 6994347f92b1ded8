/** contextlib. */
import { defineModule } from "./define-module.ts"

export const contextlib = defineModule({
  name: "contextlib",
  source: `
class ContextDecorator:
    def __call__(self, function):
        def wrapper(*args, **names):
            with self:
                return function(*args, **names)
        return wrapper
class AbstractContextManager:
    def __enter__(self):
        return self
    def __exit__(self, *args):
        return None
class _Manager(ContextDecorator):
    def __init__(self, function, args, names):
        self._make = lambda: function(*args, **names)
        self._gen = self._make()
    def __enter__(self):
        try:
            return next(self._gen)
        except StopIteration:
            raise RuntimeError("generator didn't yield") from None
    def __exit__(self, kind, value, traceback):
        if kind is None:
            try:
                next(self._gen)
            except StopIteration:
                return False
            raise RuntimeError("generator didn't stop")
        try:
            self._gen.throw(value)
        except StopIteration as stop:
            return stop is not value
        except BaseException as problem:
            if problem is not value:
                raise
            return False
        raise RuntimeError("generator didn't stop after throw()")
def contextmanager(function):
    def wrapper(*args, **names):
        return _Manager(function, args, names)
    wrapper.__name__ = function.__name__
    return wrapper
class closing(AbstractContextManager):
    def __init__(self, thing):
        self.thing = thing
    def __enter__(self):
        return self.thing
    def __exit__(self, *args):
        self.thing.close()
class suppress(AbstractContextManager):
    def __init__(self, *exceptions):
        self._exceptions = exceptions
    def __exit__(self, kind, value, traceback):
        return kind is not None and issubclass(kind, self._exceptions)
class nullcontext(AbstractContextManager):
    def __init__(self, enter_result=None):
        self.enter_result = enter_result
    def __enter__(self):
        return self.enter_result
class _Redirect(AbstractContextManager):
    def __init__(self, target):
        self._target = target
    def __enter__(self):
        import sys
        self._before = getattr(sys, self._stream)
        setattr(sys, self._stream, self._target)
        return self._target
    def __exit__(self, *args):
        import sys
        setattr(sys, self._stream, self._before)
class redirect_stdout(_Redirect):
    _stream = "stdout"
class redirect_stderr(_Redirect):
    _stream = "stderr"
class ExitStack(AbstractContextManager):
    def __init__(self):
        self._exits = []
    def enter_context(self, manager):
        value = manager.__enter__()
        self._exits.append(manager.__exit__)
        return value
    def callback(self, function, *args, **names):
        self._exits.append(lambda *given: function(*args, **names) and False)
        return function
    def push(self, exit):
        self._exits.append(exit.__exit__ if hasattr(exit, "__exit__") else exit)
    def close(self):
        self.__exit__(None, None, None)
    def __exit__(self, *given):
        done = False
        while self._exits:
            if self._exits.pop()(*given):
                done, given = True, (None, None, None)
        return done
`,
})
