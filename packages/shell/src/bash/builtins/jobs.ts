/** Builtins of job control: jobs, fg, bg, wait, disown. */
import type { Steps } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"
import { codeOf } from "../control-flow.ts"
import type { Job } from "../jobs.ts"
import { singleQuoted } from "../quoting.ts"
import { foreground, tellSignal, waitFor, WaitInterrupted } from "../processes.ts"
import type { Shell } from "../shell.ts"

function* waitForJob(shell: Shell, pids: readonly number[], command: string): Steps<number> {
  let status = 127
  for (const pid of pids) {
    const ended = yield* waitFor(shell, pid, false, true)
    if (ended) status = codeOf(ended)
    if (ended?.kind === "signaled" && ended.signal !== "SIGINT")
      yield* tellSignal(shell, ended.signal, ended.coreDumped, { pid, command, background: true })
  }
  return status
}

/** What a terminal is told of a job that was waited for. */
function* tellDone(shell: Shell, job: Job, status: number): Steps<void> {
  if (!shell.interactive || status > 128) return
  job.state = status === 0 ? "Done" : `Exit ${status}`
  yield* shell.process.error(`${shell.jobs.format(job)}\n`)
}

function* wait(shell: Shell, args: readonly string[]): Steps<number> {
  const specs: string[] = []
  let next = false
  let name: string | undefined
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (!/^-[fnp]/.test(word)) specs.push(word)
    else {
      if (word.includes("n")) next = true
      if (word.includes("p")) name = word.slice(word.indexOf("p") + 1) || args[++at]
    }
  }
  if (name !== undefined) shell.variables.unset(name)
  if (next) {
    for (;;) {
      const ended = (yield* shell.jobs.poll(shell.process)).find(
        (job) => specs.length === 0 || specs.some((spec) => spec === String(job.group) || shell.jobs.find(spec) === job),
      )
      if (ended) {
        if (name !== undefined) shell.variables.set(name, String(ended.group))
        shell.jobs.remove(ended)
        return ended.state === "Done" ? 0 : Number(/Exit (\d+)/.exec(ended.state)?.[1] ?? 1)
      }
      if (shell.jobs.list.length === 0) return 127
      yield* shell.process.sleep(20)
      yield* shell.tick()
      const trapped = shell.pendingSignals.find((signal) => shell.traps.has(signal))
      yield* shell.runTraps()
      if (trapped) throw new WaitInterrupted(trapped)
    }
  }
  if (specs.length === 0) {
    for (const job of [...shell.jobs.list]) {
      yield* tellDone(shell, job, yield* waitForJob(shell, job.pids, job.command))
      shell.jobs.remove(job)
    }
    return 0
  }
  let status = 0
  for (const spec of specs) {
    const job = shell.jobs.find(spec)
    const pid = Number(spec)
    if (!job && !Number.isInteger(pid)) {
      yield* shell.complain(spec.startsWith("%") ? `wait: ${spec}: no such job` : `wait: \`${spec}': not a pid or valid job spec`)
      status = spec.startsWith("%") ? 127 : 1
      continue
    }
    const known = job ? undefined : shell.jobs.endedStatus(pid)
    if (!job && !known) {
      yield* shell.complain(`wait: pid ${spec} is not a child of this shell`)
      status = 127
      continue
    }
    status = known ? codeOf(known) : yield* waitForJob(shell, job?.pids ?? [pid], job?.command ?? "")
    if (name !== undefined) shell.variables.set(name, String(job?.group ?? pid))
    if (job && spec.startsWith("%")) yield* tellDone(shell, job, status)
    if (job) shell.jobs.remove(job)
  }
  return status
}

function* withoutControl(shell: Shell, name: string): Steps<number> {
  yield* shell.complain(`${name}: no job control`)
  return 1
}

export const jobControl: readonly Builtin[] = [
  {
    name: "jobs",
    *run(shell, args) {
      const ended = yield* shell.jobs.poll(shell.process)
      const only = { r: "Running", s: "Stopped" }[/^-\w*([rs])/.exec(args.find((word) => /^-\w*[rs]/.test(word)) ?? "")?.[1] ?? ""]
      const specs = args.filter((word) => !word.startsWith("-"))
      if (args[0] === "-x") {
        const words = args.slice(1).map((word) => String((word.startsWith("%") ? shell.jobs.find(word)?.group : undefined) ?? word))
        return yield* shell.runText(words.map(singleQuoted).join(" "), shell.line)
      }
      for (const spec of specs)
        if (!shell.jobs.find(spec.startsWith("%") ? spec : `%${spec}`)) {
          yield* shell.complain(`jobs: ${spec}: no such job`)
          return 1
        }
      const asked = specs.map((spec) => shell.jobs.find(spec.startsWith("%") ? spec : `%${spec}`))
      for (const job of shell.jobs.list.filter((one) => (only ? one.state === only : true) && (asked.length === 0 || asked.includes(one))))
        yield* shell.process.print(args.includes("-p") ? `${job.group}\n` : `${shell.jobs.format(job, args.includes("-l"))}\n`)
      for (const job of ended) shell.jobs.remove(job)
      return 0
    },
  },
  {
    name: "fg",
    *run(shell, [spec = "%+"]) {
      if (!shell.options.monitor && !shell.dialect) return yield* withoutControl(shell, "fg")
      const job = shell.jobs.find(spec.startsWith("%") ? spec : `%${spec}`)
      if (!job) {
        yield* shell.complain(`fg: ${spec === "%+" ? "current" : spec}: no such job`)
        return 1
      }
      yield* shell.process.print(`${job.command}\n`)
      shell.jobs.remove(job)
      const { tty } = shell.process
      if (tty) tty.foregroundGroup = job.group
      if (job.state === "Stopped") shell.process.kill(-job.group, "SIGCONT")
      const statuses = yield* foreground(
        shell,
        job.pids.map((pid) => ({ pid })),
        job.group,
        job.command,
        job.id,
      )
      return statuses.at(-1) ?? 0
    },
  },
  {
    name: "bg",
    *run(shell, [spec = "%+"]) {
      if (!shell.options.monitor && !shell.dialect) return yield* withoutControl(shell, "bg")
      const job = shell.jobs.find(spec.startsWith("%") ? spec : `%${spec}`)
      if (!job) {
        yield* shell.complain(`bg: ${spec === "%+" ? "current" : spec}: no such job`)
        return 1
      }
      yield* shell.jobs.poll(shell.process)
      if (job.state === "Running") {
        yield* shell.complain(`bg: job ${job.id} already in background`)
        return 0
      }
      const mark = job === shell.jobs.current ? "+" : job === shell.jobs.previous ? "-" : " "
      job.state = "Running"
      yield* shell.process.print(`[${job.id}]${mark} ${job.command} &\n`)
      shell.process.kill(-job.group, "SIGCONT")
      return 0
    },
  },
  {
    name: "wait",
    *run(shell, args) {
      try {
        return yield* wait(shell, args)
      } catch (error) {
        if (!(error instanceof WaitInterrupted)) throw error
        return error.status
      }
    },
  },
  {
    name: "disown",
    *run(shell, args) {
      yield* shell.tick()
      const specs = args.filter((word) => !word.startsWith("-"))
      const running = args.some((word) => /^-\w*r/.test(word))
      // With -h a job stays in the list; nothing sends SIGHUP to it, as to no other here.
      if (args.some((word) => /^-\w*h/.test(word))) return 0
      if (specs.length === 0 && (running || args.some((word) => /^-\w*a/.test(word)))) {
        for (const job of [...shell.jobs.list]) if (!running || job.state === "Running") shell.jobs.remove(job)
        return 0
      }
      let status = 0
      for (const spec of specs.length > 0 ? specs : ["%+"]) {
        const job = shell.jobs.find(spec)
        if (job) shell.jobs.remove(job)
        else {
          yield* shell.complain(`disown: ${spec === "%+" ? "current" : spec}: no such job`)
          status = 1
        }
      }
      return status
    },
  },
  {
    name: "suspend",
    *run(shell) {
      if (!shell.options.monitor) {
        yield* shell.complain("suspend: cannot suspend: no job control")
        return 1
      }
      shell.process.kill(shell.process.pid, "SIGSTOP")
      yield* shell.process.yield()
      return 0
    },
  },
  {
    name: "times",
    *run(shell) {
      yield* shell.process.print("0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n")
      return 0
    },
  },
]
