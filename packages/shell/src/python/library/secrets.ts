/** secrets. */
import { defineModule } from "./define-module.ts"

export const secrets = defineModule({
  name: "secrets",
  source: `
import os as _os, random as _random, base64 as _base64
def token_bytes(nbytes=32):
    return _os.urandom(nbytes or 32)
def token_hex(nbytes=32):
    return token_bytes(nbytes).hex()
def token_urlsafe(nbytes=32):
    return _base64.urlsafe_b64encode(token_bytes(nbytes)).rstrip(b"=").decode()
def choice(seq):
    return _random.choice(seq)
def randbelow(n):
    return _random.randrange(n)
def randbits(k):
    return _random.getrandbits(k)
`,
})
