import { expect, test } from "vitest"
import { bareMachine, startOn } from "../bare-machine.ts"

test("/proc and /sys tell of the machine and of the process that asks, and nothing there can be changed", () => {
  const { sim, machine } = bareMachine()
  const ran = startOn(
    machine,
    function* (process) {
      const { files } = process
      const fd = yield* process.open("/etc/hostname", "r")
      for (const path of ["/proc/self/comm", "/proc/sys/kernel/hostname", "/proc/sys/net/ipv4/ip_forward", "/sys/class/net/eth0/operstate"])
        yield* process.print(files.readText(path))
      yield* process.print(
        `${files.readlink("/proc/self") === String(process.pid)} ${files.readlink(`/proc/self/fd/${fd}`)} ${files.readlink("/proc/self/cwd")}\n`,
      )
      yield* process.print(`${files.list("/sys/class/net").map(({ name }) => name)} ${files.exists("/proc/99999")}\n`)
      for (const change of [() => files.write("/proc/x", ""), () => files.write("/proc/version", ""), () => files.mkdir("/proc/d")])
        try {
          change()
        } catch (error) {
          yield* process.print(`${(error as Error).message}\n`)
        }
      return 0
    },
    { argv: ["/usr/bin/look"], cwd: "/tmp" },
  )
  sim.run({ until: sim.now() + 10 })
  expect(ran).toMatchObject({
    stderr: "",
    stdout:
      "look\none\n1\nup\ntrue /etc/hostname /tmp\neth0,lo false\nOperation not permitted\nRead-only file system\nOperation not permitted\n",
  })
})
