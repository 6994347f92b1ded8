/** re: RE2's engine for patterns that it can do, the budgeted one for look-around and back references. */
import { RE2JS, RE2JSSyntaxException } from "re2js"
import { MatchLimitError, PerlRegex, PerlSyntaxError } from "../../text/perl-regex.ts"
import { nativeClass } from "../objects/define.ts"
import { exceptionClass } from "../objects/exceptions.ts"
import { toCount } from "../objects/numbers.ts"
import { raised } from "../objects/raise.ts"
import { Bytes, Dict, List, OBJECT, PyException, PyObject, Tuple, type Value } from "../objects/values.ts"
import { latin } from "../methods/bytes.ts"
import { defineModule } from "./define-module.ts"

const RE_ERROR = nativeClass("re", "error", [exceptionClass("Exception")])
const FLAG = { I: 2, M: 8, S: 16, X: 64, A: 256 }

type Spans = readonly (readonly [number, number])[]

class Compiled extends PyObject {
  readonly cls = COMPILED
  readonly find: (text: string, from: number, whole: boolean) => Spans | undefined
  readonly names: ReadonlyMap<string, number>
  readonly groups: number

  constructor(find: Compiled["find"], names: ReadonlyMap<string, number>, groups: number) {
    super()
    this.find = find
    this.names = names
    this.groups = groups
  }
}

const COMPILED = nativeClass("re", "_Compiled", [OBJECT])

/** Python's syntax as RE2 has it: classes of Unicode, \Z, and comments. */
const translated = (source: string, ascii: boolean): string => {
  let result = ""
  let bracket = false
  for (let at = 0; at < source.length; at++) {
    const character = source[at]
    if (character === "\\") {
      const next = source[++at] ?? ""
      if (next === "Z") result += "\\z"
      else if (!ascii && next === "w") result += bracket ? "\\p{L}\\p{N}_" : "[\\p{L}\\p{N}_]"
      else if (!ascii && next === "W" && !bracket) result += "[^\\p{L}\\p{N}_]"
      else if (!ascii && next === "d") result += "\\p{Nd}"
      else if (!ascii && next === "D" && !bracket) result += "\\P{Nd}"
      else if (next === "s") result += bracket ? "\\s\\x0b" : "[\\s\\x0b]"
      else result += /[A-Za-z0-9]/.test(next) ? `\\${next}` : next === "" ? "\\" : `\\${next}`
    } else if (bracket) {
      if (character === "]") bracket = false
      result += character === "[" && source[at + 1] !== ":" ? "\\[" : character
    } else {
      if (character === "[") {
        bracket = true
        result += character
        if (source[at + 1] === "^") result += source[++at]
        if (source[at + 1] === "]") {
          at++
          result += "\\]"
        }
        continue
      }
      if (source.startsWith("(?#", at)) {
        at = Math.max(at, source.indexOf(")", at))
        continue
      }
      result += character === "{" && !/^\{\d*,?\d*\}/.test(source.slice(at, at + 12)) ? "\\{" : character
    }
  }
  return result
}

/** Blanks and comments of re.VERBOSE, which RE2 has not. */
const withoutBlanks = (source: string): string => {
  let result = ""
  let bracket = false
  for (let at = 0; at < source.length; at++) {
    const character = source[at]
    if (character === "\\") result += character + (source[++at] ?? "")
    else if (bracket || !/[\s#]/.test(character)) {
      if (character === "[") bracket = true
      else if (character === "]") bracket = false
      result += character
    } else if (character === "#") at = source.indexOf("\n", at) < 0 ? source.length : source.indexOf("\n", at)
  }
  return result
}

const groupNames = (source: string): Map<string, number> => {
  const names = new Map<string, number>()
  let count = 0
  let bracket = false
  for (let at = 0; at < source.length; at++) {
    if (source[at] === "\\") at++
    else if (bracket) bracket = source[at] !== "]"
    else if (source[at] === "[") {
      bracket = true
      if (source[at + 1] === "^") at++
      if (source[at + 1] === "]") at++
    } else if (source[at] === "(") {
      const named = /^\(\?P<([A-Za-z_]\w*)>/.exec(source.slice(at, at + 80))
      if (source[at + 1] !== "?" || named) count++
      if (named) names.set(named[1], count)
    }
  }
  return names
}

const failure = (message: string): PyException => new PyException(RE_ERROR, [message])

/** What is wrong with a pattern, in the words of re._parser. */
const complaint = (source: string): string => {
  if (/^[*+?]/.test(source)) return "nothing to repeat at position 0"
  let depth = 0
  const open: number[] = []
  for (let at = 0; at < source.length; at++) {
    if (source[at] === "\\") at++
    else if (source[at] === "[") {
      const close = source.indexOf("]", at + 2)
      if (close < 0) return `unterminated character set at position ${at}`
      at = close
    } else if (source[at] === "(") {
      depth++
      open.push(at)
    } else if (source[at] === ")") {
      if (depth === 0) return `unbalanced parenthesis at position ${at}`
      depth--
      open.pop()
    } else if (/[*+?]/.test(source[at]) && /[*+]/.test(source[at + 1] ?? "")) return `multiple repeat at position ${at + 1}`
  }
  if (open.length > 0) return `missing ), unterminated subpattern at position ${open[open.length - 1]}`
  return source.endsWith("\\") ? `bad escape (end of pattern) at position ${source.length - 1}` : "bad pattern"
}

const cache = new Map<string, Compiled>()

const compile = (given: string, flags: number): Compiled => {
  const inline = /^\(\?([aimsxu]+)\)/.exec(given)
  for (const letter of inline?.[1] ?? "") flags |= FLAG[letter.toUpperCase() as keyof typeof FLAG] ?? 0
  const bare = inline ? given.slice(inline[0].length) : given
  const source = flags & FLAG.X ? withoutBlanks(bare) : bare
  const key = `${flags}:${source}`
  const known = cache.get(key)
  if (known) return known
  const names = groupNames(source)
  const [ignoreCase, multiline, dotAll] = [(flags & FLAG.I) > 0, (flags & FLAG.M) > 0, (flags & FLAG.S) > 0]
  let made: Compiled
  try {
    if (/\(\?<?[=!]|\(\?P=|(?:^|[^\\])(?:\\\\)*\\[1-9]/.test(source)) {
      const perl = source
        .replace(/\(\?P</g, "(?<")
        .replace(/\(\?P=(\w+)\)/g, "\\k<$1>")
        .replaceAll("\\Z", "\\z")
      const [plain, whole] = [
        new PerlRegex(perl, { ignoreCase, multiline, dotAll }),
        new PerlRegex(`(?:${perl})\\z`, { ignoreCase, multiline, dotAll }),
      ]
      let groups = 0
      made = new Compiled(
        (text, from, full) => {
          const match = (full ? whole : plain).find(text, from)
          if (!match) return undefined
          groups = match.groups.length
          return match.groups.map((group, index) =>
            index === 0
              ? [match.index, match.end]
              : group === undefined
                ? [-1, -1]
                : [match.starts[index], match.starts[index] + group.length],
          )
        },
        names,
        groups || source.replace(/\\.|\[[^\]]*\]/g, "").split(/\((?!\?)|\(\?P</).length - 1,
      )
    } else {
      const options = (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (multiline ? RE2JS.MULTILINE : 0) | (dotAll ? RE2JS.DOTALL : 0)
      const re2 = translated(source, (flags & FLAG.A) > 0)
      const [plain, whole] = [RE2JS.compile(re2, options), RE2JS.compile(`(?:${re2})\\z`, options)]
      const groups = plain.groupCount()
      made = new Compiled(
        (text, from, full) => {
          const matcher = (full ? whole : plain).matcher(text)
          if (!matcher.find(from)) return undefined
          return Array.from({ length: groups + 1 }, (_, index) => [matcher.start(index), matcher.end(index)] as const)
        },
        names,
        groups,
      )
    }
  } catch (error) {
    if (error instanceof RE2JSSyntaxException || error instanceof PerlSyntaxError) throw failure(complaint(source))
    throw error
  }
  if (cache.size > 300) cache.clear()
  cache.set(key, made)
  return made
}

const textOf = (value: Value): string => {
  if (typeof value === "string") return value
  if (value instanceof Bytes) return latin(value.data)
  throw raised(
    "TypeError",
    "expected string or bytes-like object, got " + `'${value === null ? "NoneType" : typeof value === "object" ? value.cls.name : "int"}'`,
  )
}

export const re = defineModule({
  name: "re",
  functions: {
    _native: ["pattern, flags", (_, [pattern, flags]) => compile(textOf(pattern), toCount(flags))],
    _groups: ["compiled", (_, [compiled]) => (compiled as Compiled).groups],
    _names: [
      "compiled",
      (_, [compiled]) => {
        const dict = new Dict()
        for (const [name, index] of (compiled as Compiled).names) dict.map.set(name, index)
        return dict
      },
    ],
    _find: [
      "compiled, text, start, end, how",
      (python, [compiled, text, start, end, how]) => {
        const whole = textOf(text).slice(0, toCount(end))
        const from = toCount(start)
        if (from > whole.length) return null
        python.budget -= (whole.length >> 6) + 2
        let spans: Spans | undefined
        try {
          spans = (compiled as Compiled).find(whole, from, how === "fullmatch")
        } catch (error) {
          if (error instanceof MatchLimitError) throw raised("RuntimeError", "maximum matching effort exceeded")
          throw error
        }
        if (!spans || (how !== "search" && spans[0][0] !== from)) return null
        return new List(spans.map(([first, last]) => new Tuple([first, last])))
      },
    ],
  },
  values: () => ({ error: RE_ERROR, PatternError: RE_ERROR }),
  source: `
A = ASCII = 256
I = IGNORECASE = 2
M = MULTILINE = 8
S = DOTALL = 16
X = VERBOSE = 64
U = UNICODE = 32
L = LOCALE = 4

class Match:
    def __init__(self, pattern, string, spans, pos, endpos):
        self.re = pattern
        self.string = string
        self._spans = spans
        self.pos = pos
        self.endpos = endpos
    def _index(self, group):
        if isinstance(group, str):
            try:
                return self.re.groupindex[group]
            except KeyError:
                raise IndexError("no such group") from None
        if not 0 <= group < len(self._spans):
            raise IndexError("no such group")
        return group
    def _text(self, group, default=None):
        start, end = self._spans[group]
        return default if start < 0 else self.string[start:end]
    def group(self, *groups):
        if not groups:
            return self._text(0)
        if len(groups) == 1:
            return self._text(self._index(groups[0]))
        return tuple(self._text(self._index(one)) for one in groups)
    def __getitem__(self, group):
        return self._text(self._index(group))
    def groups(self, default=None):
        return tuple(self._text(i, default) for i in range(1, len(self._spans)))
    def groupdict(self, default=None):
        return {name: self._text(i, default) for name, i in self.re.groupindex.items()}
    def span(self, group=0):
        return self._spans[self._index(group)]
    def start(self, group=0):
        return self.span(group)[0]
    def end(self, group=0):
        return self.span(group)[1]
    @property
    def lastindex(self):
        last = [i for i in range(1, len(self._spans)) if self._spans[i][0] >= 0]
        return last[-1] if last else None
    @property
    def lastgroup(self):
        for name, i in self.re.groupindex.items():
            if i == self.lastindex:
                return name
    def expand(self, template):
        return _expand(template, self)
    def __bool__(self):
        return True
    def __repr__(self):
        return f"<re.Match object; span={self.span()!r}, match={self.group()!r}>"

def _expand(template, match):
    if isinstance(template, bytes):
        return _expand(template.decode("latin-1"), match).encode("latin-1") if "\\\\" in template.decode("latin-1") else template
    if "\\\\" not in template:
        return template
    result = []
    i = 0
    while i < len(template):
        c = template[i]
        i += 1
        if c != "\\\\":
            result.append(c)
            continue
        if i >= len(template):
            raise error(f"bad escape (end of pattern) at position {i - 1}")
        c = template[i]
        i += 1
        if c == "g":
            if template[i:i + 1] != "<":
                raise error(f"missing < at position {i}")
            end = template.index(">", i)
            name = template[i + 1:end]
            i = end + 1
            if name.isdigit():
                if int(name) >= len(match._spans):
                    raise error(f"invalid group reference {name} at position {end - len(name)}")
                result.append(match._text(int(name), ""))
            else:
                if name not in match.re.groupindex:
                    raise IndexError(f"unknown group name {name!r}")
                result.append(match._text(match.re.groupindex[name], ""))
        elif c.isdigit() and c != "0":
            while i < len(template) and template[i].isdigit() and len(c) < 2:
                c += template[i]
                i += 1
            if int(c) >= len(match._spans):
                raise error(f"invalid group reference {c} at position {i - len(c)}")
            result.append(match._text(int(c), ""))
        elif c in "ntrfvab0\\\\":
            result.append({"n": "\\n", "t": "\\t", "r": "\\r", "f": "\\f", "v": "\\v", "a": "\\a", "b": "\\b", "0": "\\0", "\\\\": "\\\\"}[c])
        elif c.isalpha():
            raise error(f"bad escape \\\\{c} at position {i - 2}")
        else:
            result.append("\\\\" + c)
    return "".join(result)

class Pattern:
    def __init__(self, pattern, flags):
        self.pattern = pattern
        self.flags = flags | (0 if isinstance(pattern, bytes) else 32)
        self._native = _native(pattern, flags)
        self.groups = _groups(self._native)
        self.groupindex = _names(self._native)
    def _run(self, string, pos, endpos, how):
        if isinstance(self.pattern, str) != isinstance(string, str) and isinstance(string, (str, bytes)):
            raise TypeError("cannot use a string pattern on a bytes-like object" if isinstance(self.pattern, str) else "cannot use a bytes pattern on a string-like object")
        end = len(string) if endpos is None else min(endpos, len(string)) if isinstance(string, (str, bytes)) else 0
        spans = _find(self._native, string, max(0, pos), end, how)
        return None if spans is None else Match(self, string, spans, pos, end)
    def search(self, string, pos=0, endpos=None):
        return self._run(_checked(string), pos, endpos, "search")
    def match(self, string, pos=0, endpos=None):
        return self._run(_checked(string), pos, endpos, "match")
    def fullmatch(self, string, pos=0, endpos=None):
        return self._run(_checked(string), pos, endpos, "fullmatch")
    def finditer(self, string, pos=0, endpos=None):
        _checked(string)
        last = -1
        while pos <= len(string):
            found = self._run(string, pos, endpos, "search")
            if found is None:
                return
            start, end = found._spans[0]
            if start == end and start == last:
                pos += 1
                found = self._run(string, pos, endpos, "search") if pos <= len(string) else None
                if found is None:
                    return
                start, end = found._spans[0]
            yield found
            last = end
            pos = end
    def findall(self, string, pos=0, endpos=None):
        result = []
        empty = string[:0]
        for found in self.finditer(string, pos, endpos):
            if self.groups == 0:
                result.append(found.group())
            elif self.groups == 1:
                result.append(found._text(1, empty))
            else:
                result.append(found.groups(empty))
        return result
    def subn(self, repl, string, count=0):
        result = []
        last = 0
        done = 0
        for found in self.finditer(string):
            if count and done >= count:
                break
            start, end = found._spans[0]
            result.append(string[last:start])
            result.append(repl(found) if callable(repl) else _expand(repl, found))
            last = end
            done += 1
        result.append(string[last:])
        return string[:0].join(result), done
    def sub(self, repl, string, count=0):
        return self.subn(repl, string, count)[0]
    def split(self, string, maxsplit=0):
        result = []
        last = 0
        for found in self.finditer(string):
            if maxsplit and len(result) >= maxsplit * (1 + self.groups):
                break
            start, end = found._spans[0]
            result.append(string[last:start])
            result.extend(found.groups())
            last = end
        result.append(string[last:])
        return result
    def __repr__(self):
        names = "|".join("re." + name for name, bit in (("IGNORECASE", 2), ("MULTILINE", 8), ("DOTALL", 16), ("VERBOSE", 64), ("ASCII", 256)) if self.flags & bit)
        return f"re.compile({self.pattern!r}, {names})" if names else f"re.compile({self.pattern!r})"
    def __eq__(self, other):
        return isinstance(other, Pattern) and self.pattern == other.pattern and self.flags == other.flags
    def __hash__(self):
        return hash(self.pattern)

def _checked(string):
    if not isinstance(string, (str, bytes)):
        raise TypeError(f"expected string or bytes-like object, got {type(string).__name__!r}")
    return string

_cache = {}

def compile(pattern, flags=0):
    if isinstance(pattern, Pattern):
        return pattern
    key = (pattern, flags)
    if key not in _cache:
        _cache[key] = Pattern(pattern, int(flags))
    return _cache[key]

def search(pattern, string, flags=0):
    return compile(pattern, flags).search(string)
def match(pattern, string, flags=0):
    return compile(pattern, flags).match(string)
def fullmatch(pattern, string, flags=0):
    return compile(pattern, flags).fullmatch(string)
def findall(pattern, string, flags=0):
    return compile(pattern, flags).findall(string)
def finditer(pattern, string, flags=0):
    return compile(pattern, flags).finditer(string)
def sub(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).sub(repl, string, count)
def subn(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).subn(repl, string, count)
def split(pattern, string, maxsplit=0, flags=0):
    return compile(pattern, flags).split(string, maxsplit)
def escape(pattern):
    return "".join("\\\\" + c if c in "()[]{}?*+-|^$\\\\.&~# \\t\\n\\r\\v\\f" else c for c in pattern)
def purge():
    _cache.clear()
`,
})
