/** The environment of a shell's process: variables, and functions that were exported with `export -f`. */
import type { Shell } from "./shell.ts"
import { parseScript } from "./syntax.ts"

export const importEnvironment = (shell: Shell): void => {
  for (const [name, value] of shell.process.env) {
    const called = /^BASH_FUNC_(.+)%%$/.exec(name)
    if (called) importFunction(shell, called[1], value)
    else if (/^[A-Za-z_]\w*$/.test(name)) {
      const variable = shell.variables.declare(name, false)
      variable.value = value
      variable.exported = true
    }
  }
}

const importFunction = (shell: Shell, name: string, value: string): void => {
  const { source, commands } = parseScript(`${name} ${value}`, undefined)
  const command = commands[0]?.command
  if (command?.type === "Function") shell.functions.set(name, { node: command, source, firstLine: 1, file: "environment", exported: true })
}

export const exportFunctions = (shell: Shell, environment: Map<string, string>): void => {
  for (const [name, { node, source, exported }] of shell.functions)
    if (exported) environment.set(`BASH_FUNC_${name}%%`, `() ${source.slice(node.body.pos, node.body.end)}`)
}
