/** datetime. */
import { defineModule } from "./define-module.ts"

export const datetime = defineModule({
  name: "datetime",
  source: `
import _dates
MINYEAR, MAXYEAR = 1, 9999
class timedelta:
    def __init__(self, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0):
        total = round((weeks * 7 + days) * 86400000000 + (hours * 3600 + minutes * 60 + seconds) * 1000000 + milliseconds * 1000 + microseconds)
        self._us = total
    @classmethod
    def _of(cls, us):
        made = cls()
        made._us = us
        return made
    @property
    def days(self):
        return self._us // 86400000000
    @property
    def seconds(self):
        return self._us % 86400000000 // 1000000
    @property
    def microseconds(self):
        return self._us % 1000000
    def total_seconds(self):
        return self._us / 1000000
    def __add__(self, other):
        return timedelta._of(self._us + other._us) if isinstance(other, timedelta) else NotImplemented
    def __sub__(self, other):
        return timedelta._of(self._us - other._us) if isinstance(other, timedelta) else NotImplemented
    def __mul__(self, other):
        return timedelta._of(round(self._us * other))
    __rmul__ = __mul__
    def __truediv__(self, other):
        return self._us / other._us if isinstance(other, timedelta) else timedelta._of(round(self._us / other))
    def __floordiv__(self, other):
        return self._us // other._us if isinstance(other, timedelta) else timedelta._of(self._us // other)
    def __mod__(self, other):
        return timedelta._of(self._us % other._us)
    def __neg__(self):
        return timedelta._of(-self._us)
    def __abs__(self):
        return timedelta._of(abs(self._us))
    def __bool__(self):
        return self._us != 0
    def __eq__(self, other):
        return isinstance(other, timedelta) and self._us == other._us
    def __lt__(self, other):
        return self._us < other._us
    def __le__(self, other):
        return self._us <= other._us
    def __gt__(self, other):
        return self._us > other._us
    def __ge__(self, other):
        return self._us >= other._us
    def __hash__(self):
        return hash(self._us)
    def __str__(self):
        seconds, micro = self.seconds, self.microseconds
        text = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}" + (f".{micro:06d}" if micro else "")
        return f"{self.days} day{'' if abs(self.days) == 1 else 's'}, {text}" if self.days else text
    def __repr__(self):
        parts = [f"{name}={value}" for name, value in (("days", self.days), ("seconds", self.seconds), ("microseconds", self.microseconds)) if value]
        return f"datetime.timedelta({', '.join(parts) or '0'})"
timedelta.resolution = timedelta(microseconds=1)
class tzinfo:
    pass
class timezone(tzinfo):
    def __init__(self, offset, name=None):
        self._offset, self._name = offset, name
    def utcoffset(self, dt):
        return self._offset
    def tzname(self, dt):
        if self._name:
            return self._name
        minutes = self._offset._us // 60000000
        return "UTC" if not minutes else f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    def dst(self, dt):
        return None
    def __eq__(self, other):
        return isinstance(other, timezone) and self._offset == other._offset
    def __hash__(self):
        return hash(self._offset)
    def __str__(self):
        return self.tzname(None)
    def __repr__(self):
        return "datetime.timezone.utc" if self is timezone.utc else f"datetime.timezone({self._offset!r})"
timezone.utc = timezone(timedelta(0))
UTC = timezone.utc
class date:
    def __init__(self, year, month, day):
        if not 1 <= month <= 12:
            raise ValueError("month must be in 1..12")
        if _dates.date(_dates.ordinal(year, month, 1) + day - 1)[1] != month or day < 1:
            raise ValueError("day is out of range for month")
        self.year, self.month, self.day = year, month, day
    @classmethod
    def today(cls):
        now = datetime.now()
        return cls(now.year, now.month, now.day)
    @classmethod
    def fromisoformat(cls, text):
        try:
            return cls(*_dates.read(text, "%Y-%m-%d")[:3])
        except ValueError:
            raise ValueError(f"Invalid isoformat string: {text!r}") from None
    @classmethod
    def fromordinal(cls, n):
        return cls(*_dates.date(n))
    @classmethod
    def fromtimestamp(cls, t):
        return datetime.fromtimestamp(t).date()
    def toordinal(self):
        return _dates.ordinal(self.year, self.month, self.day)
    def weekday(self):
        return (self.toordinal() + 6) % 7
    def isoweekday(self):
        return self.weekday() + 1
    def isocalendar(self):
        return _dates.week(self._parts()) + (self.isoweekday(),)
    def _parts(self):
        return (self.year, self.month, self.day, 0, 0, 0, 0)
    def replace(self, year=None, month=None, day=None):
        return date(year or self.year, month or self.month, day or self.day)
    def isoformat(self):
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"
    def strftime(self, format):
        return _dates.write(format, self._parts(), None, "")
    def __format__(self, spec):
        return self.strftime(spec) if spec else str(self)
    def timetuple(self):
        import time
        return time.gmtime((self.toordinal() - 719163) * 86400)
    def __str__(self):
        return self.isoformat()
    def __repr__(self):
        return f"datetime.date({self.year}, {self.month}, {self.day})"
    def _key(self):
        return (self.year, self.month, self.day)
    def __add__(self, other):
        return date.fromordinal(self.toordinal() + other.days)
    __radd__ = __add__
    def __sub__(self, other):
        if isinstance(other, timedelta):
            return date.fromordinal(self.toordinal() - other.days)
        return timedelta(days=self.toordinal() - other.toordinal())
    def __eq__(self, other):
        return isinstance(other, date) and self._key() == other._key()
    def __lt__(self, other):
        return self._key() < other._key()
    def __le__(self, other):
        return self._key() <= other._key()
    def __gt__(self, other):
        return self._key() > other._key()
    def __ge__(self, other):
        return self._key() >= other._key()
    def __hash__(self):
        return hash(self._key())
class time:
    def __init__(self, hour=0, minute=0, second=0, microsecond=0, tzinfo=None):
        self.hour, self.minute, self.second, self.microsecond, self.tzinfo = hour, minute, second, microsecond, tzinfo
    def isoformat(self):
        return f"{self.hour:02d}:{self.minute:02d}:{self.second:02d}" + (f".{self.microsecond:06d}" if self.microsecond else "")
    __str__ = isoformat
    def strftime(self, format):
        return _dates.write(format, (1900, 1, 1, self.hour, self.minute, self.second, self.microsecond), None, "")
    def __repr__(self):
        return f"datetime.time({self.hour}, {self.minute}" + (f", {self.second}" if self.second or self.microsecond else "") + (f", {self.microsecond}" if self.microsecond else "") + ")"
    def _key(self):
        return (self.hour, self.minute, self.second, self.microsecond)
    def __eq__(self, other):
        return self._key() == other._key()
    def __lt__(self, other):
        return self._key() < other._key()
    def __hash__(self):
        return hash(self._key())
class datetime(date):
    def __init__(self, year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0):
        super().__init__(year, month, day)
        for name, value, limit in (("hour", hour, 23), ("minute", minute, 59), ("second", second, 59)):
            if not 0 <= value <= limit:
                raise ValueError(f"{name} must be in 0..{limit}")
        self.hour, self.minute, self.second, self.microsecond, self.tzinfo = hour, minute, second, microsecond, tzinfo
    @classmethod
    def _of(cls, us, tz=None):
        days, rest = us // 86400000000, us % 86400000000
        year, month, day = _dates.date(days + 719163)
        return cls(year, month, day, rest // 3600000000, rest // 60000000 % 60, rest // 1000000 % 60, rest % 1000000, tz)
    @classmethod
    def now(cls, tz=None):
        us = _dates.now()
        return cls._of(us + (tz.utcoffset(None)._us if tz else 0), tz)
    @classmethod
    def utcnow(cls):
        return cls._of(_dates.now())
    @classmethod
    def today(cls):
        return cls.now()
    @classmethod
    def fromtimestamp(cls, t, tz=None):
        return cls._of(round(t * 1000000) + (tz.utcoffset(None)._us if tz else 0), tz)
    @classmethod
    def utcfromtimestamp(cls, t):
        return cls._of(round(t * 1000000))
    @classmethod
    def strptime(cls, text, format):
        parts = _dates.read(text, format)
        tz = None if parts[7] is None else timezone.utc if parts[7] == 0 else timezone(timedelta(minutes=parts[7]))
        return cls(*parts[:7], tz)
    @classmethod
    def fromisoformat(cls, text):
        for format in ("%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"):
            try:
                return cls.strptime(text.replace(" ", "T"), format)
            except ValueError:
                pass
        raise ValueError(f"Invalid isoformat string: {text!r}")
    @classmethod
    def combine(cls, date, time, tzinfo=None):
        return cls(date.year, date.month, date.day, time.hour, time.minute, time.second, time.microsecond, tzinfo or time.tzinfo)
    def _parts(self):
        return (self.year, self.month, self.day, self.hour, self.minute, self.second, self.microsecond)
    def _us(self):
        return (self.toordinal() - 719163) * 86400000000 + (self.hour * 3600 + self.minute * 60 + self.second) * 1000000 + self.microsecond
    def _utc(self):
        return self._us() - (self.tzinfo.utcoffset(self)._us if self.tzinfo else 0)
    def timestamp(self):
        return self._utc() / 1000000
    def utcoffset(self):
        return self.tzinfo.utcoffset(self) if self.tzinfo else None
    def tzname(self):
        return self.tzinfo.tzname(self) if self.tzinfo else None
    def date(self):
        return date(self.year, self.month, self.day)
    def time(self):
        return time(self.hour, self.minute, self.second, self.microsecond)
    def astimezone(self, tz=None):
        tz = tz or timezone.utc
        return datetime._of(self._utc() + tz.utcoffset(None)._us, tz)
    def timetuple(self):
        import time
        return time.gmtime(self._us() / 1000000)
    def replace(self, **given):
        parts = dict(zip(("year", "month", "day", "hour", "minute", "second", "microsecond"), self._parts()), tzinfo=self.tzinfo)
        parts.update(given)
        return datetime(**parts)
    def _zone(self):
        if not self.tzinfo:
            return ""
        minutes = self.tzinfo.utcoffset(self)._us // 60000000
        return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    def isoformat(self, sep="T", timespec="auto"):
        text = f"{date.isoformat(self)}{sep}{self.hour:02d}:{self.minute:02d}"
        if timespec == "minutes":
            return text + self._zone()
        text += f":{self.second:02d}"
        if timespec == "milliseconds":
            text += f".{self.microsecond // 1000:03d}"
        elif timespec == "microseconds" or timespec == "auto" and self.microsecond:
            text += f".{self.microsecond:06d}"
        return text + self._zone()
    def strftime(self, format):
        return _dates.write(format, self._parts(), self.tzinfo.utcoffset(self)._us // 60000000 if self.tzinfo else None, self.tzname() or "")
    def ctime(self):
        return self.strftime("%a %b %e %H:%M:%S %Y")
    def __str__(self):
        return self.isoformat(" ")
    def __repr__(self):
        parts = list(self._parts())
        while len(parts) > 5 and not parts[-1]:
            parts.pop()
        tz = f", tzinfo={self.tzinfo!r}" if self.tzinfo else ""
        return f"datetime.datetime({', '.join(map(str, parts))}{tz})"
    def _key(self):
        return self._utc()
    def __add__(self, other):
        return datetime._of(self._us() + other._us, self.tzinfo)
    __radd__ = __add__
    def __sub__(self, other):
        if isinstance(other, timedelta):
            return datetime._of(self._us() - other._us, self.tzinfo)
        if bool(self.tzinfo) != bool(other.tzinfo):
            raise TypeError("can't subtract offset-naive and offset-aware datetimes")
        return timedelta._of(self._utc() - other._utc())
`,
})
