/** base64. */
import { defineModule } from "./define-module.ts"

export const base64 = defineModule({
  name: "base64",
  source: String.raw`
import _hashes
def _bytes(s):
    if isinstance(s, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    return bytes(s)
def b64encode(s, altchars=None):
    made = _hashes.encode64(_bytes(s))
    return made.replace(b"+", altchars[0:1]).replace(b"/", altchars[1:2]) if altchars else made
def b64decode(s, altchars=None, validate=False):
    if altchars:
        s = (s.encode() if isinstance(s, str) else s).replace(altchars[0:1], b"+").replace(altchars[1:2], b"/")
    return _hashes.decode64(s)
def urlsafe_b64encode(s):
    return b64encode(s, b"-_")
def urlsafe_b64decode(s):
    return b64decode(s, b"-_")
standard_b64encode = b64encode
standard_b64decode = b64decode
def encodebytes(s):
    made = b64encode(s)
    return b"".join(made[i:i + 76] + b"\n" for i in range(0, len(made), 76))
def decodebytes(s):
    return b64decode(s)
def b16encode(s):
    return s.hex().upper().encode()
def b16decode(s, casefold=False):
    return bytes.fromhex(s if isinstance(s, str) else s.decode())
def b32encode(s):
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    bits = "".join(f"{byte:08b}" for byte in s)
    bits += "0" * (-len(bits) % 5)
    made = "".join(letters[int(bits[i:i + 5], 2)] for i in range(0, len(bits), 5))
    return (made + "=" * (-len(made) % 8)).encode()
def b32decode(s, casefold=False):
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    text = (s if isinstance(s, str) else s.decode()).rstrip("=")
    bits = "".join(f"{letters.index(one):05b}" for one in text)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits) - 7, 8))
`,
})
