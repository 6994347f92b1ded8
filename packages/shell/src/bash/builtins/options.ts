/** set and shopt. */
import type { Builtin } from "../define-builtin.ts"
import { isSetOption, isShoptOption, SET_NAMES, setOptionOf, type ShellOptions, shoptNames } from "../options.ts"
import { listed } from "../quoting.ts"
import type { Shell } from "../shell.ts"
import { arrayKeys } from "../variables.ts"

const onOff = (on: boolean): string => (on ? "on" : "off")

const allVariables = (shell: Shell): string =>
  shell.variables
    .names()
    .map((name) => {
      const variable = shell.variables.own(name)
      if (!variable) return ""
      if (variable.array)
        return `${name}=(${arrayKeys(variable)
          .map((key) => `[${key}]="${variable.array?.get(key) ?? ""}"`)
          .join(" ")})\n`
      return variable.value === undefined ? "" : `${name}=${listed(variable.value)}\n`
    })
    .join("")

const setNames = (shell: Shell, reusable: boolean): string =>
  SET_NAMES.map((name) =>
    reusable ? `set ${shell.options[name] ? "-" : "+"}o ${name}\n` : `${name.padEnd(15)}\t${onOff(shell.options[name])}\n`,
  ).join("")

const setBuiltin: Builtin = {
  name: "set",
  *run(shell, args) {
    if (args.length === 0) {
      yield* shell.process.print(allVariables(shell))
      return 0
    }
    for (let at = 0; at < args.length; at++) {
      const word = args[at]
      if (word === "--" || word === "-") {
        if (word === "--" || at + 1 < args.length) shell.positional = [...args.slice(at + 1)]
        return 0
      }
      if (!/^[-+]./.test(word)) {
        shell.positional = [...args.slice(at)]
        return 0
      }
      const on = word.startsWith("-")
      for (const letter of word.slice(1)) {
        if (letter === "o") {
          const name = args[at + 1]
          if (name === undefined) {
            yield* shell.process.print(setNames(shell, !on))
            return 0
          }
          at++
          if (!isSetOption(name)) {
            yield* shell.complain(`set: ${name}: invalid option name`)
            return 2
          }
          shell.options[name] = on
          // Only one of them can be the way that lines are edited.
          if (on && (name === "vi" || name === "emacs")) shell.options[name === "vi" ? "emacs" : "vi"] = false
          continue
        }
        const name = setOptionOf(letter)
        if (!name) {
          yield* shell.complain(`set: ${word[0]}${letter}: invalid option`)
          if (!shell.dialect) yield* shell.process.error("set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n")
          return 2
        }
        shell.options[name] = on
      }
    }
    return 0
  },
}

const shopt: Builtin = {
  name: "shopt",
  *run(shell, args) {
    const flags = args.filter((word) => word.startsWith("-")).join("")
    const names = args.filter((word) => !word.startsWith("-"))
    const sets = flags.includes("o")
    if (flags.includes("s") && flags.includes("u")) {
      yield* shell.complain("shopt: cannot set and unset shell options simultaneously")
      return 1
    }
    const known = (name: string): name is keyof ShellOptions => (sets ? isSetOption(name) : isShoptOption(name))
    const show = (name: keyof ShellOptions) =>
      flags.includes("p")
        ? sets
          ? `set ${shell.options[name] ? "-" : "+"}o ${name}\n`
          : `shopt ${shell.options[name] ? "-s" : "-u"} ${name}\n`
        : `${name.padEnd(15)}\t${onOff(shell.options[name])}\n`
    if (names.length === 0) {
      const all: readonly (keyof ShellOptions)[] = sets ? SET_NAMES : shoptNames()
      yield* shell.process.print(
        all
          .filter((name) => (flags.includes("s") ? shell.options[name] : flags.includes("u") ? !shell.options[name] : true))
          .map(show)
          .join(""),
      )
      return 0
    }
    let status = 0
    for (const name of names) {
      if (!known(name)) {
        yield* shell.complain(`shopt: ${name}: invalid ${sets ? "option name" : "shell option name"}`)
        status = 1
      } else if (flags.includes("s")) shell.options[name] = true
      else if (flags.includes("u")) shell.options[name] = false
      else {
        if (!flags.includes("q")) yield* shell.process.print(show(name))
        if (!shell.options[name]) status = 1
      }
    }
    return status
  },
}

export const options: readonly Builtin[] = [setBuiltin, shopt]
