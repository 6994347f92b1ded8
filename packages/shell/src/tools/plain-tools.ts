/** echo, printf, true, false, pwd as programs: what other programs start, where the shell has builtins. */
import { defineTool } from "../define-tool.ts"
import { writtenBytes } from "../text/bytes.ts"
import { echoText } from "../text/echo.ts"
import { formatPrintf } from "../text/printf.ts"

export const echo = defineTool({
  name: "echo",
  busybox: true,
  summary: "print arguments",
  *run(process, args) {
    yield* process.write(1, writtenBytes(echoText(args)))
    return 0
  },
})

export const printf = defineTool({
  name: "printf",
  busybox: true,
  summary: "print formatted",
  *run(process, args) {
    const [format = "", ...values] = args[0] === "--" ? args.slice(1) : args
    const { text, problems } = formatPrintf(format, values, process.now())
    yield* process.write(1, writtenBytes(text))
    for (const problem of problems) yield* process.error(`printf: ${problem}\n`)
    return problems.length > 0 ? 1 : 0
  },
})

export const trueTool = defineTool({
  name: "true",
  busybox: true,
  summary: "succeed",
  *run(process) {
    yield* process.print("")
    return 0
  },
})

export const falseTool = defineTool({
  name: "false",
  busybox: true,
  summary: "fail",
  *run(process) {
    yield* process.print("")
    return 1
  },
})

export const pwd = defineTool({
  name: "pwd",
  busybox: true,
  summary: "print the working directory",
  *run(process) {
    yield* process.print(`${process.cwd}\n`)
    return 0
  },
})
