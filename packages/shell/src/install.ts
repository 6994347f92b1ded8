/** bash and the tools as files of a machine or an image. */
import type { LayerEntry, Process, Program } from "@drydock/machine"
import { ashProgram, bashProgram, dashProgram } from "./bash/main.ts"
import { type BaseSystem, baseHas } from "./base-systems.ts"
import type { Tool } from "./define-tool.ts"
import { BANNER } from "./tools/busybox/applet.ts"
import { busyboxApplets, busyboxEntries } from "./tools/busybox/index.ts"
import { shellTools } from "./tools/index.ts"
import { providePrograms } from "./tools/package-programs.ts"

/** GNU's tools answer --help and --version themselves; those that run other commands see it as their first word only. */
const programOf = (tool: Tool): Program =>
  function* (process: Process) {
    const args = process.argv.slice(1)
    if (args.length === 1 && !tool.plain) {
      if (args[0] === "--help") {
        yield* process.print(tool.usage ?? `Usage: ${tool.name} [OPTION]...\n${tool.summary[0].toUpperCase()}${tool.summary.slice(1)}.\n`)
        return 0
      }
      if (args[0] === "--version") {
        yield* process.print(`${tool.name} ${tool.version ?? "(GNU coreutils) 9.4"}\n`)
        return 0
      }
    }
    return yield* tool.run(process, args)
  }

/** Executables of tools, by path. */
export const toolEntries = (tools: readonly Tool[], directory: string): LayerEntry[] =>
  tools.flatMap((tool) => [tool.name, ...(tool.aliases ?? [])].map((name) => ({ path: `${directory}/${name}`, program: programOf(tool) })))

/** busybox itself: `busybox NAME ARGUMENTS` is the applet of that name. */
const busyboxProgram: Program = function* (process) {
  const [, applet, ...rest] = process.argv
  if (applet === undefined || applet === "--help" || applet === "--list") {
    const names = ["[", "[[", "ash", "sh", ...busyboxApplets.keys()].filter((name, at, all) => all.indexOf(name) === at).sort()
    if (applet === "--list") yield* process.print(names.map((name) => `${name}\n`).join(""))
    else
      yield* process.print(
        `${BANNER}\nBusyBox is copyrighted by many authors between 1998-2015.\nLicensed under GPLv2. See source distribution for detailed\ncopyright notices.\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list[-full]\n   or: busybox --show SCRIPT\n   or: busybox --install [-s] [DIR]\n   or: function [arguments]...\n\nCurrently defined functions:\n${wrapped(names)}`,
      )
    return 0
  }
  if (applet === "busybox" || !process.files.exists(`/bin/${applet}`)) {
    yield* process.error(`${applet}: applet not found\n`)
    return 127
  }
  return yield* process.exec(`/bin/${applet}`, [applet, ...rest])
}

/** Names in lines of at most 79 columns, a tab before each. */
const wrapped = (names: readonly string[]): string => {
  const lines: string[] = []
  let line = ""
  for (const name of names) {
    if (line !== "" && line.length + name.length + 11 > 80) {
      lines.push(`\t${line},`)
      line = name
    } else line += line === "" ? name : `, ${name}`
  }
  return [...lines, `\t${line}`].map((one) => `${one}\n`).join("")
}

providePrograms((name) => {
  const tool = shellTools.find((one) => one.name === name || one.aliases?.includes(name))
  return tool && programOf(tool)
})

/** Tools by name, as their distribution has them, for images that bring some of their own. */
const broughtEntries = (names: readonly string[], directory: string): LayerEntry[] =>
  toolEntries(shellTools, directory).filter(({ path }) => names.includes(path.slice(directory.length + 1)))

/**
 * "bash": as on a distribution with everything; "redhat": one whose sh is bash. "debian", "ubuntu": a small image of it. "busybox": a shell and small tools under
 * /bin. `brings`: tools beside those.
 */
export const shellEntries = (kind: "bash" | "redhat" | "busybox" | BaseSystem, brings: readonly string[] = []): LayerEntry[] =>
  kind !== "busybox"
    ? [
        { path: "/usr/bin/bash", program: bashProgram },
        { path: "/bin", target: "usr/bin" },
        { path: "/usr/bin/sh", program: kind === "redhat" ? bashProgram : dashProgram },
        { path: "/usr/bin/dash", program: dashProgram },
        ...toolEntries(shellTools, "/usr/bin").filter(
          ({ path }) =>
            kind === "bash" ||
            kind === "redhat" ||
            baseHas(kind, path.slice("/usr/bin/".length)) ||
            brings.includes(path.slice("/usr/bin/".length)),
        ),
        ...(kind === "bash" || kind === "redhat" ? [] : [{ path: "/var/lib/apt/lists" }]),
        // As Debian's: what an interactive shell in a container shows.
        { path: "/etc/bash.bashrc", content: "PS1='\\u@\\h:\\w\\$ '\n" },
        { path: "/tmp", mode: 0o1777 },
        { path: "/root", mode: 0o700 },
        { path: "/run" },
        { path: "/var/run", target: "/run" },
      ]
    : [
        { path: "/bin/sh", program: ashProgram },
        { path: "/bin/ash", program: ashProgram },
        { path: "/bin/busybox", program: busyboxProgram },
        ...busyboxEntries("/bin"),
        ...broughtEntries(brings, "/usr/bin"),
        { path: "/tmp", mode: 0o1777 },
        { path: "/root", mode: 0o700 },
      ]
