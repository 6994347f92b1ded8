/** sys. */
import { nativeClass } from "../objects/define.ts"
import { toCount } from "../objects/numbers.ts"
import { valueError } from "../objects/raise.ts"
import { asciiOnly } from "../objects/text.ts"
import { Dict, List, Module, OBJECT, type PyClass, PyException, PyObject, Tuple, TUPLE, type Value } from "../objects/values.ts"
import { exceptionClass } from "../objects/exceptions.ts"
import { RECURSION_LIMIT } from "../run/driver.ts"
import { defineModule } from "./define-module.ts"

/** A tuple whose items have names: sys.version_info, os.stat_result. */
export const namedTuple = (cls: PyClass, names: readonly string[], items: readonly Value[]): Tuple => {
  const made = new Tuple(items, cls)
  made.attrs = new Dict()
  for (const [index, name] of names.entries()) made.attrs.map.set(name, items[index])
  return made
}

const VERSION_INFO = nativeClass("sys", "version_info", [TUPLE])

class Flags extends PyObject {
  readonly cls = nativeClass("sys", "flags", [OBJECT])
}

export const sys = defineModule({
  name: "sys",
  functions: {
    exit: [
      "status=",
      (_, [status]) => {
        const error = new PyException(exceptionClass("SystemExit"), status === undefined ? [] : [status])
        error.attrs?.map.set("code", status ?? null)
        throw error
      },
    ],
    getrecursionlimit: ["", (python) => python.driver.limit],
    setrecursionlimit: [
      "limit",
      (python, [limit]) => {
        const wanted = toCount(limit)
        if (wanted < 1) throw valueError("recursion limit must be greater or equal than 1")
        python.driver.limit = Math.min(wanted, RECURSION_LIMIT * 20)
        return null
      },
    ],
    getsizeof: [
      "object, default=",
      (_, [value]) => (typeof value === "string" ? 49 + asciiOnly(value).length : value instanceof List ? 56 + 8 * value.items.length : 28),
    ],
    exc_info: [
      "",
      (python) => {
        const { handling } = python
        return new Tuple(handling ? [handling.cls, handling, null] : [null, null, null])
      },
    ],
    getdefaultencoding: ["", () => "utf-8"],
    getfilesystemencoding: ["", () => "utf-8"],
    intern: ["string", (_, [text]) => text],
    getrefcount: ["object", () => 2],
    set_int_max_str_digits: ["maxdigits", () => null],
  },
  values: (python) => {
    const [major, minor, micro] = python.release.version.split(".").map(Number)
    const modules = new Dict()
    for (const [name, module] of python.modules) modules.map.set(name, module)
    const flags = new Flags()
    flags.attrs = new Dict()
    return {
      argv: python.argv,
      version: `${python.release.version} ${python.release.build}`,
      version_info: namedTuple(VERSION_INFO, ["major", "minor", "micro", "releaselevel", "serial"], [major, minor, micro, "final", 0]),
      hexversion: (major << 24) + (minor << 16) + (micro << 8) + 0xf0,
      platform: "linux",
      byteorder: "little",
      maxsize: 9_223_372_036_854_775_807n,
      maxunicode: 0x10ffff,
      executable: python.release.executable,
      prefix: python.release.library.replace(/\/lib.*/, ""),
      exec_prefix: python.release.library.replace(/\/lib.*/, ""),
      path: python.path,
      modules,
      flags,
      stdin: python.stdin ?? null,
      stdout: python.stdout ?? null,
      stderr: python.stderr ?? null,
      __stdout__: python.stdout ?? null,
      __stderr__: python.stderr ?? null,
      dont_write_bytecode: false,
      implementation: implementation(python.release.version),
      builtin_module_names: new Tuple(["builtins", "sys", "time"]),
    }
  },
})

const implementation = (version: string): Value => {
  const made = new Module("implementation")
  made.attrs.map.set("name", "cpython").set("version", version)
  return made
}

/** The exit code that SystemExit stands for; a text is told first. */
export const exitCode = (error: PyException): { code: number; message: Value | undefined } => {
  const code = error.attrs?.map.get("code") ?? error.args[0] ?? null
  if (code === null) return { code: 0, message: undefined }
  if (typeof code === "number" || typeof code === "boolean") return { code: Number(code) & 255, message: undefined }
  if (typeof code === "bigint") return { code: 255, message: undefined }
  return { code: 1, message: code }
}
