/** Builtins about the working directory: cd, pwd, pushd, popd, dirs. The path that led there is kept beside the one that it is. */
import { type Steps, SystemError } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"
import type { Shell } from "../shell.ts"
import { usage } from "./usage.ts"

/** `path` without "." and "..", names before ".." gone: what "the directory above" means to a shell. */
const tidy = (path: string): string => {
  const parts: string[] = []
  for (const part of path.split("/")) {
    if (part === "..") parts.pop()
    else if (part !== "" && part !== ".") parts.push(part)
  }
  return `/${parts.join("/")}`
}

/** POSIX lets exactly two slashes at the beginning mean something of their own: they stay. */
const slashes = (target: string): string => (/^\/\/(?!\/)/.test(target) ? "/" : "")

function* change(shell: Shell, name: string, target: string, physical: boolean): Steps<number> {
  const { process } = shell
  const logical = slashes(target) + tidy(target.startsWith("/") ? target : `${shell.directory}/${target}`)
  try {
    const path = process.files.resolve(physical ? target : logical)
    if (process.files.stat(path).type !== "directory") throw new SystemError("ENOTDIR")
    if (!process.files.access(path, { execute: true })) throw new SystemError("EACCES")
    const real = process.files.realpath(path)
    shell.variables.set("OLDPWD", shell.directory)
    shell.variables.declare("OLDPWD", false).exported = true
    process.cwd = real
    shell.directory = physical ? real : logical
    shell.variables.set("PWD", shell.directory)
    return 0
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* shell.complain(`${name}: ${target}: ${error.message}`)
    return 1
  }
}

const short = (shell: Shell, path: string): string => {
  const home = shell.variables.get("HOME") ?? "/root"
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

const all = (shell: Shell): string[] => [shell.directory, ...shell.directoryStack]

const stack = (shell: Shell): string =>
  `${all(shell)
    .map((path) => short(shell, path))
    .join(" ")}\n`

/** The place in the stack that "+2" or "-0" means. */
const placeOf = (shell: Shell, word: string): number | undefined => {
  const match = /^([-+])(\d+)$/.exec(word)
  if (!match) return undefined
  const length = all(shell).length
  return match[1] === "+" ? Number(match[2]) : length - 1 - Number(match[2])
}

function* wrongNumber(shell: Shell, name: string, word: string): Steps<number> {
  yield* shell.complain(`${name}: ${word}: invalid number`)
  return yield* usage(shell, name)
}

export const directories: readonly Builtin[] = [
  {
    name: "cd",
    *run(shell, args) {
      let physical = shell.options.physical
      let at = 0
      for (; at < args.length && /^-[LPe@]+$/.test(args[at]); at++) physical = args[at].includes("P")
      if (args[at] === "--") at++
      const words = args.slice(at)
      if (words.length > 1) {
        yield* shell.complain("cd: too many arguments")
        return 1
      }
      const target = words.at(0) ?? shell.variables.get("HOME")
      if (target === undefined) {
        yield* shell.complain("cd: HOME not set")
        return 1
      }
      if (target === "" && !shell.variables.get("CDPATH")) return 0
      if (target === "-") {
        const old = shell.variables.get("OLDPWD")
        if (old === undefined) {
          yield* shell.complain("cd: OLDPWD not set")
          return 1
        }
        const status = yield* change(shell, "cd", old, physical)
        if (status === 0) yield* shell.process.print(`${shell.directory}\n`)
        return status
      }
      if (!/^(\/|\.\.?(\/|$))/.test(target))
        for (const base of (shell.variables.get("CDPATH") ?? "").split(":").filter(Boolean)) {
          const path = target === "" ? base : `${base.replace(/\/$/, "")}/${target}`
          const { files } = shell.process
          if (!files.exists(path) || files.stat(path).type !== "directory") continue
          const status = yield* change(shell, "cd", path, physical)
          if (status === 0) yield* shell.process.print(`${shell.directory}\n`)
          return status
        }
      return yield* change(shell, "cd", target, physical)
    },
  },
  {
    name: "pwd",
    *run(shell, args) {
      yield* shell.process.print(`${args.includes("-P") || shell.options.physical ? shell.process.cwd : shell.directory}\n`)
      return 0
    },
  },
  {
    name: "pushd",
    *run(shell, args) {
      const wrong = args.find((word) => /^-./.test(word) && !/^-(n|-|\d+)$/.test(word))
      if (wrong !== undefined) return yield* wrongNumber(shell, "pushd", wrong)
      const quiet = args[0] === "-n"
      const words = args.filter((word) => word !== "-n" && word !== "--")
      const place = words[0] === undefined ? 1 : placeOf(shell, words[0])
      if (place === undefined && quiet) shell.directoryStack.unshift(words[0])
      else if (place === undefined) {
        const before = shell.directory
        const status = yield* change(shell, "pushd", words[0], false)
        if (status !== 0) return status
        shell.directoryStack.unshift(before)
      } else {
        const paths = all(shell)
        if (paths.length === 1 || place < 0 || place >= paths.length) {
          yield* shell.complain(
            `pushd: ${words[0] === undefined ? "no other directory" : paths.length === 1 ? "directory stack empty" : `${words[0]}: directory stack index out of range`}`,
          )
          return 1
        }
        const turned = words[0] === undefined ? [paths[1], paths[0], ...paths.slice(2)] : [...paths.slice(place), ...paths.slice(0, place)]
        const status = quiet ? 0 : yield* change(shell, "pushd", turned[0], false)
        if (status !== 0) return status
        shell.directoryStack = turned.slice(1)
      }
      yield* shell.process.print(stack(shell))
      return 0
    },
  },
  {
    name: "popd",
    *run(shell, args) {
      const wrong = args.find((one) => /^-./.test(one) && !/^-(n|-|\d+)$/.test(one))
      if (wrong !== undefined) return yield* wrongNumber(shell, "popd", wrong)
      const quiet = args[0] === "-n"
      const [word] = args.filter((one) => one !== "-n" && one !== "--")
      if (shell.directoryStack.length === 0) {
        yield* shell.complain("popd: directory stack empty")
        return 1
      }
      const place = word === undefined ? 0 : placeOf(shell, word)
      if (place === undefined || place < 0 || place > shell.directoryStack.length) {
        yield* shell.complain(`popd: ${word}: ${place === undefined ? "invalid argument" : "directory stack index out of range"}`)
        return 1
      }
      if (place === 0 && quiet) shell.directoryStack.shift()
      else if (place > 0) shell.directoryStack.splice(place - 1, 1)
      else {
        const status = yield* change(shell, "popd", shell.directoryStack[0], false)
        if (status !== 0) return status
        shell.directoryStack.shift()
      }
      yield* shell.process.print(stack(shell))
      return 0
    },
  },
  {
    name: "dirs",
    *run(shell, args) {
      const wrong = args.find((word) => /^[-+]./.test(word) && !/^(-[clpv]+|[-+]\d+|--)$/.test(word))
      if (wrong !== undefined) return yield* wrongNumber(shell, "dirs", wrong)
      const flags = args.filter((word) => /^-[clpv]+$/.test(word)).join("")
      if (flags.includes("c")) {
        shell.directoryStack = []
        return 0
      }
      const paths = all(shell).map((path) => (flags.includes("l") ? path : short(shell, path)))
      const word = args.find((one) => /^[-+]\d+$/.test(one))
      if (word !== undefined) {
        const found = paths[placeOf(shell, word) ?? -1]
        if (found === undefined) {
          yield* shell.complain(`dirs: ${word}: directory stack index out of range`)
          return 1
        }
        yield* shell.process.print(`${found}\n`)
        return 0
      }
      yield* shell.process.print(
        flags.includes("v")
          ? paths.map((path, at) => `${String(at).padStart(2)}  ${path}\n`).join("")
          : `${paths.join(flags.includes("p") ? "\n" : " ")}\n`,
      )
      return 0
    },
  },
]
