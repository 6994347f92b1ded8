/** Scripts run by bash outside any terminal, and what they printed. */
import { type ExitStatus, SIGNALS, type SimulatedMachine, type Started } from "@drydock/machine"
import type { Timer } from "@drydock/sim"
import type { ScriptResult, World } from "./contract.ts"
import { loginOf } from "./login.ts"

/** Of each stream, in UTF-16 units; what comes after is dropped. */
const OUTPUT_KEPT = 4 * 1024 * 1024
/** As timeout(1) exits. */
export const TIMED_OUT = 124

export const codeOf = (status: ExitStatus): number =>
  status.kind === "exited" ? status.code : status.kind === "signaled" ? 128 + SIGNALS[status.signal].number : 0

/** Gathers both streams of a process as text. */
export const gatherer = () => {
  const output = { stdout: "", stderr: "" }
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  const take = (stream: "stdout" | "stderr") => (data: Uint8Array) => {
    if (output[stream].length < OUTPUT_KEPT) output[stream] += decoders[stream].decode(data, { stream: true })
  }
  return { stdout: take("stdout"), stderr: take("stderr"), result: () => ({ ...output }) }
}

export const runScript = (
  machine: SimulatedMachine,
  options: Parameters<World["script"]>[0],
  done: (result: ScriptResult) => void,
): void => {
  const { sim } = machine
  const begun = sim.now()
  const gathered = gatherer()
  let timedOut = false
  let limit: Timer | undefined
  let interrupt: Timer | undefined
  const { env, credentials, home } = loginOf(machine, options.user)
  const started: Started = machine.start("/usr/bin/bash", {
    argv: ["bash", "-c", options.script],
    env,
    credentials,
    cwd: options.directory ?? home,
    stdin: options.stdin ?? "",
    onStdout: gathered.stdout,
    onStderr: gathered.stderr,
    onExit: (status) => {
      sim.cancel(limit)
      sim.cancel(interrupt)
      done({ ...gathered.result(), exit: timedOut ? TIMED_OUT : codeOf(status), timedOut, took: sim.now() - begun })
    },
  })
  const signalAll = (signal: "SIGINT" | "SIGKILL") => {
    for (const one of machine.processes()) if (one.session === started.process.session) machine.kill(one.pid, signal)
  }
  if (options.timeout !== undefined)
    limit = sim.schedule(options.timeout, () => {
      timedOut = true
      signalAll("SIGKILL")
    })
  if (options.interruptAfter !== undefined) interrupt = sim.schedule(options.interruptAfter, () => signalAll("SIGINT"))
}
