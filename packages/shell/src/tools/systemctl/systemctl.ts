/** systemctl: units of the machine's systemd. */
import { signalNamed, type SimulatedMachine, SystemError, UnitError } from "@drydock/machine"
import { defineTool, type Tool } from "../../define-tool.ts"
import { parseOptions } from "../reading.ts"
import { change, CHANGES, edit } from "./changes.ts"
import { dependencyTree, list, timersText } from "./listing.ts"
import { properties, statusText, systemStatus } from "./status.ts"
import { withSuffix } from "./unit-names.ts"
import { unknownVerb } from "./verbs.ts"

export const systemctl = (machine: () => SimulatedMachine): Tool =>
  defineTool({
    name: "systemctl",
    version: "255 (255.4-1ubuntu8.11)",
    summary: "control the systemd system and service manager",
    *run(process, args) {
      const { flags, words, problem } = parseOptions(args, {
        letters: "lqafrT",
        valued: "tpnosHM",
        long: {
          "no-pager": "nopager",
          now: "now",
          quiet: "q",
          all: "a",
          full: "l",
          "type=": "t",
          "property=": "p",
          "lines=": "n",
          "output=": "o",
          force: "f",
          failed: "failed",
          "state=": "state",
          "no-legend": "nolegend",
          "no-block": "noblock",
          value: "value",
          system: "system",
          "signal=": "s",
          "preset-mode=": "preset",
          runtime: "runtime",
          "no-ask-password": "noask",
          reverse: "reverse",
          "drop-in=": "dropin",
          stdin: "stdin",
          user: "user",
          "host=": "H",
          "job-mode=": "job",
          "kill-whom=": "whom",
          plain: "plain",
        },
      })
      if (problem) {
        yield* process.error(`systemctl: ${problem}\n`)
        return 1
      }
      const [verb = "list-units", ...given] = words
      const { systemd } = machine()
      if (verb === "list-units" || verb === "list-unit-files") return yield* list(process, systemd, verb, flags, given)
      if (verb === "list-sockets" || verb === "list-jobs" || verb === "list-machines") {
        yield* process.print(verb === "list-jobs" ? "No jobs running.\n" : `0 ${verb.slice(5)} listed.\n`)
        return 0
      }
      if (verb === "list-timers") {
        yield* process.print(timersText(systemd, process.now()))
        return 0
      }
      if (verb === "get-default") {
        yield* process.print("multi-user.target\n")
        return 0
      }
      if (verb === "set-default") {
        yield* process.error(
          `Created symlink /etc/systemd/system/default.target → /usr/lib/systemd/system/${given[0] ?? "multi-user.target"}.\n`,
        )
        return 0
      }
      if (verb === "list-dependencies") {
        yield* process.print(dependencyTree(systemd, withSuffix(given[0] ?? "multi-user.target")))
        return 0
      }
      if (verb === "reboot") {
        machine().restart()
        return 0
      }
      if (["poweroff", "halt", "suspend", "rescue", "emergency"].includes(verb)) {
        yield* process.error(`Failed to ${verb === "halt" ? "halt" : verb} system via logind: this machine is kept running by its world\n`)
        return 1
      }
      if (verb === "show-environment") {
        yield* process.print("LANG=C.UTF-8\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n")
        return 0
      }
      if (verb === "status" && given.length === 0) {
        yield* process.print(systemStatus(process, machine()))
        return 0
      }
      if (verb === "daemon-reload" || verb === "daemon-reexec") {
        systemd.daemonReload()
        return 0
      }
      if (verb === "is-system-running") {
        const failed = systemd.units().some((unit) => systemd.state(unit).active === "failed")
        yield* process.print(failed ? "degraded\n" : "running\n")
        return failed ? 1 : 0
      }
      if (verb === "reset-failed" && given.length === 0) {
        systemd.resetFailed()
        return 0
      }
      if (given.length === 0 && verb !== "status") {
        yield* process.error(CHANGES.has(verb) || /^is-|^show$|^cat$|^edit$/.test(verb) ? "Too few arguments.\n" : unknownVerb(verb))
        return 1
      }
      if (CHANGES.has(verb) && process.credentials.uid !== 0) {
        yield* process.error(
          `Failed to ${verb} ${withSuffix(given[0])}: Access denied\nSee system logs and 'systemctl status ${withSuffix(given[0])}' for details.\n`,
        )
        return 4
      }
      let status = 0
      const units = given.length > 0 ? given : systemd.units().slice(0, 1)
      for (const [at, unit] of units.entries()) {
        const name = withSuffix(unit)
        const state = systemd.state(name)
        try {
          if (CHANGES.has(verb))
            status =
              (yield* change(
                process,
                systemd,
                verb,
                name,
                flags.has("now"),
                flags.has("q"),
                signalNamed(String(flags.get("s") ?? "TERM")),
              )) || status
          else if (verb === "status") {
            if (state.loaded === "not-found") {
              yield* process.error(`Unit ${name} could not be found.\n`)
              status = 4
            } else {
              yield* process.print(
                (at > 0 ? "\n" : "") + statusText(process, machine(), name, Number(flags.get("n") ?? 10), flags.has("l")),
              )
              if (state.active !== "active" && state.active !== "activating") status = 3
              if (state.active === "activating") status = 3
            }
          } else if (verb === "is-active" || verb === "is-failed") {
            if (!flags.has("q")) yield* process.print(`${state.active}\n`)
            const holds = verb === "is-active" ? state.active === "active" : state.active === "failed"
            if (!holds) status = verb === "is-active" ? (state.loaded === "not-found" ? 4 : 3) : 1
          } else if (verb === "is-enabled") {
            if (state.loaded === "not-found") yield* process.error(`Failed to get unit file state for ${name}: No such file or directory\n`)
            else if (!flags.has("q")) yield* process.print(`${state.enabled}\n`)
            if (state.enabled !== "enabled" && state.enabled !== "static") status = 1
          } else if (verb === "cat") {
            if (state.path === undefined) {
              yield* process.error(`No files found for ${name}.\n`)
              return 1
            }
            for (const [index, path] of [state.path, ...(state.dropIns ?? [])].entries())
              yield* process.print(`${index > 0 ? "\n" : ""}# ${path}\n${process.files.readText(path)}`)
          } else if (verb === "show") {
            const all = properties(process, name, state)
            const wanted = typeof flags.get("p") === "string" ? String(flags.get("p")).split(",") : Object.keys(all)
            yield* process.print(
              wanted
                .filter((one) => one in all)
                .map((one) => (flags.has("value") ? `${all[one]}\n` : `${one}=${all[one]}\n`))
                .join(""),
            )
          } else if (verb === "edit") status = yield* edit(process, systemd, name, flags.has("l"))
          else {
            yield* process.error(unknownVerb(verb))
            return 1
          }
        } catch (error) {
          if (!(error instanceof UnitError || error instanceof SystemError) || (error instanceof SystemError && error.code === "EPIPE"))
            throw error
          const ofFile = verb === "enable" || verb === "disable" || verb === "reenable" || verb === "mask"
          const message =
            error instanceof UnitError && error.reason === "not-found"
              ? ofFile
                ? `Unit file ${name} does not exist.`
                : verb === "stop"
                  ? `Unit ${name} not loaded.`
                  : error.message
              : error.message
          yield* process.error(`Failed to ${verb} ${ofFile ? "unit" : name}: ${message}\n`)
          status = ofFile ? 1 : 5
        }
      }
      return status
    },
  })
