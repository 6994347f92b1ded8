import { expect, test } from "vitest"
import { bareMachine } from "../bare-machine.ts"
import type { SimulatedMachine } from "../simulated-machine.ts"
import { parseTimeSpan, parseUnit } from "./unit-file.ts"

const unit = (lines: string, description = "The thing") =>
  `[Unit]\nDescription=${description}\n[Service]\n${lines}\n[Install]\nWantedBy=multi-user.target\n`

const prepare = () => {
  const { sim, machine } = bareMachine()
  machine.files.install("/usr/bin/daemon", function* (process) {
    yield* process.print(`up ${process.argv.slice(1).join(" ")} ${process.credentials.uid} ${process.cwd} ${process.env.get("A") ?? "-"}\n`)
    for (;;) {
      yield* process.sleep(1_000)
      if (process.files.exists("/tmp/fail")) return Number(process.files.readText("/tmp/fail"))
    }
  })
  machine.files.install("/usr/bin/true", function* () {
    return 0
  })
  machine.files.install("/usr/bin/false", function* () {
    return 1
  })
  machine.files.install("/usr/bin/stubborn", function* (process) {
    process.onSignal("SIGTERM", "ignore")
    yield* process.sleep(1e9)
    return 0
  })
  const run = (ms: number) => sim.run({ until: sim.now() + ms })
  const write = (name: string, text: string) => machine.files.write(`/etc/systemd/system/${name}`, text)
  return { sim, machine, run, write }
}
const log = (machine: SimulatedMachine) => machine.journal.entries.map(({ identifier, message }) => `${identifier}: ${message}`)
const brief = (machine: SimulatedMachine, name: string) => {
  const { active, sub, result } = machine.systemd.state(name)
  return `${active} ${sub} ${result}`
}

test("a service starts, says so, writes to the journal and stops", () => {
  const { machine, run, write } = prepare()
  machine.files.mkdir("/etc/systemd/system", { parents: true })
  machine.files.write("/etc/default-thing", "# c\nA=from file\n")
  write("thing.service", unit('ExecStart=/usr/bin/daemon "one two" ${A} $NONE\nEnvironment=A=x\nUser=alice\nWorkingDirectory=/tmp'))
  machine.systemd.start("thing")
  run(10)
  expect(machine.systemd.state("thing")).toMatchObject({ active: "active", sub: "running", loaded: "loaded", enabled: "disabled" })
  machine.systemd.stop("thing")
  run(10)
  expect(brief(machine, "thing")).toBe("inactive dead success")
  expect(log(machine)).toEqual([
    "systemd: Started thing.service - The thing.",
    "daemon: up one two x 1000 /tmp x",
    "systemd: Stopping thing.service - The thing...",
    "systemd: thing.service: Deactivated successfully.",
    "systemd: Stopped thing.service - The thing.",
  ])
})

test("Restart=always with RestartSec: counted, worded, and back up", () => {
  const { machine, run, write } = prepare()
  machine.files.mkdir("/etc/systemd/system", { parents: true })
  write(
    "kubelet.service",
    unit("ExecStart=/usr/bin/daemon\nRestart=always\nRestartSec=10", "kubelet: The Kubernetes Node Agent").replace(
      "[Service]",
      "StartLimitInterval=0\n[Service]",
    ),
  )
  machine.systemd.start("kubelet")
  run(10)
  machine.files.write("/tmp/fail", "1")
  run(1_000)
  expect(brief(machine, "kubelet")).toBe("activating auto-restart exit-code")
  run(9_000)
  expect(brief(machine, "kubelet")).toBe("activating auto-restart exit-code")
  machine.files.remove("/tmp/fail")
  run(2_000)
  expect(brief(machine, "kubelet")).toBe("active running success")
  machine.kill(machine.systemd.state("kubelet").mainPid, "SIGKILL")
  run(10_500)
  expect(machine.systemd.state("kubelet").restarts).toBe(2)
  expect(log(machine).filter((line) => line.startsWith("systemd"))).toEqual([
    "systemd: Started kubelet.service - kubelet: The Kubernetes Node Agent.",
    "systemd: kubelet.service: Main process exited, code=exited, status=1/FAILURE",
    "systemd: kubelet.service: Failed with result 'exit-code'.",
    "systemd: kubelet.service: Scheduled restart job, restart counter is at 1.",
    "systemd: Started kubelet.service - kubelet: The Kubernetes Node Agent.",
    "systemd: kubelet.service: Main process exited, code=killed, status=9/KILL",
    "systemd: kubelet.service: Failed with result 'signal'.",
    "systemd: kubelet.service: Scheduled restart job, restart counter is at 2.",
    "systemd: Started kubelet.service - kubelet: The Kubernetes Node Agent.",
  ])
})

test("restarts that come too fast end in failure; so does a missing program", () => {
  const { machine, run, write } = prepare()
  machine.files.mkdir("/etc/systemd/system", { parents: true })
  write("loop.service", unit("ExecStart=/usr/bin/false\nRestart=on-failure"))
  write("gone.service", unit("ExecStart=/usr/bin/gone"))
  machine.systemd.start("loop")
  run(5_000)
  machine.systemd.start("gone")
  expect([brief(machine, "loop"), brief(machine, "gone")]).toEqual(["failed failed exit-code", "failed failed exit-code"])
  expect(log(machine).slice(-7)).toEqual([
    "systemd: loop.service: Start request repeated too quickly.",
    "systemd: loop.service: Failed with result 'exit-code'.",
    "systemd: Failed to start loop.service - The thing.",
    "systemd: gone.service: Unable to locate executable '/usr/bin/gone': No such file or directory",
    "systemd: gone.service: Failed at step EXEC spawning /usr/bin/gone: No such file or directory",
    "systemd: gone.service: Main process exited, code=exited, status=203/EXEC",
    "systemd: gone.service: Failed with result 'exit-code'.",
  ])
  machine.systemd.resetFailed("loop")
  expect(brief(machine, "loop")).toBe("inactive dead success")
})

test("oneshot, ExecStartPre, and what a stop that is not heeded costs", () => {
  const { machine, run, write } = prepare()
  machine.files.mkdir("/etc/systemd/system", { parents: true })
  write("once.service", unit("Type=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/true\nExecStart=/usr/bin/true"))
  write("pre.service", unit("ExecStartPre=/usr/bin/false\nExecStart=/usr/bin/daemon"))
  write("lax.service", unit("ExecStartPre=-/usr/bin/false\nExecStart=/usr/bin/daemon"))
  write("stubborn.service", unit("ExecStart=/usr/bin/stubborn\nTimeoutStopSec=5s"))
  for (const name of ["once", "pre", "lax", "stubborn"]) machine.systemd.start(name)
  run(10)
  expect(["once", "pre", "lax"].map((name) => brief(machine, name))).toEqual([
    "active exited success",
    "failed failed exit-code",
    "active running success",
  ])
  machine.systemd.restart("stubborn")
  run(4_900)
  expect(brief(machine, "stubborn")).toBe("deactivating stop-sigterm success")
  run(200)
  expect(brief(machine, "stubborn")).toBe("active running success")
  expect(log(machine).filter((line) => line.includes("stubborn"))).toEqual([
    "systemd: Started stubborn.service - The thing.",
    "systemd: Stopping stubborn.service - The thing...",
    "systemd: stubborn.service: State 'stop-sigterm' timed out. Killing.",
    expect.stringMatching(/^systemd: stubborn.service: Killing process \d+ \(stubborn\) with signal SIGKILL.$/),
    "systemd: stubborn.service: Main process exited, code=killed, status=9/KILL",
    "systemd: stubborn.service: Failed with result 'timeout'.",
    "systemd: Stopped stubborn.service - The thing.",
    "systemd: Started stubborn.service - The thing.",
  ])
})

test("changes on disk wait for daemon-reload; drop-ins go over the file; an empty value clears", () => {
  const { machine, run, write } = prepare()
  machine.files.mkdir("/etc/systemd/system/thing.service.d", { parents: true })
  machine.files.mkdir("/usr/lib/systemd/system", { parents: true })
  machine.files.write("/usr/lib/systemd/system/thing.service", unit("ExecStart=/usr/bin/daemon old"))
  expect(machine.systemd.state("thing").needsReload).toBe(false)
  write("thing.service.d/10-args.conf", "[Service]\nExecStart=\nExecStart=/usr/bin/daemon new\n")
  expect(machine.systemd.state("thing").needsReload).toBe(true)
  machine.systemd.start("thing")
  run(10)
  machine.systemd.daemonReload()
  machine.systemd.restart("thing")
  run(10)
  expect(log(machine).filter((line) => line.startsWith("daemon"))).toEqual(["daemon: up old 0 / -", "daemon: up new 0 / -"])
  expect(machine.systemd.state("thing")).toMatchObject({
    needsReload: false,
    path: "/usr/lib/systemd/system/thing.service",
    dropIns: ["/etc/systemd/system/thing.service.d/10-args.conf"],
  })
})

test("enable, disable and mask are links; unknown and masked units are refused", () => {
  const { machine, write } = prepare()
  machine.files.mkdir("/usr/lib/systemd/system", { parents: true })
  machine.files.mkdir("/etc/systemd/system", { parents: true })
  machine.files.write("/usr/lib/systemd/system/thing.service", unit("ExecStart=/usr/bin/daemon"))
  write("static.service", "[Service]\nExecStart=/usr/bin/daemon\n")
  const link = "/etc/systemd/system/multi-user.target.wants/thing.service"
  expect(machine.systemd.enable("thing")).toEqual([{ path: link, target: "/usr/lib/systemd/system/thing.service" }])
  expect(machine.systemd.enable("thing")).toEqual([])
  expect([machine.systemd.state("thing").enabled, machine.systemd.state("static").enabled]).toEqual(["enabled", "static"])
  expect(machine.systemd.disable("thing")).toEqual([link])
  expect(machine.systemd.state("thing").enabled).toBe("disabled")
  machine.systemd.mask("thing")
  expect(machine.systemd.state("thing")).toMatchObject({ enabled: "masked", loaded: "masked" })
  expect(() => machine.systemd.start("thing")).toThrow("Unit thing.service is masked.")
  expect(() => machine.systemd.start("none")).toThrow("Unit none.service not found.")
  machine.systemd.unmask("thing")
  expect(machine.systemd.state("thing").loaded).toBe("loaded")
})

test("boot starts what is enabled, in order; power off ends all and starts nothing again", () => {
  const { machine, run, write } = prepare()
  machine.files.mkdir("/etc/systemd/system", { parents: true })
  write(
    "a.service",
    unit("ExecStart=/usr/bin/daemon a\nRestart=always").replace("[Service]", "After=b.service\nWants=c.service\n[Service]"),
  )
  write("b.service", unit("ExecStart=/usr/bin/daemon b"))
  write("c.service", "[Unit]\nBefore=a.service\n[Service]\nExecStart=/usr/bin/daemon c\n")
  for (const name of ["a", "b"]) machine.systemd.enable(name)
  machine.boot()
  run(10)
  const started = () => log(machine).filter((line) => line.startsWith("systemd: Started")).length
  expect(machine.processes().map(({ argv }) => argv[1])).toEqual(["c", "b", "a"])
  machine.halt()
  expect([machine.processes(), machine.network.up]).toEqual([[], false])
  run(10_000)
  expect(started()).toBe(3)
  machine.boot()
  run(1_000)
  expect(started()).toBe(6)
  expect(machine.files.readText("/proc/uptime")).toBe("1.00 1.94\n")
})

test("unit files: sections, comments, continued lines, spans of time", () => {
  expect([...parseUnit(["[A]\nx = 1 \\\n 2\n# c\n; d\ny=\n[B]\nx=3", "[A]\nx=4"]).values]).toEqual([
    ["A.x", ["1   2", "4"]],
    ["A.y", []],
    ["B.x", ["3"]],
  ])
  expect(["10", "10s", "1min 30s", "500ms", "2h", "infinity", undefined].map((text) => parseTimeSpan(text, 7))).toEqual([
    10_000,
    10_000,
    90_000,
    500,
    7_200_000,
    Number.POSITIVE_INFINITY,
    7,
  ])
})
