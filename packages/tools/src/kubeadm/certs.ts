/** kubeadm certs: how long certificates are good, and new ones in their place. As cmd/kubeadm/app/cmd/certs.go. */
import type { Process, Steps } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import { columns } from "../tables.ts"
import type { ClusterDoor } from "./door.ts"
import { fail } from "./fail.ts"

const DAY = 86_400_000
const YEAR = 365 * DAY

const CERTIFICATES: readonly [string, string][] = [
  ["admin.conf", "ca"],
  ["apiserver", "ca"],
  ["apiserver-etcd-client", "etcd-ca"],
  ["apiserver-kubelet-client", "ca"],
  ["controller-manager.conf", "ca"],
  ["etcd-healthcheck-client", "etcd-ca"],
  ["etcd-peer", "etcd-ca"],
  ["etcd-server", "etcd-ca"],
  ["front-proxy-client", "front-proxy-ca"],
  ["scheduler.conf", "ca"],
  ["super-admin.conf", "ca"],
]
const AUTHORITIES = ["ca", "etcd-ca", "front-proxy-ca"]

/** Path of what a certificate's name stands for. */
const pathOf = (name: string): string =>
  name.endsWith(".conf") ? `/etc/kubernetes/${name}` : `/etc/kubernetes/pki/${name.replace(/^etcd-/, "etcd/")}.crt`

/** "Jan 05, 2027 08:00 UTC" */
const dateText = (at: number): string => {
  const [, , day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) (\d+:\d+)/.exec(new Date(Math.floor(at)).toUTCString()) ?? []
  return `${month} ${day}, ${year} ${time} UTC`
}

export function* certs(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
  const [, action = "", which = ""] = args.words
  const { since } = door
  if (action === "renew") {
    const names = which === "all" ? CERTIFICATES.map(([name]) => name) : [which]
    if (!CERTIFICATES.some(([name]) => names.includes(name)))
      return yield* fail(process, `error: unknown command ${JSON.stringify(which)} for "kubeadm certs renew"`)
    yield* process.print(
      '[renew] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[renew] Use \'kubeadm init phase upload-config kubeadm --config your-config-file\' to re-upload it.\n\n',
    )
    for (const name of names) {
      for (const { path, content, mode } of door.made(name) ?? []) process.files.write(path, content(), { mode })
      const what = name.endsWith(".conf")
        ? `certificate embedded in the kubeconfig file ${name === "admin.conf" ? "for the admin to use and for kubeadm itself" : `for ${name.slice(0, -5)} to use`}`
        : `certificate for ${name}`
      yield* process.print(`${what} renewed\n`)
    }
    if (which === "all")
      yield* process.print(
        "\nDone renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.\n",
      )
    return 0
  }
  if (action === "certificate-key") {
    const key = Array.from({ length: 64 }, () => Math.floor(process.random() * 16).toString(16)).join("")
    yield* process.print(`${key}\n`)
    return 0
  }
  if (action !== "check-expiration") return yield* fail(process, `error: unknown command ${JSON.stringify(action)} for "kubeadm certs"`)
  const remaining = (at: number) => {
    const days = Math.floor((at - process.now()) / DAY)
    if (at < process.now()) return "<invalid>"
    return days >= 365 * 2 ? `${Math.floor(days / 365)}y` : `${days}d`
  }
  const rows = CERTIFICATES.map(([name, authority]) => {
    const path = pathOf(name)
    if (!process.files.exists(path)) return [`!MISSING! ${name}`, "", "", "", ""]
    const until = process.files.laidOut(path) ? since + YEAR : (door.validUntil(process.files.readText(path)) ?? since + YEAR)
    return [name, dateText(until), remaining(until), authority, "no"]
  })
  const owners = AUTHORITIES.map((name) => [name, dateText(since + 10 * YEAR), remaining(since + 10 * YEAR), "no"])
  yield* process.print(
    `[check-expiration] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[check-expiration] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n\n${columns([["CERTIFICATE", "EXPIRES", "RESIDUAL TIME", "CERTIFICATE AUTHORITY", "EXTERNALLY MANAGED"], ...rows], 10, 3)}\n${columns([["CERTIFICATE AUTHORITY", "EXPIRES", "RESIDUAL TIME", "EXTERNALLY MANAGED"], ...owners], 10, 3)}`,
  )
  return 0
}
