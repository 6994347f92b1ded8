/** binascii. */
import { defineModule } from "./define-module.ts"

export const binascii = defineModule({
  name: "binascii",
  source: String.raw`
import _hashes
from _hashes import Error
def hexlify(data, sep=""):
    return data.hex(sep).encode() if sep else data.hex().encode()
b2a_hex = hexlify
def unhexlify(text):
    return bytes.fromhex(text if isinstance(text, str) else text.decode())
a2b_hex = unhexlify
def b2a_base64(data, *, newline=True):
    return _hashes.encode64(data) + (b"\n" if newline else b"")
def a2b_base64(text):
    return _hashes.decode64(text)
def crc32(data, value=0):
    value ^= 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
    return value ^ 0xFFFFFFFF
`,
})
