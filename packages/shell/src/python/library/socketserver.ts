/** socketserver: servers that answer one connection after another. */
import { defineModule } from "./define-module.ts"

export const socketserver = defineModule({
  name: "socketserver",
  source: `
import socket as _socket
class BaseServer:
    timeout = None
    def __init__(self, server_address, RequestHandlerClass):
        self.server_address = server_address
        self.RequestHandlerClass = RequestHandlerClass
        self._stopped = False
    def serve_forever(self, poll_interval=0.5):
        self._stopped = False
        while not self._stopped:
            self.handle_request()
            self.service_actions()
    def service_actions(self):
        pass
    def shutdown(self):
        self._stopped = True
    def handle_request(self):
        request, client_address = self.get_request()
        try:
            self.process_request(request, client_address)
        except Exception:
            self.handle_error(request, client_address)
            self.shutdown_request(request)
    def process_request(self, request, client_address):
        self.finish_request(request, client_address)
        self.shutdown_request(request)
    def finish_request(self, request, client_address):
        self.RequestHandlerClass(request, client_address, self)
    def shutdown_request(self, request):
        try:
            request.shutdown(1)
        except OSError:
            pass
    def handle_error(self, request, client_address):
        import sys, traceback
        print("-" * 40, file=sys.stderr)
        print("Exception occurred during processing of request from", client_address, file=sys.stderr)
        traceback.print_exc()
        print("-" * 40, file=sys.stderr)
    def server_close(self):
        pass
    def __enter__(self):
        return self
    def __exit__(self, *args):
        self.server_close()
class TCPServer(BaseServer):
    allow_reuse_address = False
    request_queue_size = 5
    def __init__(self, server_address, RequestHandlerClass, bind_and_activate=True):
        super().__init__(server_address, RequestHandlerClass)
        self.socket = _socket.socket()
        if bind_and_activate:
            self.server_bind()
            self.server_activate()
    def server_bind(self):
        self.socket.bind(self.server_address)
        self.server_address = (self.server_address[0] or "0.0.0.0", self.socket._address[1])
    def server_activate(self):
        self.socket.listen()
    def get_request(self):
        return self.socket.accept()
    def fileno(self):
        return self.socket.fileno()
    def server_close(self):
        self.socket.close()
class ThreadingMixIn:
    daemon_threads = False
class ForkingMixIn:
    pass
class ThreadingTCPServer(ThreadingMixIn, TCPServer):
    pass
class BaseRequestHandler:
    def __init__(self, request, client_address, server):
        self.request, self.client_address, self.server = request, client_address, server
        self.setup()
        try:
            self.handle()
        finally:
            self.finish()
    def setup(self):
        pass
    def handle(self):
        pass
    def finish(self):
        pass
class StreamRequestHandler(BaseRequestHandler):
    def setup(self):
        self.connection = self.request
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb")
`,
})
