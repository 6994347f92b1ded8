/** Builtins about the working directory: cd, pwd, pushd, popd, dirs. */
import { type Steps, SystemError } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"
import type { Shell } from "../shell.ts"

function* change(shell: Shell, name: string, target: string): Steps<number> {
  try {
    const path = shell.process.files.resolve(target)
    if (shell.process.files.stat(path).type !== "directory") throw new SystemError("ENOTDIR")
    if (!shell.process.files.access(path, { execute: true })) throw new SystemError("EACCES")
    shell.variables.set("OLDPWD", shell.process.cwd)
    shell.process.cwd = path
    shell.variables.set("PWD", path)
    return 0
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* shell.complain(`${name}: ${target}: ${error.message}`)
    return 1
  }
}

const stack = (shell: Shell): string => {
  const home = shell.variables.get("HOME") ?? "/root"
  return `${[shell.process.cwd, ...shell.directoryStack].map((path) => (path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path)).join(" ")}\n`
}

export const directories: readonly Builtin[] = [
  {
    name: "cd",
    *run(shell, args) {
      const words = args.filter((word) => word !== "-P" && word !== "-L" && word !== "--")
      if (words.length > 1) {
        yield* shell.complain("cd: too many arguments")
        return 1
      }
      if (words[0] === undefined) return yield* change(shell, "cd", shell.variables.get("HOME") ?? "/root")
      if (words[0] !== "-") return yield* change(shell, "cd", words[0])
      const old = shell.variables.get("OLDPWD")
      if (old === undefined) {
        yield* shell.complain("cd: OLDPWD not set")
        return 1
      }
      const status = yield* change(shell, "cd", old)
      if (status === 0) yield* shell.process.print(`${shell.process.cwd}\n`)
      return status
    },
  },
  {
    name: "pwd",
    *run(shell) {
      yield* shell.process.print(`${shell.process.cwd}\n`)
      return 0
    },
  },
  {
    name: "pushd",
    *run(shell, [target]) {
      const { cwd } = shell.process
      const next = target ?? shell.directoryStack.shift()
      if (next === undefined) {
        yield* shell.complain("pushd: no other directory")
        return 1
      }
      const status = yield* change(shell, "pushd", next)
      if (status !== 0) return status
      shell.directoryStack.unshift(cwd)
      yield* shell.process.print(stack(shell))
      return 0
    },
  },
  {
    name: "popd",
    *run(shell) {
      const next = shell.directoryStack.shift()
      if (next === undefined) {
        yield* shell.complain("popd: directory stack empty")
        return 1
      }
      const status = yield* change(shell, "popd", next)
      if (status === 0) yield* shell.process.print(stack(shell))
      return status
    },
  },
  {
    name: "dirs",
    *run(shell) {
      yield* shell.process.print(stack(shell))
      return 0
    },
  },
]
