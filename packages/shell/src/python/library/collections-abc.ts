/** collections.abc: base classes by their methods alone. */
import { defineModule } from "./define-module.ts"

export const collectionsAbc = defineModule({
  name: "collections.abc",
  source: `
class _Meta(type):
    def __instancecheck__(cls, value):
        if cls in type(value).__mro__:
            return True
        needed = cls.__dict__.get("_needs")
        return needed is not None and all(hasattr(type(value), name) for name in needed)

class Hashable(metaclass=_Meta):
    _needs = ("__hash__",)
class Callable(metaclass=_Meta):
    _needs = ("__call__",)
class Iterable(metaclass=_Meta):
    _needs = ("__iter__",)
class Iterator(metaclass=_Meta):
    _needs = ("__iter__", "__next__")
class Generator(metaclass=_Meta):
    _needs = ("send", "throw")
class Sized(metaclass=_Meta):
    _needs = ("__len__",)
class Container(metaclass=_Meta):
    _needs = ("__contains__",)
class Collection(metaclass=_Meta):
    _needs = ("__len__", "__contains__")
class Mapping(metaclass=_Meta):
    _needs = ("keys", "__getitem__")
    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default
    def keys(self):
        return list(self)
    def items(self):
        return [(key, self[key]) for key in self]
    def values(self):
        return [self[key] for key in self]
    def __contains__(self, key):
        try:
            self[key]
            return True
        except KeyError:
            return False
    def __eq__(self, other):
        return dict(self.items()) == dict(other.items())
class MutableMapping(Mapping):
    _needs = ("keys", "__setitem__")
    def pop(self, key, *default):
        try:
            value = self[key]
        except KeyError:
            if default:
                return default[0]
            raise
        del self[key]
        return value
    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]
    def update(self, other=(), **names):
        for key, value in dict(other, **names).items():
            self[key] = value
    def clear(self):
        for key in list(self):
            del self[key]
class Sequence(metaclass=_Meta):
    _needs = ("index", "count", "__getitem__")
    def __contains__(self, value):
        return any(one == value for one in self)
    def __iter__(self):
        for index in range(len(self)):
            yield self[index]
    def index(self, value):
        for index, one in enumerate(self):
            if one == value:
                return index
        raise ValueError
    def count(self, value):
        return sum(1 for one in self if one == value)
class MutableSequence(Sequence):
    _needs = ("append", "__setitem__")
class Set(metaclass=_Meta):
    _needs = ("isdisjoint",)
class MutableSet(Set):
    _needs = ("add", "discard")
class Awaitable(metaclass=_Meta):
    pass
class Coroutine(metaclass=_Meta):
    pass
class ByteString(metaclass=_Meta):
    _needs = ("decode",)
`,
})
