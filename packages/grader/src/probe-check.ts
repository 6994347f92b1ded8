/** kind: script and http. Checks that act in the world: started after something happened, at most once a virtual second. */
import { bodyText, type Process, type Steps, SystemError, TlsError } from "@drydock/machine"
import type { TraceEvent } from "@drydock/kubernetes/ports"
import type { World } from "@drydock/world"
import type { GradedCheck } from "./contract.ts"
import type { CheckContext, LiveCheck, ObjectChange, Observed } from "./live-check.ts"
import { shorten } from "./seen.ts"

type Script = Extract<GradedCheck, { kind: "script" }>
type Http = Extract<GradedCheck, { kind: "http" }>

/** Virtual ms between two starts, and that one may take. */
const APART = 1_000
const TIMEOUT = 20_000
/** What a change leads to may come a little later (addresses, rules, processes): a failed look is repeated after these, virtual ms. */
const AGAIN = [1_000, 3_000]
/** Heartbeats and reports: nobody's check waits for them. */
const NOISE: readonly string[] = ["Lease", "Event"]

const probe = (
  { world }: CheckContext,
  reads: readonly string[] | undefined,
  start: (done: (observed: Observed) => void) => void,
): LiveCheck => {
  let observed: Observed = { passed: false }
  let notBefore = 0
  let running = false
  let wanted = false
  let repeats = 0
  let stopped = false
  const look = (later: () => void) => {
    if (running) {
      wanted = true
      return
    }
    running = true
    wanted = false
    notBefore = world.sim.now() + APART
    start((result) => {
      running = false
      if (stopped) return
      observed = result
      later()
      if (wanted) world.sim.scheduleBackground(Math.max(0, notBefore - world.sim.now()), () => again(later))
      else if (!result.passed && repeats < AGAIN.length) world.sim.scheduleBackground(AGAIN[repeats++], () => again(later))
    })
  }
  const again = (later: () => void) => {
    if (!stopped && !running && world.sim.now() >= notBefore) look(later)
  }
  const wake = (yes: boolean) => {
    if (yes) repeats = 0
    return yes
  }
  return {
    get observed() {
      return observed
    },
    get notBefore() {
      return notBefore
    },
    get busy() {
      return running || wanted
    },
    changed: ({ kind }: ObjectChange) => wake(reads ? reads.includes(kind) : !NOISE.includes(kind)),
    happened: (event: TraceEvent) => wake(!reads && event.from === "shell" && event.verb === "command"),
    look,
    stop() {
      stopped = true
    },
  }
}

export const scriptCheck = (check: Script, context: CheckContext): LiveCheck =>
  probe(context, check.reads, (done) => {
    const { world } = context
    if (check.machine !== undefined && !world.machines.has(check.machine)) {
      done({ passed: false, seen: `there is no machine ${check.machine}` })
      return
    }
    world.script({ ...(check.machine && { machine: check.machine }), script: check.script, timeout: TIMEOUT }, (result) => {
      const last = result.stdout.trimEnd().split("\n").at(-1) ?? ""
      const seen = result.timedOut ? "no answer in time" : shorten(last)
      done({ passed: result.exit === 0, ...(seen !== "" && { seen }) })
    })
  })

const TEXTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ETIMEDOUT: "no answer in time",
  EHOSTUNREACH: "no route to the host",
}

export const httpCheck = (check: Http, context: CheckContext): LiveCheck =>
  probe(context, undefined, (done) => {
    const { world } = context
    const machine = world.machines.get(check.machine ?? firstMachine(world))
    const [, scheme, host, port, path] = /^(https?):\/\/([^/:?\s]+)(?::(\d{1,5}))?([/?].*)?$/.exec(check.url) ?? []
    if (!machine || host === undefined) {
      done({ passed: false, seen: machine ? `${check.url} is no address` : `there is no machine ${check.machine}` })
      return
    }
    let observed: Observed = { passed: false, seen: "no answer" }
    const ask = function* (process: Process): Steps<number> {
      try {
        const [record] = yield* process.network.lookup(host)
        if (!record) {
          observed = { passed: false, seen: `could not resolve host ${host}` }
          return 6
        }
        const answer = yield* process.network.request(
          record.value,
          Number(port ?? (scheme === "https" ? 443 : 80)),
          {
            method: "GET",
            path: path?.startsWith("/") ? path : `/${path ?? ""}`,
            headers: { host, "user-agent": "curl/8.5.0", accept: "*/*" },
          },
          { timeout: TIMEOUT / 4, ...(scheme === "https" && { tls: { name: host, insecure: true } }) },
        )
        const body = answer.body === undefined ? "" : bodyText(answer.body)
        const passed =
          (check.status === undefined ? answer.status < 400 : answer.status === check.status) &&
          (check.contains === undefined || body.includes(check.contains))
        observed = { passed, seen: shorten(`${answer.status} ${body}`) }
        return passed ? 0 : 22
      } catch (error) {
        if (!(error instanceof SystemError) && !(error instanceof TlsError)) throw error
        const code = error instanceof SystemError ? error.code : ""
        observed = { passed: false, seen: TEXTS[code] ?? error.message }
        return 7
      }
    }
    machine.start(ask, { argv: ["curl", check.url], onExit: () => done(observed) })
  })

const firstMachine = (world: World): string => [...world.machines.keys()][0]
