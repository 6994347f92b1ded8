/** collections. */
import { defineModule } from "./define-module.ts"

export const collections = defineModule({
  name: "collections",
  source: `
import sys as _sys
from _collections import defaultdict

class OrderedDict(dict):
    def move_to_end(self, key, last=True):
        value = self.pop(key)
        if last:
            self[key] = value
        else:
            rest = list(self.items())
            self.clear()
            self[key] = value
            self.update(rest)
    def popitem(self, last=True):
        if not self:
            raise KeyError("dictionary is empty")
        key = list(self)[-1 if last else 0]
        return key, self.pop(key)
    def __repr__(self):
        return f"OrderedDict({dict(self)!r})" if self else "OrderedDict()"

class Counter(dict):
    def __init__(self, iterable=None, /, **counts):
        super().__init__()
        self.update(iterable, **counts)
    def __missing__(self, key):
        return 0
    def update(self, iterable=None, /, **counts):
        if iterable is not None:
            if hasattr(iterable, "items"):
                for key, count in iterable.items():
                    self[key] = self.get(key, 0) + count
            else:
                for one in iterable:
                    self[one] = self.get(one, 0) + 1
        for key, count in counts.items():
            self[key] = self.get(key, 0) + count
    def subtract(self, iterable=None, /, **counts):
        for key, count in Counter(iterable, **counts).items():
            self[key] = self.get(key, 0) - count
    def most_common(self, n=None):
        pairs = sorted(self.items(), key=lambda pair: pair[1], reverse=True)
        return pairs if n is None else pairs[:n]
    def elements(self):
        for key, count in self.items():
            for _ in range(count):
                yield key
    def total(self):
        return sum(self.values())
    def copy(self):
        return Counter(self)
    def __add__(self, other):
        result = Counter()
        for key in list(self) + [one for one in other if one not in self]:
            count = self[key] + other[key]
            if count > 0:
                result[key] = count
        return result
    def __sub__(self, other):
        result = Counter()
        for key in list(self) + [one for one in other if one not in self]:
            count = self[key] - other[key]
            if count > 0:
                result[key] = count
        return result
    def __and__(self, other):
        return Counter({key: min(count, other[key]) for key, count in self.items() if min(count, other[key]) > 0})
    def __or__(self, other):
        result = Counter()
        for key in list(self) + [one for one in other if one not in self]:
            count = max(self[key], other[key])
            if count > 0:
                result[key] = count
        return result
    def __repr__(self):
        if not self:
            return "Counter()"
        return "Counter({" + ", ".join(f"{key!r}: {count!r}" for key, count in self.most_common()) + "})"

class deque:
    def __init__(self, iterable=(), maxlen=None):
        self.maxlen = maxlen
        self._items = []
        self.extend(iterable)
    def append(self, x):
        self._items.append(x)
        if self.maxlen is not None and len(self._items) > self.maxlen:
            del self._items[0]
    def appendleft(self, x):
        self._items.insert(0, x)
        if self.maxlen is not None and len(self._items) > self.maxlen:
            del self._items[-1]
    def extend(self, iterable):
        for one in iterable:
            self.append(one)
    def extendleft(self, iterable):
        for one in iterable:
            self.appendleft(one)
    def pop(self):
        if not self._items:
            raise IndexError("pop from an empty deque")
        return self._items.pop()
    def popleft(self):
        if not self._items:
            raise IndexError("pop from an empty deque")
        return self._items.pop(0)
    def rotate(self, n=1):
        if self._items:
            n %= len(self._items)
            self._items = self._items[-n:] + self._items[:-n] if n else self._items
    def clear(self):
        self._items.clear()
    def copy(self):
        return deque(self._items, self.maxlen)
    def count(self, x):
        return self._items.count(x)
    def index(self, x, *bounds):
        return self._items.index(x, *bounds)
    def insert(self, i, x):
        self._items.insert(i, x)
    def remove(self, x):
        self._items.remove(x)
    def reverse(self):
        self._items.reverse()
    def __len__(self):
        return len(self._items)
    def __iter__(self):
        return iter(self._items)
    def __reversed__(self):
        return reversed(self._items)
    def __contains__(self, x):
        return x in self._items
    def __getitem__(self, i):
        if isinstance(i, slice):
            raise TypeError("sequence index must be integer, not 'slice'")
        try:
            return self._items[i]
        except IndexError:
            raise IndexError("deque index out of range") from None
    def __setitem__(self, i, x):
        self._items[i] = x
    def __delitem__(self, i):
        del self._items[i]
    def __bool__(self):
        return bool(self._items)
    def __eq__(self, other):
        return isinstance(other, deque) and self._items == other._items
    def __add__(self, other):
        return deque(self._items + list(other), self.maxlen)
    def __iadd__(self, other):
        self.extend(other)
        return self
    def __repr__(self):
        bound = "" if self.maxlen is None else f", maxlen={self.maxlen}"
        return f"deque({self._items!r}{bound})"

def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    names = field_names.replace(",", " ").split() if isinstance(field_names, str) else list(field_names)
    fields = tuple(names)
    fallback = dict(zip(fields[len(fields) - len(defaults or ()):], defaults or ()))
    def __new__(cls, *args, **given):
        if len(args) > len(fields):
            raise TypeError(f"{typename}.__new__() takes {len(fields) + 1} positional arguments but {len(args) + 1} were given")
        values = list(args)
        missing = []
        for name in fields[len(args):]:
            if name in given:
                values.append(given.pop(name))
            elif name in fallback:
                values.append(fallback[name])
            else:
                missing.append(name)
        if given:
            raise TypeError(f"{typename}.__new__() got an unexpected keyword argument '{next(iter(given))}'")
        if missing:
            shown = " and ".join(repr(name) for name in missing) if len(missing) < 3 else ", ".join(repr(name) for name in missing[:-1]) + ", and " + repr(missing[-1])
            raise TypeError(f"{typename}.__new__() missing {len(missing)} required positional argument{'s' if len(missing) > 1 else ''}: {shown}")
        return tuple.__new__(cls, values)
    def __repr__(self):
        return type(self).__name__ + "(" + ", ".join(f"{name}={value!r}" for name, value in zip(fields, self)) + ")"
    def _asdict(self):
        return dict(zip(fields, self))
    def _replace(self, **given):
        return type(self)(*[given.pop(name, value) for name, value in zip(fields, self)])
    def _make(cls, iterable):
        return cls(*iterable)
    space = {"__new__": __new__, "__repr__": __repr__, "_asdict": _asdict, "_replace": _replace, "_make": classmethod(_make), "_fields": fields, "_field_defaults": fallback, "__match_args__": fields, "__slots__": ()}
    for index, name in enumerate(fields):
        space[name] = property(lambda self, index=index: self[index])
    space["__module__"] = module or "__main__"
    return type(typename, (tuple,), space)

class UserDict(dict):
    @property
    def data(self):
        return self
class UserList(list):
    @property
    def data(self):
        return self
class UserString(str):
    pass

class ChainMap:
    def __init__(self, *maps):
        self.maps = list(maps) or [{}]
    def __getitem__(self, key):
        for one in self.maps:
            if key in one:
                return one[key]
        raise KeyError(key)
    def get(self, key, default=None):
        return self[key] if key in self else default
    def __setitem__(self, key, value):
        self.maps[0][key] = value
    def __contains__(self, key):
        return any(key in one for one in self.maps)
    def __iter__(self):
        merged = {}
        for one in reversed(self.maps):
            merged.update(dict.fromkeys(one))
        return iter(merged)
    def __len__(self):
        return len(set().union(*self.maps))
    def keys(self):
        return list(self)
    def items(self):
        return [(key, self[key]) for key in self]
    def values(self):
        return [self[key] for key in self]
    def __repr__(self):
        return f"ChainMap({', '.join(map(repr, self.maps))})"
`,
})
