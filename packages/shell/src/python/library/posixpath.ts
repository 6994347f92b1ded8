/** os.path. */
import { defineModule } from "./define-module.ts"

export const posixpath = defineModule({
  name: "posixpath",
  source: `
import os as _os
sep = "/"
curdir = "."
pardir = ".."

def _text(path):
    return path if isinstance(path, str) else _os.fspath(path)

def join(a, *rest):
    path = _text(a)
    for one in rest:
        one = _text(one)
        if one.startswith("/"):
            path = one
        elif not path or path.endswith("/"):
            path += one
        else:
            path += "/" + one
    return path

def split(path):
    path = _text(path)
    at = path.rfind("/") + 1
    head, tail = path[:at], path[at:]
    if head and head != "/" * len(head):
        head = head.rstrip("/")
    return head, tail

def basename(path):
    return split(path)[1]

def dirname(path):
    return split(path)[0]

def splitext(path):
    path = _text(path)
    at = path.rfind(".")
    slash = path.rfind("/")
    if at > slash and path[slash + 1:at].strip("."):
        return path[:at], path[at:]
    return path, ""

def isabs(path):
    return _text(path).startswith("/")

def normpath(path):
    path = _text(path)
    if not path:
        return "."
    slashes = "//" if path.startswith("//") and not path.startswith("///") else "/" if path.startswith("/") else ""
    parts = []
    for one in path.split("/"):
        if one in ("", "."):
            continue
        if one != ".." or (not slashes and not parts) or (parts and parts[-1] == ".."):
            parts.append(one)
        elif parts:
            parts.pop()
    return (slashes + "/".join(parts)) or "."

def abspath(path):
    path = _text(path)
    return normpath(path if isabs(path) else join(_os.getcwd(), path))

def realpath(path, *, strict=False):
    return _os._realpath(path)

def exists(path):
    return _os._exists(path)

def lexists(path):
    return _os._type(path, False) != ""

def isfile(path):
    return _os._type(path) == "file"

def isdir(path):
    return _os._type(path) == "directory"

def islink(path):
    return _os._type(path, False) == "symlink"

def getsize(path):
    return _os.stat(path).st_size

def getmtime(path):
    return _os.stat(path).st_mtime

def getctime(path):
    return _os.stat(path).st_ctime

def getatime(path):
    return _os.stat(path).st_atime

def expanduser(path):
    path = _text(path)
    if not path.startswith("~"):
        return path
    name, _, rest = path[1:].partition("/")
    if name:
        return path
    home = _os.environ.get("HOME", "/root").rstrip("/")
    return home + path[1:] or "/"

def expandvars(path):
    import re
    def value(match):
        name = match.group(1) or match.group(2)
        return _os.environ.get(name, match.group(0))
    return re.sub(r"\\$(?:(\\w+)|\\{([^}]*)\\})", value, _text(path))

def commonprefix(paths):
    if not paths:
        return ""
    low, high = min(paths), max(paths)
    for index, letter in enumerate(low):
        if letter != high[index]:
            return low[:index]
    return low

def relpath(path, start="."):
    own = [one for one in abspath(path).split("/") if one]
    base = [one for one in abspath(start).split("/") if one]
    same = 0
    while same < min(len(own), len(base)) and own[same] == base[same]:
        same += 1
    return "/".join([".."] * (len(base) - same) + own[same:]) or "."

def samefile(a, b):
    return realpath(a) == realpath(b)
`,
})
