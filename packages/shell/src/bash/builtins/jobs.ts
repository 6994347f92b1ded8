/** Builtins of job control: jobs, fg, bg, wait, disown. */
import type { Steps } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"
import { codeOf } from "../control-flow.ts"
import { foreground, waitFor } from "../processes.ts"
import type { Shell } from "../shell.ts"

function* waitForJob(shell: Shell, pids: readonly number[]): Steps<number> {
  let status = 127
  for (const pid of pids) {
    const ended = yield* waitFor(shell, pid, false)
    if (ended) status = codeOf(ended)
  }
  return status
}

export const jobControl: readonly Builtin[] = [
  {
    name: "jobs",
    *run(shell, args) {
      const ended = yield* shell.jobs.poll(shell.process)
      for (const job of shell.jobs.list)
        yield* shell.process.print(args.includes("-p") ? `${job.group}\n` : `${shell.jobs.format(job, args.includes("-l"))}\n`)
      for (const job of ended) shell.jobs.remove(job)
      return 0
    },
  },
  {
    name: "fg",
    *run(shell, [spec = "%+"]) {
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
      )
      return statuses.at(-1) ?? 0
    },
  },
  {
    name: "bg",
    *run(shell, [spec = "%+"]) {
      const job = shell.jobs.find(spec.startsWith("%") ? spec : `%${spec}`)
      if (!job) {
        yield* shell.complain(`bg: ${spec === "%+" ? "current" : spec}: no such job`)
        return 1
      }
      job.state = "Running"
      yield* shell.process.print(`[${job.id}]+ ${job.command} &\n`)
      shell.process.kill(-job.group, "SIGCONT")
      return 0
    },
  },
  {
    name: "wait",
    *run(shell, args) {
      const specs = args.filter((word) => !word.startsWith("-"))
      if (args.includes("-n")) {
        for (;;) {
          const [ended] = yield* shell.jobs.poll(shell.process)
          if (ended) {
            shell.jobs.remove(ended)
            return ended.state === "Done" ? 0 : Number(/Exit (\d+)/.exec(ended.state)?.[1] ?? 1)
          }
          if (shell.jobs.list.length === 0) return 127
          yield* shell.process.sleep(20)
        }
      }
      if (specs.length === 0) {
        for (const job of [...shell.jobs.list]) {
          yield* waitForJob(shell, job.pids)
          shell.jobs.remove(job)
        }
        return 0
      }
      let status = 0
      for (const spec of specs) {
        const job = shell.jobs.find(spec)
        const pid = Number(spec)
        if (!job && !Number.isInteger(pid)) {
          yield* shell.complain(`wait: ${spec}: no such job`)
          status = 127
          continue
        }
        const known = job ? undefined : shell.jobs.endedStatus(pid)
        if (!job && !known) {
          yield* shell.complain(`wait: pid ${spec} is not a child of this shell`)
          status = 127
          continue
        }
        status = known ? codeOf(known) : yield* waitForJob(shell, job?.pids ?? [pid])
        if (job) shell.jobs.remove(job)
      }
      return status
    },
  },
  {
    name: "disown",
    *run(shell, [spec = "%+"]) {
      yield* shell.tick()
      const job = shell.jobs.find(spec)
      if (job) shell.jobs.remove(job)
      return job ? 0 : 1
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
