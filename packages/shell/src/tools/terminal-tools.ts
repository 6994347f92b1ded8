/** tty, stty, reset, man: the terminal, and what is read at it. */
import { findExecutable } from "./executables.ts"
import { runCommand } from "./process-tools.ts"
import { defineTool } from "../define-tool.ts"

export const ttyTool = defineTool({
  name: "tty",
  busybox: true,
  summary: "print the file name of the terminal connected to standard input",
  *run(process, args) {
    const on = process.fds.get(0)?.kind === "tty" && process.tty !== undefined
    if (!args.includes("-s")) yield* process.print(on ? `/dev/${process.tty?.name}\n` : "not a tty\n")
    return on ? 0 : 1
  },
})

export const stty = defineTool({
  name: "stty",
  busybox: true,
  summary: "change and print terminal line settings",
  *run(process, args) {
    const { tty } = process
    if (!tty || process.fds.get(0)?.kind !== "tty") {
      yield* process.error("stty: 'standard input': Inappropriate ioctl for device\n")
      return 1
    }
    const words = args.filter((word) => word !== "-F")
    if (words.length === 0 || words[0] === "-a") {
      const { canonical, echo, signals } = tty.modes
      yield* process.print(
        words[0] === "-a"
          ? `speed 38400 baud; rows ${tty.rows}; columns ${tty.columns}; line = 0;\nintr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; susp = ^Z;\n${signals ? "" : "-"}isig ${canonical ? "" : "-"}icanon ${echo ? "" : "-"}echo\n`
          : "speed 38400 baud; line = 0;\n",
      )
      return 0
    }
    for (let at = 0; at < words.length; at++) {
      const word = words[at]
      if (word === "size") yield* process.print(`${tty.rows} ${tty.columns}\n`)
      else if (word === "echo" || word === "-echo") tty.setModes({ echo: word === "echo" })
      else if (word === "raw" || word === "cooked" || word === "-raw") tty.setModes({ canonical: word !== "raw", signals: word !== "raw" })
      else if (word === "icanon" || word === "-icanon") tty.setModes({ canonical: word === "icanon" })
      else if (word === "isig" || word === "-isig") tty.setModes({ signals: word === "isig" })
      else if (word === "tostop" || word === "-tostop") tty.setModes({ stopsBackgroundOutput: word === "tostop" })
      else if (word === "sane") tty.setModes({ canonical: true, echo: true, signals: true, outputProcessing: true })
      else if (word === "rows" || word === "cols" || word === "columns") at++
      else if (!/^-?[a-z]+\d*$/.test(word)) {
        yield* process.error(`stty: invalid argument '${word}'\nTry 'stty --help' for more information.\n`)
        return 1
      }
    }
    return 0
  },
})

export const reset = defineTool({
  name: "reset",
  busybox: true,
  summary: "reset the terminal",
  *run(process) {
    process.tty?.setModes({ canonical: true, echo: true, signals: true, outputProcessing: true })
    yield* process.print("\x1bc")
    return 0
  },
})

export const man = defineTool({
  name: "man",
  summary: "an interface to the system reference manuals",
  *run(process, args) {
    const name = args.filter((word) => !word.startsWith("-") && !/^\d$/.test(word)).at(-1)
    if (name === undefined) {
      yield* process.error("What manual page do you want?\nFor example, try 'man man'.\n")
      return 1
    }
    const path = findExecutable(process, name)
    if (path === undefined || process.files.program(path) === undefined) {
      yield* process.error(`No manual entry for ${name}\n`)
      return 16
    }
    // What the tool says of itself is the manual here.
    return yield* runCommand(process, ["/bin/sh", "-c", `"$0" --help 2>&1 | \${PAGER:-less}`, path], { tool: "man" })
  },
})
