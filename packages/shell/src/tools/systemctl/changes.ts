/** What systemctl does to units: start to reset-failed, and edit. */
import type { Process, Signal, Steps } from "@drydock/machine"
import { runCommand } from "../process-tools.ts"
import type { Systemd } from "./unit-names.ts"

/** Waits for what was begun; the exit code by how it ended. */
function* settle(process: Process, systemd: Systemd, verb: string, name: string): Steps<number> {
  for (
    let waited = 0;
    waited < 900 && ["deactivating", "activating"].includes(systemd.state(name).active) && systemd.state(name).sub !== "auto-restart";
    waited++
  )
    yield* process.sleep(100)
  const state = systemd.state(name)
  if (verb === "stop" || state.active === "active" || (state.active === "inactive" && state.result === "success")) return 0
  if (state.sub === "auto-restart") return 0
  yield* process.error(
    `Job for ${name} failed because the control process exited with error code.\nSee "systemctl status ${name}" and "journalctl -xeu ${name}" for details.\n`,
  )
  return 1
}

export function* change(
  process: Process,
  systemd: Systemd,
  verb: string,
  name: string,
  now: boolean,
  quiet: boolean,
  signal?: Signal,
): Steps<number> {
  switch (verb) {
    case "start":
    case "stop":
    case "restart":
      systemd[verb](name)
      return yield* settle(process, systemd, verb, name)
    case "try-restart":
    case "condrestart":
      if (systemd.state(name).active !== "active") return 0
      systemd.restart(name)
      return yield* settle(process, systemd, "restart", name)
    case "reload":
      if (systemd.reload(name)) return 0
      yield* process.error(`Failed to reload ${name}: Job type reload is not applicable for unit ${name}.\n`)
      return 1
    case "reload-or-restart":
      if (!systemd.reload(name)) systemd.restart(name)
      return yield* settle(process, systemd, "restart", name)
    case "enable":
    case "reenable":
      for (const { path, target } of systemd.enable(name)) if (!quiet) yield* process.error(`Created symlink ${path} → ${target}.\n`)
      if (!now) return 0
      systemd.start(name)
      return yield* settle(process, systemd, "start", name)
    case "disable":
      for (const path of systemd.disable(name)) if (!quiet) yield* process.error(`Removed "${path}".\n`)
      if (!now) return 0
      systemd.stop(name)
      return yield* settle(process, systemd, "stop", name)
    case "mask":
      systemd.mask(name)
      if (!quiet) yield* process.error(`Created symlink /etc/systemd/system/${name} → /dev/null.\n`)
      if (now) systemd.stop(name)
      return 0
    case "unmask":
      systemd.unmask(name)
      if (!quiet) yield* process.error(`Removed "/etc/systemd/system/${name}".\n`)
      return 0
    case "kill": {
      const { mainPid } = systemd.state(name)
      if (mainPid > 0) process.kill(mainPid, signal ?? "SIGTERM")
      return 0
    }
    default:
      systemd.resetFailed(name)
      return 0
  }
}

export const CHANGES = new Set([
  "start",
  "stop",
  "restart",
  "try-restart",
  "condrestart",
  "reload",
  "reload-or-restart",
  "enable",
  "reenable",
  "disable",
  "mask",
  "unmask",
  "kill",
  "reset-failed",
])

export function* edit(process: Process, systemd: Systemd, name: string, full: boolean): Steps<number> {
  const state = systemd.state(name)
  if (state.loaded === "not-found") {
    yield* process.error(`No files found for ${name}.\nRun 'systemctl edit --force --full ${name}' to create a new unit.\n`)
    return 1
  }
  const path = full ? `/etc/systemd/system/${name}` : `/etc/systemd/system/${name}.d/override.conf`
  process.files.mkdir(path.slice(0, path.lastIndexOf("/")), { parents: true })
  if (!process.files.exists(path)) process.files.write(path, full && state.path ? process.files.readText(state.path) : "")
  const editor = process.env.get("SYSTEMD_EDITOR") ?? process.env.get("EDITOR") ?? "vi"
  yield* runCommand(process, ["/bin/sh", "-c", `${editor} ${path}`], { tool: "systemctl" })
  const edited = process.files.exists(path) ? process.files.readText(path) : ""
  if (edited.trim() === "") {
    if (process.files.exists(path)) process.files.remove(path)
    yield* process.error(`${path}: after editing, new contents are empty, not writing file.\n`)
    return 1
  }
  systemd.daemonReload()
  yield* process.error(`Successfully installed edited file '${path}'.\n`)
  return 0
}
