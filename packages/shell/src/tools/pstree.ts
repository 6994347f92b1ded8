/** pstree: processes as a tree. As psmisc 23.7. */
import { commandName, Accounts, type ProcessInfo } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions } from "./reading.ts"

const DEPTH = 60

export const pstree = defineTool({
  name: "pstree",
  busybox: true,
  version: "(PSmisc) 23.7",
  summary: "display a tree of processes",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "apuchlnsASUGtTgZ", valued: "HN" })
    if (problem) {
      yield* process.error(
        `pstree: ${problem}\nUsage: pstree [-acglpsStTuZ] [ -h | -H PID ] [ -n | -N type ]\n              [ -A | -G | -U ] [ PID | USER ]\n`,
      )
      return 1
    }
    const accounts = new Accounts(process.files)
    const list = process.processes().filter((one) => one.argv.length > 0)
    if (process.charge(list.length)) yield* process.yield()
    const ascii = flags.has("A") || !/utf-?8/i.test(process.env.get("LC_ALL") ?? process.env.get("LANG") ?? "")
    const marks = ascii
      ? { only: "---", first: "-+-", more: " |-", last: " `-", down: " | " }
      : { only: "───", first: "─┬─", more: " ├─", last: " └─", down: " │ " }
    const name = (one: ProcessInfo, parent: ProcessInfo | undefined) => {
      const user = flags.has("u") && parent && one.credentials.uid !== parent.credentials.uid ? accounts.userName(one.credentials.uid) : ""
      const inner = [
        ...(flags.has("p") ? [String(one.pid)] : []),
        ...(flags.has("g") ? [String(one.processGroup)] : []),
        ...(user === "" ? [] : [user]),
      ]
      const told = flags.has("a")
        ? `${commandName(one)}${flags.has("p") ? `,${one.pid}` : ""}${one.argv.length > 1 ? ` ${one.argv.slice(1).join(" ")}` : ""}`
        : ""
      return flags.has("a") ? told : `${commandName(one)}${inner.length > 0 ? `(${inner.join(",")})` : ""}`
    }
    const order = (a: ProcessInfo, b: ProcessInfo) =>
      flags.has("n") ? a.pid - b.pid : commandName(a) < commandName(b) ? -1 : commandName(a) > commandName(b) ? 1 : a.pid - b.pid
    const lines: string[] = []
    /** The tree under `one` as lines, without what stands before them. */
    const draw = (one: ProcessInfo, parent: ProcessInfo | undefined, depth: number): string[] => {
      const own = name(one, parent)
      const children = depth > DEPTH ? [] : list.filter((child) => child.ppid === one.pid && child.pid !== one.pid).sort(order)
      let trees = children.map((child) => draw(child, one, depth + 1))
      if (flags.has("a"))
        return [
          own,
          ...trees.flatMap((tree, at) =>
            tree.map((line, row) =>
              `  ${row === 0 ? (at === trees.length - 1 ? marks.last : marks.more).slice(1) : at === trees.length - 1 ? "  " : marks.down.slice(1)}${line}`.replace(
                /^ {2}/,
                row === 0 ? "  " : "  ",
              ),
            ),
          ),
        ]
      // Equal trees are drawn once, with how many there are.
      if (!flags.has("c") && !flags.has("p")) {
        const counts = new Map<string, number>()
        for (const tree of trees) counts.set(tree.join("\n"), (counts.get(tree.join("\n")) ?? 0) + 1)
        trees = [...counts].map(([text, count]) => {
          const rows = text.split("\n")
          return count > 1
            ? rows.length === 1
              ? [`${count}*[${rows[0]}]`]
              : [
                  `${count}*[${rows[0]}`,
                  ...rows.slice(1, -1).map((row) => ` ${" ".repeat(String(count).length + 1)}${row}`),
                  ` ${" ".repeat(String(count).length + 1)}${rows.at(-1)}]`,
                ]
            : rows
        })
      }
      if (trees.length === 0) return [own]
      const pad = " ".repeat([...own].length)
      return trees.flatMap((tree, at) => {
        const last = at === trees.length - 1
        return tree.map((line, row) => {
          if (row === 0)
            return at === 0 ? own + (trees.length === 1 ? marks.only : marks.first) + line : pad + (last ? marks.last : marks.more) + line
          return pad + (last ? "   " : marks.down) + line
        })
      })
    }
    const [what] = words
    const roots =
      what === undefined
        ? list.filter(({ pid }) => pid === 1)
        : list.filter((one) => String(one.pid) === what || accounts.userName(one.credentials.uid) === what)
    if (what !== undefined && roots.length === 0) {
      yield* process.error(/^\d+$/.test(what) ? "" : `No such user name: ${what}\n`)
      return 1
    }
    const pids = new Set(roots.map(({ pid }) => pid))
    const tops = roots.filter(({ ppid }) => !pids.has(ppid))
    for (const one of what === undefined && tops.length === 0 ? list.filter(({ ppid }) => !list.some(({ pid }) => pid === ppid)) : tops)
      lines.push(...draw(one, undefined, 0))
    yield* process.print(lines.map((line) => `${line}\n`).join(""))
    return 0
  },
})
