/** enum. */
import { defineModule } from "./define-module.ts"

export const enumModule = defineModule({
  name: "enum",
  source: `
def object_new(cls):
    return object.__new__(cls)

class auto:
    pass

class EnumType(type):
    def __new__(meta, name, bases, space, **options):
        members = {}
        plain = {}
        for key, value in space.items():
            if key.startswith("_") or hasattr(value, "__get__") or callable(value) or isinstance(value, (property, classmethod, staticmethod)):
                plain[key] = value
            else:
                members[key] = value
        cls = type.__new__(meta, name, bases, plain)
        cls._member_map_ = {}
        cls._value2member_map_ = {}
        if not bases:
            return cls
        flag = any(one.__name__ in ("Flag", "IntFlag") for one in cls.__mro__)
        kind = next((one for one in (int, str, float) if one in cls.__mro__), None)
        last = 0
        for key, value in members.items():
            if isinstance(value, auto):
                if "_generate_next_value_" in plain:
                    value = plain["_generate_next_value_"](key, 1, len(cls._member_map_), [one._value_ for one in cls._member_map_.values()])
                elif kind is str:
                    value = key.lower()
                else:
                    value = (1 if not last else 1 << last.bit_length()) if flag else last + 1
            if isinstance(value, int):
                last = value
            if value.__hash__ and value in cls._value2member_map_:
                cls._member_map_[key] = cls._value2member_map_[value]
                setattr(cls, key, cls._value2member_map_[value])
                continue
            member = kind.__new__(cls, value) if kind else object_new(cls)
            member._name_ = key
            member._value_ = value
            if "__init__" in plain:
                plain["__init__"](member, *(value if isinstance(value, tuple) else (value,)))
            cls._member_map_[key] = member
            try:
                cls._value2member_map_[value] = member
            except TypeError:
                pass
            setattr(cls, key, member)
        return cls
    def __call__(cls, value, names=None, **options):
        if names is not None:
            pairs = names.items() if isinstance(names, dict) else [(one, index + 1) if isinstance(one, str) else one for index, one in enumerate(names.replace(",", " ").split() if isinstance(names, str) else names)]
            return EnumType(value, (cls,), dict(pairs))
        if isinstance(value, cls):
            return value
        try:
            if value in cls._value2member_map_:
                return cls._value2member_map_[value]
        except TypeError:
            pass
        for member in cls._member_map_.values():
            if member._value_ == value:
                return member
        if "_missing_" in cls.__dict__:
            found = cls._missing_(value)
            if found is not None:
                return found
        if any(one.__name__ in ("Flag", "IntFlag") for one in cls.__mro__) and isinstance(value, int):
            member = int.__new__(cls, value) if int in cls.__mro__ else object_new(cls)
            member._name_ = "|".join(one._name_ for one in cls._member_map_.values() if one._value_ & value) or None
            member._value_ = value
            return member
        raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")
    def __iter__(cls):
        return iter([member for name, member in cls._member_map_.items() if member._name_ == name])
    def __len__(cls):
        return len([one for one in cls])
    def __getitem__(cls, name):
        return cls._member_map_[name]
    def __contains__(cls, value):
        return isinstance(value, cls) or value in cls._value2member_map_
    def __repr__(cls):
        return f"<enum '{cls.__name__}'>"
    def __bool__(cls):
        return True
    @property
    def __members__(cls):
        return dict(cls._member_map_)

EnumMeta = EnumType

class Enum(metaclass=EnumType):
    @property
    def name(self):
        return self._name_
    @property
    def value(self):
        return self._value_
    def __repr__(self):
        return f"<{type(self).__name__}.{self._name_}: {self._value_!r}>"
    def __str__(self):
        return f"{type(self).__name__}.{self._name_}"
    def __format__(self, spec):
        return format(str(self), spec)
    def __hash__(self):
        return hash(self._name_)
    def __eq__(self, other):
        return self is other

class IntEnum(int, Enum):
    def __repr__(self):
        return f"<{type(self).__name__}.{self._name_}: {self._value_!r}>"
    def __str__(self):
        return str(self._value_)
    def __format__(self, spec):
        return format(self._value_, spec)
    def __eq__(self, other):
        return self._value_ == (other._value_ if isinstance(other, Enum) else other)
    def __hash__(self):
        return hash(self._value_)

class StrEnum(str, Enum):
    def __repr__(self):
        return f"<{type(self).__name__}.{self._name_}: {self._value_!r}>"
    def __str__(self):
        return self._value_
    def __format__(self, spec):
        return format(self._value_, spec)
    def __eq__(self, other):
        return self._value_ == (other._value_ if isinstance(other, Enum) else other)
    def __hash__(self):
        return hash(self._value_)

class Flag(Enum):
    def __or__(self, other):
        return type(self)(self._value_ | other._value_)
    def __and__(self, other):
        return type(self)(self._value_ & other._value_)
    def __xor__(self, other):
        return type(self)(self._value_ ^ other._value_)
    def __invert__(self):
        return type(self)(sum(one._value_ for one in type(self)) & ~self._value_)
    def __contains__(self, other):
        return other._value_ & self._value_ == other._value_
    def __bool__(self):
        return bool(self._value_)
    def __eq__(self, other):
        return type(other) is type(self) and other._value_ == self._value_
    def __hash__(self):
        return hash(self._value_)

class IntFlag(int, Flag):
    pass

def unique(enumeration):
    for name, member in enumeration._member_map_.items():
        if member._name_ != name:
            raise ValueError(f"duplicate values found in {enumeration!r}: {name} -> {member._name_}")
    return enumeration

def member(value):
    return value
`,
})
