/** platform. */
import { defineModule } from "./define-module.ts"

export const platform = defineModule({
  name: "platform",
  source: `
import os as _os, sys as _sys
def system():
    return "Linux"
def node():
    return _os.uname().nodename
def release():
    return _os.uname().release
def version():
    return _os.uname().version
def machine():
    return "x86_64"
def processor():
    return "x86_64"
def python_version():
    return _sys.version.split()[0]
def python_implementation():
    return "CPython"
def platform(aliased=False, terse=False):
    return f"Linux-{release()}-x86_64-with-glibc2.39"
def architecture():
    return ("64bit", "ELF")
def uname():
    return _os.uname()
`,
})
