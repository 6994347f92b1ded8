/** busybox: many small tools in one file. */
import { type Process, type Program, type Steps, SystemError } from "@drydock/machine"
import { defineImage, type ImageOptions } from "./define-image.ts"

const BUSYBOX: Omit<ImageOptions, "tags"> = {
  repository: "busybox",
  aliases: ["registry.k8s.io/busybox", "k8s.gcr.io/busybox", "gcr.io/google_containers/busybox", "registry.k8s.io/e2e-test-images/busybox"],
  sizeBytes: 2_224_000,
  command: ["sh"],
  shell: "busybox",
  files: [
    { path: "/home", mode: 0o755 },
    { path: "/root", mode: 0o700 },
  ],
}

function* records(process: Process, name: string, type?: "PTR"): Steps<string[]> {
  try {
    return (yield* process.network.lookup(name, type)).map(({ value }) => value.replace(/\.$/, ""))
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return []
  }
}

/** "Address 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local" for each. */
function* addresses(process: Process, list: readonly string[]): Steps<string> {
  let text = ""
  for (const [at, address] of list.entries()) {
    const [name] = yield* records(process, address, "PTR")
    text += `Address ${at + 1}: ${address}${name ? ` ${name}` : ""}\n`
  }
  return text
}

/** nslookup as it was until busybox 1.29: it asks the C library, so search domains count, and tells each address's name. */
const nslookup: Program = function* (process) {
  const [, name, given] = process.argv
  if (name === undefined) {
    yield* process.error("Usage: nslookup [HOST] [SERVER]\n")
    return 1
  }
  const conf = process.files.exists("/etc/resolv.conf") ? process.files.readText("/etc/resolv.conf") : ""
  const server = given ?? /^nameserver\s+(\S+)/m.exec(conf)?.[1] ?? "127.0.0.1"
  yield* process.print(`Server:    ${server}\n${yield* addresses(process, [server])}\n`)
  const isAddress = /^\d+(\.\d+){3}$/.test(name)
  const found = isAddress ? [name] : yield* records(process, name)
  if (found.length === 0) {
    yield* process.error(`nslookup: can't resolve '${name}'\n`)
    return 1
  }
  yield* process.print(`Name:      ${name}\n${yield* addresses(process, found)}`)
  return 0
}

/** Before 1.29, for which lessons that look names up ask. */
export const oldBusybox = defineImage({
  ...BUSYBOX,
  tags: ["1.24*", "1.25*", "1.26*", "1.27*", "1.28*"],
  sizeBytes: 727_800,
  files: [...(BUSYBOX.files ?? []), { path: "/bin/nslookup", program: nslookup }],
})

export const busybox = defineImage({ ...BUSYBOX, tags: ["latest", "stable", "glibc", "musl", "1", "1.*"] })
