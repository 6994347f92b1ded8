/** dataclasses. */
import { defineModule } from "./define-module.ts"

export const dataclassesModule = defineModule({
  name: "dataclasses",
  source: `
class _Missing:
    def __repr__(self):
        return "<dataclasses._MISSING_TYPE object>"
MISSING = _Missing()

class FrozenInstanceError(AttributeError):
    pass

class Field:
    def __init__(self, default=MISSING, default_factory=MISSING, init=True, repr=True, compare=True, hash=None, kw_only=False, metadata=None):
        self.default, self.default_factory, self.init, self.repr, self.compare, self.kw_only = default, default_factory, init, repr, compare, kw_only
        self.metadata = metadata or {}
        self.name = self.type = None

def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True, metadata=None, kw_only=False):
    return Field(default, default_factory, init, repr, compare, hash, kw_only, metadata)

def _process(cls, init, show, eq, order, frozen):
    fields = {}
    for base in reversed(cls.__mro__[1:]):
        fields.update(base.__dict__.get("__dataclass_fields__", {}))
    for name, kind in cls.__dict__.get("__annotations__", {}).items():
        if "ClassVar" in repr(kind):
            continue
        value = cls.__dict__.get(name, MISSING)
        one = value if isinstance(value, Field) else Field(value)
        if isinstance(one.default, (list, dict, set)):
            raise ValueError(f"mutable default {type(one.default)} for field {name} is not allowed: use default_factory")
        one.name, one.type = name, kind
        if isinstance(value, Field):
            if one.default is not MISSING:
                setattr(cls, name, one.default)
            else:
                delattr(cls, name)
        fields[name] = one
    cls.__dataclass_fields__ = fields
    wanted = [one for one in fields.values() if one.init]
    seen = None
    for one in wanted:
        optional = one.default is not MISSING or one.default_factory is not MISSING
        if seen and not optional and not one.kw_only:
            raise TypeError(f"non-default argument {one.name!r} follows default argument {seen!r}")
        if optional and not one.kw_only:
            seen = one.name
    def __init__(self, *args, **given):
        if len(args) > len(wanted):
            raise TypeError(f"{cls.__name__}.__init__() takes {len(wanted) + 1} positional arguments but {len(args) + 1} were given")
        values = dict(zip([one.name for one in wanted], args))
        for name, value in given.items():
            if name in values:
                raise TypeError(f"{cls.__name__}.__init__() got multiple values for argument '{name}'")
            if name not in fields or not fields[name].init:
                raise TypeError(f"{cls.__name__}.__init__() got an unexpected keyword argument '{name}'")
            values[name] = value
        missing = [one.name for one in wanted if one.name not in values and one.default is MISSING and one.default_factory is MISSING]
        if missing:
            shown = " and ".join(repr(name) for name in missing) if len(missing) < 3 else ", ".join(repr(name) for name in missing[:-1]) + ", and " + repr(missing[-1])
            raise TypeError(f"{cls.__name__}.__init__() missing {len(missing)} required positional argument{'s' if len(missing) > 1 else ''}: {shown}")
        for one in fields.values():
            if one.name in values:
                value = values[one.name]
            elif one.default_factory is not MISSING:
                value = one.default_factory()
            elif one.default is not MISSING:
                value = one.default
            else:
                continue
            object.__setattr__(self, one.name, value)
        if hasattr(self, "__post_init__"):
            self.__post_init__()
    def __repr__(self):
        return type(self).__qualname__ + "(" + ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields.values() if one.repr) + ")"
    def values_of(self):
        return tuple(getattr(self, one.name) for one in fields.values() if one.compare)
    def __eq__(self, other):
        return values_of(self) == values_of(other) if type(other) is type(self) else NotImplemented
    if init and "__init__" not in cls.__dict__:
        cls.__init__ = __init__
    if show and "__repr__" not in cls.__dict__:
        cls.__repr__ = __repr__
    if eq and "__eq__" not in cls.__dict__:
        cls.__eq__ = __eq__
        if frozen:
            cls.__hash__ = lambda self: hash(values_of(self))
        elif "__hash__" not in cls.__dict__:
            cls.__hash__ = None
    if order:
        cls.__lt__ = lambda self, other: values_of(self) < values_of(other)
        cls.__le__ = lambda self, other: values_of(self) <= values_of(other)
        cls.__gt__ = lambda self, other: values_of(self) > values_of(other)
        cls.__ge__ = lambda self, other: values_of(self) >= values_of(other)
    if frozen:
        def __setattr__(self, name, value):
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        def __delattr__(self, name):
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        cls.__setattr__ = __setattr__
        cls.__delattr__ = __delattr__
    cls.__match_args__ = tuple(one.name for one in wanted)
    return cls

def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False):
    if cls is None:
        return lambda one: _process(one, init, repr, eq, order, frozen)
    return _process(cls, init, repr, eq, order, frozen)

def fields(owner):
    return tuple(owner.__dataclass_fields__.values())

def is_dataclass(value):
    return hasattr(value, "__dataclass_fields__")

def asdict(value):
    if is_dataclass(value):
        return {one.name: asdict(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, (list, tuple)):
        return type(value)(asdict(one) for one in value)
    if isinstance(value, dict):
        return {key: asdict(one) for key, one in value.items()}
    return value

def astuple(value):
    return tuple(getattr(value, one.name) for one in fields(value))

def replace(value, **changes):
    return type(value)(**{one.name: changes.get(one.name, getattr(value, one.name)) for one in fields(value) if one.init})
`,
})
