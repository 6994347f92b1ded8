/** signal: handlers that run between two statements. */
import { SIGNALS, type Signal } from "@drydock/machine"
import { toCount } from "../objects/numbers.ts"
import { typeError, valueError } from "../objects/raise.ts"
import { exceptionClass } from "../objects/exceptions.ts"
import { Native, PyException, type Value } from "../objects/values.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { defineModule } from "./define-module.ts"

const named = (value: Value): Signal => {
  const number = toCount(value)
  const name = (Object.keys(SIGNALS) as Signal[]).find((one) => SIGNALS[one].number === number)
  if (name === undefined) throw valueError("signal number out of range")
  return name
}

const before = new WeakMap<Interpreter, Map<Signal, Value>>()

const install = (python: Interpreter, signal: Signal, handler: Value): Value => {
  let known = before.get(python)
  if (!known) before.set(python, (known = new Map()))
  const old = known.get(signal) ?? (signal === "SIGINT" ? python.modules.get("signal")?.attrs.map.get("default_int_handler") : 0) ?? 0
  known.set(signal, handler)
  python.handlers.delete(signal)
  if (typeof handler === "object" && handler !== null && !("value" in handler && typeof handler.value === "number")) {
    python.handlers.set(signal, handler)
    python.process.onSignal(signal, (one) => python.signalled(one))
  } else {
    const number = typeof handler === "number" ? handler : Number((handler as { value?: unknown } | null)?.value ?? Number.NaN)
    if (number !== 0 && number !== 1) throw typeError("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
    python.process.onSignal(signal, number === 1 ? "ignore" : "default")
  }
  return old
}

export const signal = defineModule({
  name: "signal",
  functions: {
    signal: ["signalnum, handler", (python, [number, handler]) => install(python, named(number), handler)],
    getsignal: ["signalnum", (python, [number]) => before.get(python)?.get(named(number)) ?? 0],
    pause: [
      "",
      function* (python) {
        yield* python.system(function* () {
          yield* python.process.wait({ queues: [] })
        })
        return null
      },
    ],
    raise_signal: [
      "signalnum",
      function* (python, [number]) {
        python.process.kill(python.process.pid, named(number))
        yield* python.process.yield()
        python.budget = 0
        yield* python.rest()
        return null
      },
    ],
    _alarm: ["seconds", () => 0],
    _number: ["name", (_, [name]) => SIGNALS[String(name) as Signal]?.number ?? null],
  },
  values: (python) => {
    python.signalValue = (one) => {
      const made = python.modules.get("signal")?.attrs.map.get(one)
      return made ?? SIGNALS[one].number
    }
    return {
      default_int_handler: new Native("default_int_handler", undefined, () => {
        throw interrupt()
      }),
    }
  },
  source: `
from enum import IntEnum as _IntEnum

class Signals(_IntEnum):
    SIGHUP = 1
    SIGINT = 2
    SIGQUIT = 3
    SIGILL = 4
    SIGTRAP = 5
    SIGABRT = 6
    SIGBUS = 7
    SIGFPE = 8
    SIGKILL = 9
    SIGUSR1 = 10
    SIGSEGV = 11
    SIGUSR2 = 12
    SIGPIPE = 13
    SIGALRM = 14
    SIGTERM = 15
    SIGCHLD = 17
    SIGCONT = 18
    SIGSTOP = 19
    SIGTSTP = 20
    SIGTTIN = 21
    SIGTTOU = 22
    SIGWINCH = 28

class Handlers(_IntEnum):
    SIG_DFL = 0
    SIG_IGN = 1

for _one in list(Signals) + list(Handlers):
    _set(_one.name, _one)

def alarm(seconds):
    return _alarm(seconds)

def strsignal(number):
    return {1: "Hangup", 2: "Interrupt", 9: "Killed", 15: "Terminated"}.get(int(number), f"Unknown signal {int(number)}")
`,
  prepare: (_, module) => {
    module.attrs.map.set(
      "_set",
      new Native("_set", "name, value", (__, [name, value]) => {
        module.attrs.map.set(String(name), value)
        return null
      }),
    )
  },
})

const interrupt = (): PyException => new PyException(exceptionClass("KeyboardInterrupt"), [])
