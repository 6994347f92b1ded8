/** logging. */
import { defineModule } from "./define-module.ts"

export const logging = defineModule({
  name: "logging",
  source: String.raw`
import sys, time, os
__path__ = []
CRITICAL, FATAL, ERROR, WARNING, WARN, INFO, DEBUG, NOTSET = 50, 50, 40, 30, 30, 20, 10, 0
_names = {50: "CRITICAL", 40: "ERROR", 30: "WARNING", 20: "INFO", 10: "DEBUG", 0: "NOTSET"}
BASIC_FORMAT = "%(levelname)s:%(name)s:%(message)s"
def getLevelName(level):
    if isinstance(level, str):
        return {name: number for number, name in _names.items()}.get(level, "Level " + level)
    return _names.get(level, f"Level {level}")
def addLevelName(level, name):
    _names[level] = name
def _level(level):
    if isinstance(level, int):
        return level
    found = getLevelName(level)
    if not isinstance(found, int):
        raise ValueError(f"Unknown level: {level!r}")
    return found
class LogRecord:
    def __init__(self, name, level, pathname, lineno, msg, args, exc_info, func=None, sinfo=None):
        self.name, self.levelno, self.levelname = name, level, getLevelName(level)
        self.msg, self.args, self.exc_info, self.funcName, self.lineno, self.pathname = msg, args, exc_info, func, lineno, pathname
        self.created = time.time()
        self.msecs = self.created % 1 * 1000
        self.process, self.thread, self.threadName, self.processName, self.module = os.getpid(), 1, "MainThread", "MainProcess", "__main__"
        self.filename = pathname
        self.relativeCreated = 0
    def getMessage(self):
        text = str(self.msg)
        if self.args:
            text = text % (self.args[0] if len(self.args) == 1 and isinstance(self.args[0], dict) else self.args)
        return text
class Formatter:
    default_time_format = "%Y-%m-%d %H:%M:%S"
    def __init__(self, fmt=None, datefmt=None, style="%", **options):
        self._fmt, self.datefmt, self._style = fmt or ("%(message)s" if style == "%" else "{message}"), datefmt, style
    def formatTime(self, record, datefmt=None):
        when = time.localtime(record.created)
        return time.strftime(datefmt, when) if datefmt else time.strftime(self.default_time_format, when) + ",%03d" % record.msecs
    def format(self, record):
        record.message = record.getMessage()
        record.asctime = self.formatTime(record, self.datefmt)
        text = self._fmt % record.__dict__ if self._style == "%" else self._fmt.format(**record.__dict__)
        if record.exc_info:
            import traceback
            text += "\n" + traceback.format_exc().rstrip("\n") if record.exc_info is True else "\n" + "".join(traceback.format_exception(record.exc_info)).rstrip("\n")
        return text
class Filterer:
    def __init__(self):
        self.filters = []
    def addFilter(self, one):
        self.filters.append(one)
    def removeFilter(self, one):
        self.filters.remove(one)
    def filter(self, record):
        return all((one.filter if hasattr(one, "filter") else one)(record) for one in self.filters)
class Handler(Filterer):
    def __init__(self, level=NOTSET):
        super().__init__()
        self.level, self.formatter = _level(level), None
    def setLevel(self, level):
        self.level = _level(level)
    def setFormatter(self, formatter):
        self.formatter = formatter
    def format(self, record):
        return (self.formatter or Formatter()).format(record)
    def handle(self, record):
        if self.filter(record):
            self.emit(record)
    def flush(self):
        pass
    def close(self):
        pass
class StreamHandler(Handler):
    terminator = "\n"
    def __init__(self, stream=None):
        super().__init__()
        self.stream = stream or sys.stderr
    def emit(self, record):
        self.stream.write(self.format(record) + self.terminator)
        self.stream.flush()
class FileHandler(StreamHandler):
    def __init__(self, filename, mode="a", encoding=None, delay=False):
        super().__init__(open(filename, mode))
class NullHandler(Handler):
    def emit(self, record):
        pass
class Logger(Filterer):
    def __init__(self, name, level=NOTSET):
        super().__init__()
        self.name, self.level, self.handlers, self.propagate, self.parent, self.disabled = name, _level(level), [], True, None, False
    def setLevel(self, level):
        self.level = _level(level)
    def getEffectiveLevel(self):
        one = self
        while one:
            if one.level:
                return one.level
            one = one.parent
        return NOTSET
    def isEnabledFor(self, level):
        return not self.disabled and level >= self.getEffectiveLevel() and level > _disabled[0]
    def addHandler(self, handler):
        if handler not in self.handlers:
            self.handlers.append(handler)
    def removeHandler(self, handler):
        if handler in self.handlers:
            self.handlers.remove(handler)
    def hasHandlers(self):
        return bool(self.handlers or self.parent and self.parent.handlers)
    def getChild(self, suffix):
        return getLogger(suffix if self is root else self.name + "." + suffix)
    def _log(self, level, msg, args, exc_info=None, extra=None, stack_info=False, stacklevel=1):
        record = LogRecord(self.name, level, "", 0, msg, args, exc_info)
        for name, value in (extra or {}).items():
            setattr(record, name, value)
        if not self.filter(record):
            return
        one, found = self, False
        while one:
            for handler in one.handlers:
                found = True
                if level >= handler.level:
                    handler.handle(record)
            one = one.parent if one.propagate else None
        if not found and level >= WARNING:
            sys.stderr.write(record.getMessage() + "\n")
    def log(self, level, msg, *args, **options):
        if self.isEnabledFor(level):
            self._log(level, msg, args, **options)
    def debug(self, msg, *args, **options):
        self.log(DEBUG, msg, *args, **options)
    def info(self, msg, *args, **options):
        self.log(INFO, msg, *args, **options)
    def warning(self, msg, *args, **options):
        self.log(WARNING, msg, *args, **options)
    warn = warning
    def error(self, msg, *args, **options):
        self.log(ERROR, msg, *args, **options)
    def exception(self, msg, *args, exc_info=True, **options):
        self.log(ERROR, msg, *args, exc_info=exc_info, **options)
    def critical(self, msg, *args, **options):
        self.log(CRITICAL, msg, *args, **options)
    fatal = critical
    def __repr__(self):
        return f"<Logger {self.name} ({getLevelName(self.getEffectiveLevel())})>"
root = Logger("root", WARNING)
_loggers, _disabled = {}, [0]
def disable(level=CRITICAL):
    _disabled[0] = level
def getLogger(name=None):
    if not name or name == "root":
        return root
    if name not in _loggers:
        made = _loggers[name] = Logger(name)
        made.parent = getLogger(name.rpartition(".")[0]) if "." in name else root
    return _loggers[name]
def basicConfig(**options):
    if root.handlers and not options.get("force"):
        return
    if options.get("force"):
        root.handlers.clear()
    handlers = options.get("handlers") or [FileHandler(options["filename"], options.get("filemode", "a")) if options.get("filename") else StreamHandler(options.get("stream"))]
    style = options.get("style", "%")
    formatter = Formatter(options.get("format") or (BASIC_FORMAT if style == "%" else "{levelname}:{name}:{message}"), options.get("datefmt"), style)
    for handler in handlers:
        if handler.formatter is None:
            handler.setFormatter(formatter)
        root.addHandler(handler)
    if options.get("level") is not None:
        root.setLevel(options["level"])
def _root(level, msg, args, options):
    if not root.handlers:
        basicConfig()
    root.log(level, msg, *args, **options)
def debug(msg, *args, **options):
    _root(DEBUG, msg, args, options)
def info(msg, *args, **options):
    _root(INFO, msg, args, options)
def warning(msg, *args, **options):
    _root(WARNING, msg, args, options)
warn = warning
def error(msg, *args, **options):
    _root(ERROR, msg, args, options)
def exception(msg, *args, **options):
    _root(ERROR, msg, args, {"exc_info": True, **options})
def critical(msg, *args, **options):
    _root(CRITICAL, msg, args, options)
def log(level, msg, *args, **options):
    _root(level, msg, args, options)
def captureWarnings(capture):
    pass
def shutdown():
    pass
`,
})
