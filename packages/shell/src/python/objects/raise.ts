/** Making exceptions from native code. */
import { ERRNO, type Errno, SystemError } from "@drydock/machine"
import { exceptionClass } from "./exceptions.ts"
import { PyException, type Value } from "./values.ts"

/** `throw raised("ValueError", "…")`. */
export const raised = (name: string, ...args: Value[]): PyException => {
  const made = new PyException(exceptionClass(name), args)
  if (name === "StopIteration") made.attrs?.map.set("value", args[0] ?? null)
  return made
}

export const typeError = (message: string): PyException => raised("TypeError", message)
export const valueError = (message: string): PyException => raised("ValueError", message)

/** Linux's numbers (asm-generic/errno.h). */
export const ERROR_NUMBERS: Readonly<Record<string, number>> = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  ENOEXEC: 8,
  EBADF: 9,
  ECHILD: 10,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  EMFILE: 24,
  ENOTTY: 25,
  ETXTBSY: 26,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  EPIPE: 32,
  ENAMETOOLONG: 36,
  ENOTEMPTY: 39,
  ELOOP: 40,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETUNREACH: 101,
  ECONNRESET: 104,
  ENOTCONN: 107,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  EDQUOT: 122,
}

/** PEP 3151: the class of an OSError by its number. */
const CLASSES: Readonly<Record<string, string>> = {
  EAGAIN: "BlockingIOError",
  ECHILD: "ChildProcessError",
  EPIPE: "BrokenPipeError",
  ECONNREFUSED: "ConnectionRefusedError",
  ECONNRESET: "ConnectionResetError",
  EEXIST: "FileExistsError",
  ENOENT: "FileNotFoundError",
  EINTR: "InterruptedError",
  EISDIR: "IsADirectoryError",
  ENOTDIR: "NotADirectoryError",
  EACCES: "PermissionError",
  EPERM: "PermissionError",
  ESRCH: "ProcessLookupError",
  ETIMEDOUT: "TimeoutError",
}

/** The class that OSError(number, …) is of. */
export const osErrorClass = (number: Value): string => {
  const code = Object.keys(ERROR_NUMBERS).find((name) => ERROR_NUMBERS[name] === number)
  return (code !== undefined && CLASSES[code]) || "OSError"
}

export const errorText = (number: number): string => {
  const code = Object.keys(ERROR_NUMBERS).find((name) => ERROR_NUMBERS[name] === number)
  if (code === "ENETUNREACH") return "Network is unreachable"
  return code !== undefined && code in ERRNO ? ERRNO[code as Errno] : `Unknown error ${number}`
}

/** A failed system call as Python tells of it. */
export const osError = (code: string, ...names: Value[]): PyException => {
  const number = ERROR_NUMBERS[code] ?? 5
  const error = raised(CLASSES[code] ?? "OSError", number, errorText(number))
  error.attrs?.map
    .set("errno", number)
    .set("strerror", errorText(number))
    .set("filename", names[0] ?? null)
  if (names[1] !== undefined) error.attrs?.map.set("filename2", names[1])
  return error
}

/** Does what may fail as a system call; `names`: the files that the error is about. */
export const guarded = <T>(names: readonly Value[], act: () => T): T => {
  try {
    return act()
  } catch (error) {
    if (error instanceof SystemError) throw osError(error.code, ...names)
    throw error
  }
}
