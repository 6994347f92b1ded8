/** hmac. */
import { defineModule } from "./define-module.ts"

export const hmacModule = defineModule({
  name: "hmac",
  source: `
import _hashes
class HMAC:
    def __init__(self, key, msg=None, digestmod=""):
        if not digestmod:
            raise TypeError("Missing required argument 'digestmod'.")
        self._key, self._data = bytes(key), bytes(msg or b"")
        self._name = digestmod if isinstance(digestmod, str) else digestmod().name
        self.name = "hmac-" + self._name
        self.digest_size = _hashes.size(self._name)
    def update(self, msg):
        self._data += msg
    def digest(self):
        return _hashes.hmac(self._name, self._key, self._data)
    def hexdigest(self):
        return self.digest().hex()
def new(key, msg=None, digestmod=""):
    return HMAC(key, msg, digestmod)
def digest(key, msg, digest):
    return HMAC(key, msg, digest).digest()
def compare_digest(a, b):
    return a == b
`,
})
