/** uuid. */
import { defineModule } from "./define-module.ts"

export const uuid = defineModule({
  name: "uuid",
  source: `
import os as _os
import hashlib as _hashlib
class UUID:
    def __init__(self, hex=None, bytes=None, int=None, version=None):
        if hex is not None:
            text = hex.replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "")
            if len(text) != 32:
                raise ValueError("badly formed hexadecimal UUID string")
            self._data = _b.fromhex(text)
        elif bytes is not None:
            self._data = bytes
        else:
            self._data = int.to_bytes(16, "big")
        if version is not None:
            data = bytearray(self._data)
            data[6] = data[6] & 0x0F | version << 4
            data[8] = data[8] & 0x3F | 0x80
            self._data = _b(data)
    @property
    def hex(self):
        return self._data.hex()
    @property
    def bytes(self):
        return self._data
    @property
    def int(self):
        return _i.from_bytes(self._data, "big")
    @property
    def version(self):
        return self._data[6] >> 4
    def __str__(self):
        text = self._data.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    def __repr__(self):
        return f"UUID('{self}')"
    def __eq__(self, other):
        return isinstance(other, UUID) and self._data == other._data
    def __hash__(self):
        return hash(self._data)
    def __lt__(self, other):
        return self._data < other._data
_b, _i = bytes, int
def uuid4():
    return UUID(bytes=_os.urandom(16), version=4)
def uuid1(node=None, clock_seq=None):
    return UUID(bytes=_os.urandom(16), version=1)
def uuid5(namespace, name):
    return UUID(bytes=_hashlib.sha1(namespace.bytes + name.encode()).digest()[:16], version=5)
def uuid3(namespace, name):
    return UUID(bytes=_hashlib.md5(namespace.bytes + name.encode()).digest(), version=3)
def getnode():
    return 0x0242AC110002
NAMESPACE_DNS = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
NAMESPACE_URL = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
`,
})
