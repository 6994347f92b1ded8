/** http: the status codes. */
import { defineModule } from "./define-module.ts"

export const http = defineModule({
  name: "http",
  source: `
from enum import IntEnum as _IntEnum
__path__ = []
class HTTPStatus(_IntEnum):
    CONTINUE = 100
    OK = 200
    CREATED = 201
    ACCEPTED = 202
    NO_CONTENT = 204
    MOVED_PERMANENTLY = 301
    FOUND = 302
    SEE_OTHER = 303
    NOT_MODIFIED = 304
    TEMPORARY_REDIRECT = 307
    BAD_REQUEST = 400
    UNAUTHORIZED = 401
    FORBIDDEN = 403
    NOT_FOUND = 404
    METHOD_NOT_ALLOWED = 405
    CONFLICT = 409
    GONE = 410
    UNPROCESSABLE_ENTITY = 422
    TOO_MANY_REQUESTS = 429
    INTERNAL_SERVER_ERROR = 500
    NOT_IMPLEMENTED = 501
    BAD_GATEWAY = 502
    SERVICE_UNAVAILABLE = 503
    GATEWAY_TIMEOUT = 504
    @property
    def phrase(self):
        return "OK" if self._value_ == 200 else self._name_.replace("_", " ").title()
    @property
    def description(self):
        return {404: "Nothing matches the given URI", 400: "Bad request syntax or unsupported method", 500: "Server got itself in trouble", 501: "Server does not support this operation", 503: "The server cannot process the request due to a high load"}.get(self._value_, "")
`,
})
