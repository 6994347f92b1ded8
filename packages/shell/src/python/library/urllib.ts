/** urllib and http.client: requests over the world's network. */
import { bodyText, SystemError, TlsError } from "@drydock/machine"
import { toCount } from "../objects/numbers.ts"
import { osError, raised } from "../objects/raise.ts"
import { Bytes, Dict, Tuple, type Value } from "../objects/values.ts"
import { defineModule } from "./define-module.ts"
import { resolve } from "./socket.ts"

export const nativeHttp = defineModule({
  name: "_http",
  functions: {
    /** (status, headers, body) of one exchange. */
    exchange: [
      "scheme, host, port, method, path, headers, body, timeout, insecure",
      function* (python, [scheme, host, port, method, path, headers, body, timeout, insecure]) {
        const address = yield* resolve(python, String(host))
        const given: Record<string, string> = {}
        for (const [name, value] of (headers as Dict).entries()) given[String(name).toLowerCase()] = String(value)
        const limit =
          timeout === null ? undefined : Number(typeof timeout === "object" && "value" in timeout ? timeout.value : timeout) * 1_000
        try {
          const response = yield* python.system(() =>
            python.process.network.request(
              address,
              toCount(port),
              { method: String(method), path: String(path), headers: given, ...(body instanceof Bytes && { body: body.data }) },
              {
                ...(limit !== undefined && { timeout: limit }),
                ...(scheme === "https" && { tls: { name: String(host), insecure: insecure === true } }),
              },
            ),
          )
          const answered = new Dict()
          for (const [name, value] of Object.entries(response.headers)) answered.map.set(name, value)
          let text = bodyText(response.body)
          const { stream } = response
          if (stream)
            for (;;) {
              const chunk = stream.tryTake()
              if (chunk === null) break
              if (chunk === undefined) yield* python.process.wait({ queues: [stream.readQueue] })
              else text += bodyText(chunk)
              if (text.length > 16_000_000) throw raised("MemoryError")
            }
          const data = response.body instanceof Uint8Array ? response.body.slice() : new TextEncoder().encode(text)
          return new Tuple([response.status, answered, new Bytes(data)] satisfies Value[])
        } catch (error) {
          if (error instanceof TlsError)
            throw raised("OSError", `[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${error.message} (_ssl.c:1000)`)
          if (!(error instanceof SystemError)) throw error
          throw limit !== undefined && error.code === "ETIMEDOUT" ? raised("TimeoutError", "timed out") : osError(error.code)
        }
      },
    ],
  },
})

export const urllibParse = defineModule({
  name: "urllib.parse",
  source: `
_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"
def quote(string, safe="/", encoding=None, errors=None):
    data = string.encode() if isinstance(string, str) else string
    return "".join(chr(byte) if chr(byte) in _SAFE or chr(byte) in safe and byte < 128 else f"%{byte:02X}" for byte in data)
def quote_plus(string, safe="", encoding=None, errors=None):
    return quote(string, safe + " ").replace(" ", "+")
def unquote_to_bytes(string):
    data = string.encode() if isinstance(string, str) else string
    parts = data.split(b"%")
    result = [parts[0]]
    for part in parts[1:]:
        try:
            result.append(bytes.fromhex(part[:2].decode()) + part[2:] if len(part) > 1 else b"%" + part)
        except ValueError:
            result.append(b"%" + part)
    return b"".join(result)
def unquote(string, encoding="utf-8", errors="replace"):
    return unquote_to_bytes(string).decode(encoding, errors) if "%" in string else string
def unquote_plus(string, encoding="utf-8", errors="replace"):
    return unquote(string.replace("+", " "), encoding, errors)
def urlencode(query, doseq=False, safe="", encoding=None, errors=None, quote_via=quote_plus):
    pairs = []
    for key, value in query.items() if hasattr(query, "items") else query:
        for one in value if doseq and isinstance(value, (list, tuple)) else [value]:
            pairs.append(quote_via(key if isinstance(key, bytes) else str(key), safe) + "=" + quote_via(one if isinstance(one, bytes) else str(one), safe))
    return "&".join(pairs)
def parse_qsl(qs, keep_blank_values=False, strict_parsing=False, encoding="utf-8", errors="replace", max_num_fields=None, separator="&"):
    result = []
    for part in qs.split(separator):
        if not part:
            continue
        name, mark, value = part.partition("=")
        if value or keep_blank_values:
            result.append((unquote_plus(name), unquote_plus(value)))
    return result
def parse_qs(qs, keep_blank_values=False, **options):
    result = {}
    for name, value in parse_qsl(qs, keep_blank_values):
        result.setdefault(name, []).append(value)
    return result
from collections import namedtuple as _namedtuple
class _Parts:
    def _location(self):
        return self.netloc.rpartition("@")[2]
    @property
    def hostname(self):
        host = self._location()
        host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
        return host.lower() or None
    @property
    def port(self):
        text = self._location().rpartition("]")[2].partition(":")[2]
        if not text:
            return None
        if not text.isdigit():
            raise ValueError(f"Port could not be cast to integer value as {text!r}")
        return int(text)
    @property
    def username(self):
        user, mark, _ = self.netloc.rpartition("@")
        return user.partition(":")[0] if mark else None
    @property
    def password(self):
        user, mark, _ = self.netloc.rpartition("@")
        return user.partition(":")[2] or None if mark else None
    def geturl(self):
        return urlunsplit(self) if len(self) == 5 else urlunparse(self)
class SplitResult(_Parts, _namedtuple("SplitResult", "scheme netloc path query fragment")):
    pass
class ParseResult(_Parts, _namedtuple("ParseResult", "scheme netloc path params query fragment")):
    pass
def urlsplit(url, scheme="", allow_fragments=True):
    netloc = query = fragment = ""
    at = url.find(":")
    if at > 0 and url[0].isalpha() and all(c.isalnum() or c in "+-." for c in url[:at]):
        scheme, url = url[:at].lower(), url[at + 1:]
    if url.startswith("//"):
        end = min([i for i in (url.find(c, 2) for c in "/?#") if i >= 0] or [len(url)])
        netloc, url = url[2:end], url[end:]
    if "#" in url:
        url, fragment = url.split("#", 1)
    if "?" in url:
        url, query = url.split("?", 1)
    return SplitResult(scheme, netloc, url, query, fragment)
def urlparse(url, scheme="", allow_fragments=True):
    parts = urlsplit(url, scheme)
    path, _, params = parts.path.partition(";")
    return ParseResult(parts.scheme, parts.netloc, path, params, parts.query, parts.fragment)
def urlunsplit(parts):
    scheme, netloc, path, query, fragment = parts
    if netloc:
        path = "//" + netloc + ("/" if path and not path.startswith("/") else "") + path
    url = (scheme + ":" if scheme else "") + path
    return url + ("?" + query if query else "") + ("#" + fragment if fragment else "")
def urlunparse(parts):
    scheme, netloc, path, params, query, fragment = parts
    return urlunsplit((scheme, netloc, path + (";" + params if params else ""), query, fragment))
def urljoin(base, url, allow_fragments=True):
    if not base or not url:
        return url or base
    own, other = urlsplit(base), urlsplit(url)
    if other.scheme:
        return url
    if other.netloc:
        return urlunsplit((own.scheme,) + tuple(other)[1:])
    if not other.path:
        return urlunsplit((own.scheme, own.netloc, own.path, other.query or own.query, other.fragment))
    parts = other.path.split("/") if other.path.startswith("/") else own.path.split("/")[:-1] + other.path.split("/")
    kept = []
    for part in parts:
        if part == "..":
            if len(kept) > 1:
                kept.pop()
        elif part != ".":
            kept.append(part)
    if parts[-1] in (".", ".."):
        kept.append("")
    path = "/".join(kept)
    return urlunsplit((own.scheme, own.netloc, path if path.startswith("/") or not own.netloc else "/" + path, other.query, other.fragment))
`,
})

export const urllib = defineModule({ name: "urllib", source: "__path__ = []\n" })

export const urllibError = defineModule({
  name: "urllib.error",
  source: `
class URLError(OSError):
    def __init__(self, reason, filename=None):
        self.args = (reason,)
        self.reason = reason
    def __str__(self):
        return f"<urlopen error {self.reason}>"
class HTTPError(URLError):
    def __init__(self, url, code, msg, hdrs, fp):
        super().__init__(msg)
        self.url, self.code, self.msg, self.headers, self.fp = url, code, msg, hdrs, fp
        self.status, self.reason = code, msg
    def __str__(self):
        return f"HTTP Error {self.code}: {self.msg}"
    def __repr__(self):
        return f"<HTTPError {self.code}: {self.msg!r}>"
    def read(self, *size):
        return self.fp.read(*size)
    def getcode(self):
        return self.code
    def info(self):
        return self.headers
class ContentTooShortError(URLError):
    pass
`,
})

export const urllibRequest = defineModule({
  name: "urllib.request",
  source: String.raw`
import io, sys, _http
from urllib.error import URLError, HTTPError
from urllib.parse import urlsplit, urljoin
from http import HTTPStatus
class _Headers(dict):
    def get(self, name, default=None):
        return super().get(name.lower(), default)
    def __getitem__(self, name):
        return super().get(name.lower())
    def __contains__(self, name):
        return super().get(name.lower()) is not None
    def get_content_charset(self, default=None):
        kind = self.get("content-type", "")
        return kind.partition("charset=")[2] or default
    def get_content_type(self):
        return self.get("content-type", "text/plain").partition(";")[0]
    def __str__(self):
        return "".join(f"{'-'.join(word.capitalize() for word in key.split('-'))}: {value}\n" for key, value in self.items()) + "\n"
class Request:
    def __init__(self, url, data=None, headers={}, origin_req_host=None, unverifiable=False, method=None):
        self.full_url, self.data, self.headers, self.method = url, data, dict(headers), method
        parts = urlsplit(url)
        self.type, self.host, self.selector = parts.scheme, parts.netloc, (parts.path or "/") + ("?" + parts.query if parts.query else "")
    def add_header(self, key, value):
        self.headers[key.capitalize()] = value
    def get_header(self, name, default=None):
        return self.headers.get(name, default)
    def has_header(self, name):
        return name in self.headers
    def get_method(self):
        return self.method or ("POST" if self.data is not None else "GET")
class _Response(io.BytesIO):
    def __init__(self, url, status, headers, body):
        super().__init__(body)
        self.url, self.status, self.code, self.headers = url, status, status, headers
        self.reason = self.msg = next((one.phrase for one in HTTPStatus if one.value == status), "")
    def getcode(self):
        return self.status
    def geturl(self):
        return self.url
    def info(self):
        return self.headers
    def getheader(self, name, default=None):
        return self.headers.get(name, default)
    def getheaders(self):
        return list(self.headers.items())
def urlopen(url, data=None, timeout=None, *, context=None, **options):
    request = url if isinstance(url, Request) else Request(url, data)
    if data is not None:
        request.data = data
    for _ in range(10):
        parts = urlsplit(request.full_url)
        if not parts.scheme:
            raise ValueError(f"unknown url type: {request.full_url!r}")
        if parts.scheme not in ("http", "https"):
            raise URLError(f"unknown url type: {parts.scheme}")
        headers = {"Accept-Encoding": "identity", "Host": parts.netloc, "User-Agent": "Python-urllib/" + ".".join(sys.version.split()[0].split(".")[:2]), "Connection": "close"}
        headers.update(request.headers)
        body = request.data
        if body is not None:
            if isinstance(body, str):
                raise TypeError("POST data should be bytes, an iterable of bytes, or a file object. It cannot be of type str.")
            headers.setdefault("Content-type", "application/x-www-form-urlencoded")
            headers["Content-Length"] = str(len(body))
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            status, answered, data = _http.exchange(parts.scheme, parts.hostname, port, request.get_method(), (parts.path or "/") + ("?" + parts.query if parts.query else ""), headers, body, timeout, context is not None)
        except TimeoutError as problem:
            if timeout is not None and problem.errno is None:
                raise
            raise URLError(problem)
        except OSError as problem:
            raise URLError(problem)
        response = _Response(request.full_url, status, _Headers(answered), data)
        if status in (301, 302, 303, 307, 308) and response.headers.get("location"):
            request = Request(urljoin(request.full_url, response.headers.get("location")), None, request.headers)
            continue
        if status >= 400:
            raise HTTPError(request.full_url, status, response.reason, response.headers, response)
        return response
    raise HTTPError(request.full_url, status, "The HTTP server returned a redirect error that would lead to an infinite loop.", response.headers, response)
def urlretrieve(url, filename=None, reporthook=None, data=None):
    filename = filename or "/tmp/" + url.rpartition("/")[2]
    with urlopen(url) as response, open(filename, "wb") as file:
        file.write(response.read())
    return filename, response.headers
class OpenerDirector:
    addheaders = []
    def open(self, url, data=None, timeout=None):
        return urlopen(url, data, timeout)
def build_opener(*handlers):
    return OpenerDirector()
def install_opener(opener):
    pass
`,
})

export const httpClient = defineModule({
  name: "http.client",
  source: `
import _http
from urllib.request import _Response, _Headers
class HTTPException(Exception):
    pass
class RemoteDisconnected(ConnectionResetError, HTTPException):
    pass
class HTTPConnection:
    _scheme, default_port = "http", 80
    def __init__(self, host, port=None, timeout=None, **options):
        name, _, own = host.partition(":")
        self.host, self.port, self.timeout = name, port or int(own or self.default_port), timeout
    def connect(self):
        pass
    def request(self, method, url, body=None, headers={}, **options):
        data = body.encode() if isinstance(body, str) else body
        sent = {"Host": self.host if self.port == self.default_port else f"{self.host}:{self.port}", "Accept-Encoding": "identity"}
        sent.update(headers)
        if data is not None:
            sent["Content-Length"] = str(len(data))
        self._answer = _http.exchange(self._scheme, self.host, self.port, method, url, sent, data, self.timeout, False)
    def getresponse(self):
        status, headers, data = self._answer
        return _Response("", status, _Headers(headers), data)
    def close(self):
        pass
class HTTPSConnection(HTTPConnection):
    _scheme, default_port = "https", 443
`,
})
