import { expect, test } from "vitest"
import { BARE_LAYER, addMachine, bareMachine, startOn } from "../bare-machine.ts"
import { MountNamespace } from "../files/mounts.ts"
import { FilesView, ROOT_VIEWER } from "../files/view.ts"
import type { SystemError } from "../kernel/errno.ts"
import type { Program } from "../kernel/process.ts"
import { candidates, parseResolvConf } from "./resolver.ts"

const resolve = (...names: string[]): Program =>
  function* (process) {
    for (const name of names)
      try {
        yield* process.print(`${(yield* process.network.lookup(name)).map(({ value }) => value).join(",")};`)
      } catch (error) {
        yield* process.print(`${(error as SystemError).code};`)
      }
    return 0
  }

test("names come from /etc/hosts, then from the servers, with the search list by ndots", () => {
  const world = bareMachine()
  const { sim, machine } = world
  const asked: string[] = []
  const dns = addMachine(world, "dns", "10.0.0.53")
  dns.network.listen(53, { protocol: "udp" })
  dns.network.serveDns(({ name, type }) => {
    asked.push(name)
    return name === "web.default.svc.cluster.local" && type === "A" ? [{ name, type, value: "10.96.0.7", ttl: 30 }] : "NXDOMAIN"
  })
  machine.files.write("/etc/hosts", "127.0.0.1 localhost\n10.1.1.1 here here.lan # note\n")
  machine.files.write("/etc/resolv.conf", "nameserver 10.0.0.53\nsearch default.svc.cluster.local svc.cluster.local\noptions ndots:5\n")
  const ran = startOn(machine, resolve("here.lan", "web", "web.default", "none.", "10.2.3.4"))
  sim.run({ until: sim.now() + 100 })
  expect(ran.stdout).toBe("10.1.1.1;10.96.0.7;10.96.0.7;;10.2.3.4;")
  expect(asked).toEqual(["web.default.svc.cluster.local", "web.default.default.svc.cluster.local", "web.default.svc.cluster.local", "none"])
})

test("a silent server costs its time-outs, and a container has its own resolv.conf", () => {
  const world = bareMachine()
  const { sim, machine } = world
  const dns = addMachine(world, "dns", "10.0.0.53")
  dns.network.listen(53, { protocol: "udp" })
  dns.network.serveDns(({ name }) => [{ name, type: "A", value: "1.2.3.4", ttl: 1 }])
  machine.files.write("/etc/resolv.conf", "nameserver 10.0.0.99\n")
  const root = new FilesView(
    new MountNamespace(machine.createVolume({ device: "overlay", type: "overlay", layer: BARE_LAYER })),
    ROOT_VIEWER,
  )
  root.write("/etc/resolv.conf", "nameserver 10.0.0.53\n")
  const network = machine.createNetwork({
    name: "pod",
    interfaces: [{ name: "eth0", address: "10.244.0.5", prefix: 24, mac: "", up: true }],
  })
  const pod = machine.createNamespaces({ hostname: "pod", files: root, network })
  const outside = startOn(machine, resolve("x"))
  const inside = startOn(machine, resolve("x"), { namespaces: pod })
  sim.run({ until: sim.now() + 60_000 })
  expect([outside.stdout, Math.floor(outside.took ?? 0), inside.stdout]).toEqual(["ETIMEDOUT;", 10_000, "1.2.3.4;"])
})

test("resolv.conf as resolv.conf(5) has it", () => {
  const parsed = parseResolvConf(
    "# c\nnameserver 1.1.1.1\nnameserver 2.2.2.2\nnameserver 3.3.3.3\nnameserver 4.4.4.4\nsearch a b\noptions timeout:2 ndots:2\n",
  )
  expect(parsed).toEqual({ servers: ["1.1.1.1", "2.2.2.2", "3.3.3.3"], search: ["a", "b"], ndots: 2 })
  expect(candidates("x", parsed)).toEqual(["x.a", "x.b", "x"])
  expect(candidates("x.y.z", parsed)).toEqual(["x.y.z", "x.y.z.a", "x.y.z.b"])
})

test("a node's rules act on what its pods send and on what reaches its own address", () => {
  const world = bareMachine()
  const { sim, machine } = world
  const other = addMachine(world, "two", "10.0.0.2")
  const pod = other.createNetwork({ name: "pod", interfaces: [{ name: "eth0", address: "10.244.1.5", prefix: 24, mac: "", up: true }] })
  pod.serve(8080, ({ remoteAddress }) => ({ status: 200, headers: {}, body: `pod for ${remoteAddress}` }))
  for (const node of [machine, other])
    node.network.translation = ({ address, port }) =>
      (address === "10.96.0.1" && port === 80) || (port === 30080 && (address === node.network.address || address === "127.0.0.1"))
        ? { address: "10.244.1.5", port: 8080 }
        : undefined
  other.network.policy = ({ from }) => from !== "10.244.0.9"
  const client = machine.createNetwork({ name: "c", interfaces: [{ name: "eth0", address: "10.244.0.8", prefix: 24, mac: "", up: true }] })
  const banned = machine.createNetwork({ name: "b", interfaces: [{ name: "eth0", address: "10.244.0.9", prefix: 24, mac: "", up: true }] })
  const results: string[] = []
  for (const [from, address, port] of [
    [client, "10.96.0.1", 80],
    [client, "10.244.1.5", 8080],
    [machine.network, "10.0.0.2", 30080],
    [machine.network, "127.0.0.1", 30080],
    [banned, "10.96.0.1", 80],
  ] as const)
    from.exchange(address, port, { method: "GET", path: "/", headers: {} }, { timeout: 1_000 }, (result) =>
      results.push("error" in result ? result.error : String(result.body)),
    )
  sim.run({ until: sim.now() + 2_000 })
  expect(results).toEqual(["pod for 10.244.0.8", "pod for 10.244.0.8", "pod for 10.0.0.1", "pod for 10.0.0.1", "ETIMEDOUT"])
})
