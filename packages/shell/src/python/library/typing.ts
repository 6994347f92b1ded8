/** typing: names for annotations. */
import { defineModule } from "./define-module.ts"

export const typing = defineModule({
  name: "typing",
  source: `
TYPE_CHECKING = False
class _Form:
    def __init__(self, name):
        self._name = name
    def __getitem__(self, index):
        return _Form(self._name + "[" + ", ".join(getattr(one, "__name__", repr(one)) for one in (index if isinstance(index, tuple) else (index,))) + "]")
    def __repr__(self):
        return "typing." + self._name
    def __call__(self, *args, **names):
        return self
    def __or__(self, other):
        return self
    __ror__ = __or__
    def __mro_entries__(self, bases):
        return ()
Any, Union, Optional, Callable, ClassVar, Final, Literal, NoReturn, Never, Self, TypeAlias, Annotated, Concatenate = [_Form(name) for name in "Any Union Optional Callable ClassVar Final Literal NoReturn Never Self TypeAlias Annotated Concatenate".split()]
Iterable, Iterator, Sequence, Mapping, MutableMapping, Generator, Awaitable, Coroutine, AsyncIterator, AnyStr, Hashable, Sized, Collection, IO, TextIO, BinaryIO, Pattern, Match = [_Form(name) for name in "Iterable Iterator Sequence Mapping MutableMapping Generator Awaitable Coroutine AsyncIterator AnyStr Hashable Sized Collection IO TextIO BinaryIO Pattern Match".split()]
List, Dict, Set, FrozenSet, Tuple, Type = list, dict, set, frozenset, tuple, type
from collections import defaultdict as DefaultDict, OrderedDict, Counter, deque as Deque, namedtuple as _namedtuple
Text = str
class Generic:
    def __class_getitem__(cls, item):
        return cls
class Protocol:
    def __class_getitem__(cls, item):
        return cls
class TypedDict(dict):
    pass
def TypeVar(name, *bounds, **options):
    return _Form(name)
def ParamSpec(name, **options):
    return _Form(name)
def NewType(name, kind):
    return kind
def cast(kind, value):
    return value
def overload(function):
    return function
def final(one):
    return one
def runtime_checkable(cls):
    return cls
def no_type_check(one):
    return one
def get_type_hints(one, *args):
    return dict(getattr(one, "__annotations__", {}))
class _NamedMeta(type):
    def __new__(meta, name, bases, space, **options):
        if not bases:
            return type.__new__(meta, name, bases, space)
        kinds = space.get("__annotations__", {})
        base = _namedtuple(name, list(kinds), defaults=[space[one] for one in kinds if one in space])
        for key, value in space.items():
            if key not in kinds and not key.startswith("__"):
                setattr(base, key, value)
        return base
class NamedTuple(metaclass=_NamedMeta):
    pass
`,
})
