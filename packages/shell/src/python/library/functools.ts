/** functools. */
import { defineModule } from "./define-module.ts"

export const functools = defineModule({
  name: "functools",
  source: `
_NOTHING = object()
def reduce(function, sequence, initial=_NOTHING):
    walk = iter(sequence)
    if initial is _NOTHING:
        try:
            initial = next(walk)
        except StopIteration:
            raise TypeError("reduce() of empty iterable with no initial value") from None
    for one in walk:
        initial = function(initial, one)
    return initial
class partial:
    def __init__(self, func, /, *args, **keywords):
        self.func, self.args, self.keywords = func, args, keywords
    def __call__(self, /, *args, **keywords):
        return self.func(*self.args, *args, **{**self.keywords, **keywords})
    def __repr__(self):
        parts = [repr(self.func)] + [repr(one) for one in self.args] + [f"{name}={value!r}" for name, value in self.keywords.items()]
        return f"functools.partial({', '.join(parts)})"
def update_wrapper(wrapper, wrapped, *rest):
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        try:
            setattr(wrapper, name, getattr(wrapped, name))
        except AttributeError:
            pass
    try:
        wrapper.__wrapped__ = wrapped
    except AttributeError:
        pass
    return wrapper
def wraps(wrapped, *rest):
    return lambda wrapper: update_wrapper(wrapper, wrapped)
class _Info(tuple):
    def __repr__(self):
        return "CacheInfo(hits=%r, misses=%r, maxsize=%r, currsize=%r)" % tuple(self)
    hits = property(lambda self: self[0])
    misses = property(lambda self: self[1])
    maxsize = property(lambda self: self[2])
    currsize = property(lambda self: self[3])
def lru_cache(maxsize=128, typed=False):
    def decorate(function, maxsize=maxsize):
        kept = {}
        counts = [0, 0]
        def wrapper(*args, **keywords):
            key = args + tuple(sorted(keywords.items())) if keywords else args
            if key in kept:
                counts[0] += 1
                value = kept.pop(key)
                kept[key] = value
                return value
            counts[1] += 1
            value = function(*args, **keywords)
            kept[key] = value
            if maxsize is not None and len(kept) > maxsize:
                del kept[next(iter(kept))]
            return value
        def cache_clear():
            kept.clear()
            counts[:] = [0, 0]
        wrapper.cache_info = lambda: _Info((counts[0], counts[1], maxsize, len(kept)))
        wrapper.cache_clear = cache_clear
        return update_wrapper(wrapper, function)
    if callable(maxsize):
        return decorate(maxsize, 128)
    return decorate
def cache(function):
    return lru_cache(None)(function)
class cached_property:
    def __init__(self, func):
        self.func = func
    def __set_name__(self, owner, name):
        self.name = name
    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = self.func(instance)
        instance.__dict__[self.name] = value
        return value
def total_ordering(cls):
    if "__lt__" in cls.__dict__:
        cls.__gt__ = lambda self, other: not (self < other or self == other)
        cls.__le__ = lambda self, other: self < other or self == other
        cls.__ge__ = lambda self, other: not self < other
    elif "__gt__" in cls.__dict__:
        cls.__lt__ = lambda self, other: not (self > other or self == other)
        cls.__ge__ = lambda self, other: self > other or self == other
        cls.__le__ = lambda self, other: not self > other
    elif "__le__" in cls.__dict__:
        cls.__gt__ = lambda self, other: not self <= other
        cls.__lt__ = lambda self, other: self <= other and not self == other
        cls.__ge__ = lambda self, other: not self <= other or self == other
    elif "__ge__" in cls.__dict__:
        cls.__lt__ = lambda self, other: not self >= other
        cls.__gt__ = lambda self, other: self >= other and not self == other
        cls.__le__ = lambda self, other: not self >= other or self == other
    return cls
def cmp_to_key(compare):
    class K:
        def __init__(self, obj):
            self.obj = obj
        def __lt__(self, other):
            return compare(self.obj, other.obj) < 0
        def __gt__(self, other):
            return compare(self.obj, other.obj) > 0
        def __eq__(self, other):
            return compare(self.obj, other.obj) == 0
    return K
def singledispatch(function):
    registry = {object: function}
    def wrapper(*args, **keywords):
        for cls in type(args[0]).__mro__:
            if cls in registry:
                return registry[cls](*args, **keywords)
    def register(cls, implementation=None):
        if implementation is None:
            return lambda one: register(cls, one)
        registry[cls] = implementation
        return implementation
    wrapper.register = register
    return update_wrapper(wrapper, function)
`,
})
