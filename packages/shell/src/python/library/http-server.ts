/** http.server. */
import { defineModule } from "./define-module.ts"

export const httpServer = defineModule({
  name: "http.server",
  source: String.raw`
import sys, time, os, html
import socketserver
from http import HTTPStatus
from urllib.parse import unquote as _unquote
class HTTPServer(socketserver.TCPServer):
    allow_reuse_address = 1
    def server_bind(self):
        super().server_bind()
        self.server_name, self.server_port = self.server_address[0], self.server_address[1]
class ThreadingHTTPServer(socketserver.ThreadingMixIn, HTTPServer):
    daemon_threads = True
class _Headers(dict):
    def get(self, name, default=None):
        for key, value in self.items():
            if key.lower() == name.lower():
                return value
        return default
    def __getitem__(self, name):
        return self.get(name)
    def __contains__(self, name):
        return self.get(name) is not None
    def get_all(self, name, default=None):
        found = self.get(name)
        return default if found is None else [found]
    def __str__(self):
        return "".join(f"{key}: {value}\n" for key, value in self.items()) + "\n"
class BaseHTTPRequestHandler(socketserver.StreamRequestHandler):
    server_version = "BaseHTTP/0.6"
    sys_version = "Python/" + sys.version.split()[0]
    protocol_version = "HTTP/1.0"
    default_request_version = "HTTP/0.9"
    error_content_type = "text/html;charset=utf-8"
    responses = {one.value: (one.phrase, one.description) for one in HTTPStatus}
    def handle(self):
        self.close_connection = True
        self.handle_one_request()
    def parse_request(self):
        self.requestline = self.raw_requestline.decode("latin-1").rstrip("\r\n")
        words = self.requestline.split()
        self.command, self.path, self.request_version = "", "", self.default_request_version
        if len(words) < 2 or len(words) > 3:
            if words:
                self.send_error(400, f"Bad request syntax ({self.requestline!r})")
            return False
        self.command, self.path = words[:2]
        if len(words) == 3:
            self.request_version = words[2]
        self.headers = _Headers()
        while True:
            line = self.rfile.readline().decode("latin-1")
            if line in ("\r\n", "\n", ""):
                break
            name, _, value = line.partition(":")
            self.headers[name] = value.strip()
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True
    def handle_one_request(self):
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            return
        if not self.parse_request():
            return
        method = getattr(self, "do_" + self.command, None)
        if method is None:
            self.send_error(501, f"Unsupported method ({self.command!r})")
            return
        method()
        self.flush_headers()
    def send_error(self, code, message=None, explain=None):
        short, long = self.responses.get(code, ("???", "???"))
        message = short if message is None else message
        explain = long if explain is None else explain
        self.log_error("code %d, message %s", code, message)
        self.send_response(code, message)
        self.send_header("Connection", "close")
        body = b""
        if code >= 200 and code not in (204, 205, 304):
            body = _ERROR % {"code": code, "message": html.escape(message, quote=False), "explain": html.escape(explain, quote=False)}
            body = body.encode()
            self.send_header("Content-Type", self.error_content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and body:
            self.wfile.write(body)
    def send_response(self, code, message=None):
        self.log_request(code)
        self.send_response_only(code, message)
        self.send_header("Server", self.version_string())
        self.send_header("Date", self.date_time_string())
    def send_response_only(self, code, message=None):
        if message is None:
            message = self.responses.get(code, ("", ""))[0]
        self._headers_buffer = [f"{self.protocol_version} {int(code)} {message}\r\n".encode("latin-1")]
    def send_header(self, keyword, value):
        if not hasattr(self, "_headers_buffer"):
            self._headers_buffer = []
        self._headers_buffer.append(f"{keyword}: {value}\r\n".encode("latin-1"))
    def end_headers(self):
        self._headers_buffer.append(b"\r\n")
        self.flush_headers()
    def flush_headers(self):
        if getattr(self, "_headers_buffer", None):
            self.wfile.write(b"".join(self._headers_buffer))
            self._headers_buffer = []
    def log_request(self, code="-", size="-"):
        self.log_message('"%s" %s %s', self.requestline, str(int(code) if isinstance(code, HTTPStatus) else code), str(size))
    def log_error(self, format, *args):
        self.log_message(format, *args)
    def log_message(self, format, *args):
        sys.stderr.write("%s - - [%s] %s\n" % (self.address_string(), self.log_date_time_string(), format % args))
    def version_string(self):
        return self.server_version + " " + self.sys_version
    def date_time_string(self, timestamp=None):
        return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(timestamp))
    def log_date_time_string(self):
        return time.strftime("%d/%b/%Y %H:%M:%S", time.localtime())
    def address_string(self):
        return self.client_address[0]
_ERROR = """<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: %(code)d</p>
        <p>Message: %(message)s.</p>
        <p>Error code explanation: %(code)s - %(explain)s.</p>
    </body>
</html>
"""
_TYPES = {".html": "text/html", ".htm": "text/html", ".txt": "text/plain", ".py": "text/x-python", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".png": "image/png", ".jpg": "image/jpeg", ".gif": "image/gif", ".svg": "image/svg+xml", ".xml": "text/xml", ".pdf": "application/pdf", ".md": "text/markdown", ".csv": "text/csv", ".sh": "application/x-sh", ".tar": "application/x-tar", ".gz": "application/gzip", ".zip": "application/zip"}
class SimpleHTTPRequestHandler(BaseHTTPRequestHandler):
    server_version = "SimpleHTTP/0.6"
    def __init__(self, *args, directory=None, **options):
        self.directory = os.getcwd() if directory is None else os.fspath(directory)
        super().__init__(*args, **options)
    def do_GET(self):
        self._answer(True)
    def do_HEAD(self):
        self._answer(False)
    def _answer(self, whole):
        path = self.translate_path(self.path)
        if os.path.isdir(path):
            if not self.path.split("?")[0].endswith("/"):
                self.send_response(301)
                self.send_header("Location", self.path.split("?")[0] + "/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            for name in ("index.html", "index.htm"):
                if os.path.isfile(os.path.join(path, name)):
                    path = os.path.join(path, name)
                    break
            else:
                self._list(path, whole)
                return
        if path.endswith("/"):
            self.send_error(404, "File not found")
            return
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError:
            self.send_error(404, "File not found")
            return
        self.send_response(200)
        self.send_header("Content-type", self.guess_type(path))
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Last-Modified", self.date_time_string(os.stat(path).st_mtime))
        self.end_headers()
        if whole:
            self.wfile.write(data)
    def _list(self, path, whole):
        title = "Directory listing for " + html.escape(_unquote(self.path), quote=False)
        lines = ["<!DOCTYPE HTML>", '<html lang="en">', "<head>", '<meta charset="utf-8">', f"<title>{title}</title>", "</head>", f"<body>\n<h1>{title}</h1>", "<hr>\n<ul>"]
        for name in sorted(os.listdir(path), key=lambda one: one.lower()):
            shown = name + ("/" if os.path.isdir(os.path.join(path, name)) else "@" if os.path.islink(os.path.join(path, name)) else "")
            lines.append('<li><a href="%s">%s</a></li>' % (shown.rstrip("@"), html.escape(shown, quote=False)))
        lines.append("</ul>\n<hr>\n</body>\n</html>\n")
        data = "\n".join(lines).encode()
        self.send_response(200)
        self.send_header("Content-type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if whole:
            self.wfile.write(data)
    def translate_path(self, path):
        plain = _unquote(path.split("?", 1)[0].split("#", 1)[0])
        result = self.directory
        for word in plain.split("/"):
            if word and word not in (".", ".."):
                result = os.path.join(result, word)
        return result + "/" if plain.rstrip().endswith("/") else result
    def guess_type(self, path):
        return _TYPES.get(os.path.splitext(path)[1].lower(), "application/octet-stream")
def _main():
    port, bind, directory = 8000, None, os.getcwd()
    args = list(sys.argv[1:])
    while args:
        word = args.pop(0)
        if word in ("-d", "--directory"):
            directory = args.pop(0)
        elif word in ("-b", "--bind"):
            bind = args.pop(0)
        elif word.startswith("--directory="):
            directory = word.split("=", 1)[1]
        elif word.startswith("--bind="):
            bind = word.split("=", 1)[1]
        elif word in ("-p", "--protocol"):
            args.pop(0)
        elif word.isdigit():
            port = int(word)
        else:
            print(f"usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [-p VERSION] [port]\nserver.py: error: argument port: invalid int value: {word!r}", file=sys.stderr)
            sys.exit(2)
    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *given, **options):
            super().__init__(*given, directory=directory, **options)
    with ThreadingHTTPServer((bind or "0.0.0.0", port), Handler) as server:
        host = bind or "0.0.0.0"
        print(f"Serving HTTP on {host} port {port} (http://{host}:{port}/) ...")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nKeyboard interrupt received, exiting.")
            sys.exit(0)
`,
})
