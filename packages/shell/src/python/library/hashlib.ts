/** hashlib. */
import { defineModule } from "./define-module.ts"

export const hashlib = defineModule({
  name: "hashlib",
  source: `
import _hashes
class _Hash:
    def __init__(self, name, data=b""):
        self.name = name
        self.digest_size = _hashes.size(name)
        self.block_size = _hashes.block(name)
        self._data = b""
        self.update(data)
    def update(self, data):
        if isinstance(data, str):
            raise TypeError("Strings must be encoded before hashing")
        self._data += bytes(data)
    def digest(self):
        return _hashes.digest(self.name, self._data)
    def hexdigest(self):
        return self.digest().hex()
    def copy(self):
        return _Hash(self.name, self._data)
    def __repr__(self):
        return f"<{self.name} _hashlib.HASH object>"
algorithms_available = algorithms_guaranteed = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b"}
def new(name, data=b"", **options):
    return _Hash(name, data)
def md5(data=b"", **options):
    return _Hash("md5", data)
def sha1(data=b"", **options):
    return _Hash("sha1", data)
def sha224(data=b"", **options):
    return _Hash("sha224", data)
def sha256(data=b"", **options):
    return _Hash("sha256", data)
def sha384(data=b"", **options):
    return _Hash("sha384", data)
def sha512(data=b"", **options):
    return _Hash("sha512", data)
def blake2b(data=b"", **options):
    return _Hash("blake2b", data)
`,
})
