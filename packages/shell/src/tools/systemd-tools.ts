/** systemctl and journalctl. */
import type { SimulatedMachine } from "@drydock/machine"
import { defineTool, type Tool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { parseOptions, usageError } from "./reading.ts"

/** systemctl and journalctl talk to their machine's manager. */
export const serviceTools = (machine: () => SimulatedMachine): readonly Tool[] => [
  defineTool({
    name: "systemctl",
    summary: "control systemd",
    *run(process, args) {
      const { words } = parseOptions(args, {
        letters: "lqaf",
        valued: "tpn",
        long: { "no-pager": "l", now: "now", quiet: "q", all: "a", full: "l", "type=": "t", force: "f" },
      })
      const [command = "list-units", ...units] = words
      const { systemd, journal } = machine()
      const withSuffix = (unit: string) => (unit.includes(".") ? unit : `${unit}.service`)
      if (command === "daemon-reload") {
        systemd.daemonReload()
        return 0
      }
      let status = 0
      for (const unit of units) {
        const name = withSuffix(unit)
        const state = systemd.state(name)
        try {
          switch (command) {
            case "start":
            case "stop":
            case "restart":
              systemd[command](name)
              break
            case "enable":
            case "disable":
              systemd[command](name)
              if (args.includes("--now")) systemd[command === "enable" ? "start" : "stop"](name)
              break
            case "is-active":
              yield* process.print(`${state.active}\n`)
              if (state.active !== "active") status = 3
              break
            case "is-enabled":
              yield* process.print(`${state.enabled}\n`)
              if (state.enabled !== "enabled") status = 1
              break
            case "status": {
              if (state.loaded === "not-found") {
                yield* process.error(`Unit ${name} could not be found.\n`)
                status = 4
                break
              }
              const log = journal.entries
                .filter((entry) => entry.unit === name)
                .slice(-10)
                .map(
                  (entry) =>
                    `${formatDate("%b %d %H:%M:%S", entry.at)} ${process.hostname} ${entry.identifier}[${entry.pid}]: ${entry.message}\n`,
                )
                .join("")
              const mark = state.active === "active" ? "●" : state.active === "failed" ? "×" : "○"
              yield* process.print(
                `${mark} ${name}\n     Loaded: loaded (/usr/lib/systemd/system/${name}; ${state.enabled}; preset: enabled)\n     Active: ${state.active} (${state.sub}) since ${formatDate("%a %Y-%m-%d %H:%M:%S UTC", state.since)}\n${state.mainPid ? `   Main PID: ${state.mainPid} (${name.replace(/\.service$/, "")})\n` : ""}\n${log}`,
              )
              if (state.active !== "active") status = 3
              break
            }
            default:
              yield* process.error(`Unknown command verb '${command}'.\n`)
              return 1
          }
        } catch (error) {
          yield* process.error(`${(error as Error).message}\n`)
          status = 5
        }
      }
      // start and stop return when it is done.
      if (["start", "stop", "restart"].includes(command))
        for (
          let waited = 0;
          waited < 900 && units.some((unit) => ["deactivating", "activating"].includes(systemd.state(withSuffix(unit)).active));
          waited++
        )
          yield* process.sleep(100)
      return status
    },
  }),
  defineTool({
    name: "journalctl",
    summary: "print the journal",
    *run(process, args) {
      const { flags, words, problem } = parseOptions(args, {
        letters: "fexrkb",
        valued: "uno",
        long: { "no-pager": "x", "unit=": "u", "lines=": "n", follow: "f", "output=": "o", "since=": "since", "until=": "until" },
      })
      if (problem) return yield* usageError(process, "journalctl", problem)
      const { journal } = machine()
      const unit = flags.get("u")
      const name = typeof unit === "string" ? (unit.includes(".") ? unit : `${unit}.service`) : undefined
      const format = (entry: (typeof journal.entries)[number]) =>
        flags.get("o") === "cat"
          ? `${entry.message}\n`
          : `${formatDate("%b %d %H:%M:%S", entry.at)} ${process.hostname} ${entry.identifier}[${entry.pid}]: ${entry.message}\n`
      void words
      const wanted = (entry: (typeof journal.entries)[number]) => name === undefined || entry.unit === name
      const all = journal.entries.filter(wanted)
      const shown = flags.has("n") ? all.slice(-Number(flags.get("n"))) : flags.has("f") ? all.slice(-10) : all
      yield* process.print(shown.length > 0 ? shown.map(format).join("") : "-- No entries --\n")
      if (!flags.has("f")) return 0
      const pending: string[] = []
      const queue = process.queue()
      const stop = journal.follow((entry) => {
        if (!wanted(entry)) return
        pending.push(format(entry))
        queue.wake()
      })
      try {
        for (;;) {
          yield* process.print(pending.splice(0).join(""))
          yield* process.wait({ queues: [queue] })
        }
      } finally {
        stop()
      }
    },
  }),
]
