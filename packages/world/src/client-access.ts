/** What a component on a machine can do with its kubeconfig: reach the server, trust it, and be taken for who it is. */
import { type ClientAccess, readKubeconfig, type SimulatedCluster, validityProblem } from "@drydock/kubernetes"
import type { Files, SimulatedMachine } from "@drydock/machine"

const YEAR = 365 * 24 * 3_600_000

/** A client certificate is made anew between 70 and 90 per cent of its life. As client-go/util/certificate nextRotationDeadline. */
const ROTATED_AT = 0.8

const PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ETIMEDOUT: "i/o timeout",
}

export interface AccessOptions {
  cluster: SimulatedCluster
  machine: SimulatedMachine
  files: Files
  path: string
  /** When the client's certificate was made, ms since the epoch. */
  since: () => number
  /** Makes it anew while it is still good (rotateCertificates); default: nobody does. */
  rotate?: () => void
  /** The file that holds the certificate, where it is not the kubeconfig itself. */
  certificate?: string
  /** Of the machine's ordinary way to the API server. */
  reaches: () => boolean
  /** Whose files they are, as they were laid: another authority of the cluster since then is a stranger to them. */
  laidBy: () => SimulatedCluster["authority"]
}

/** As kubeadm wrote it: nothing is read, nothing is made. What the API server was given instead since then is the cluster's to tell. */
const asMade = ({ cluster, machine, since, reaches, rotate, laidBy }: AccessOptions): ClientAccess => {
  const { address, port } = cluster.options.apiServer
  /** What stands between it and the server's certificate. */
  const distrusted = () =>
    laidBy() === cluster.authority ? cluster.distrusts(machine.now()) : "x509: certificate signed by unknown authority"
  return {
    reaches: () => reaches() && distrusted() === undefined,
    trusted: () => {
      if (laidBy() !== cluster.authority) return false
      const age = machine.now() - since()
      if (rotate && age > ROTATED_AT * YEAR && age <= YEAR && cluster.serverNow() <= since() + YEAR) rotate()
      return cluster.trustsClients && cluster.serverNow() <= since() + YEAR
    },
    problem: (path = "") =>
      `Get "https://${address}:${port}${path}": ${distrusted() === undefined ? `dial tcp ${address}:${port}: ${reaches() ? "connect: connection refused" : "i/o timeout"}` : `tls: failed to verify certificate: ${distrusted()}`}`,
  }
}

/** A text says why there is none: the component ends with it. */
export const clientAccess = (options: AccessOptions): ClientAccess | string => {
  const { cluster, machine, files, path, certificate: apart } = options
  if (files.laidOut(path) && (apart === undefined || (files.exists(apart) && files.laidOut(apart)))) return asMade(options)
  const config = readKubeconfig(files.readText(path), path, (file) => (files.exists(file) ? files.readText(file) : undefined))
  if ("error" in config) return config.error
  const { host, port, server, certificate, authority } = config
  const { apiServer } = cluster.options
  const [address] = /^[\d.]+$/.test(host) ? [host] : (hostsOf(files).get(host) ?? [])
  const way = () => {
    if (address === undefined) return `dial tcp: lookup ${host}: no such host`
    const route = machine.network.route(address, port)
    if (route.kind === "error") return `dial tcp ${address}:${port}: ${PROBLEMS[route.error] ?? "connect: connection refused"}`
    if (port !== apiServer.port) return `dial tcp ${address}:${port}: connect: connection refused`
    const distrusted = cluster.distrusts(machine.now())
    if (distrusted !== undefined) return `tls: failed to verify certificate: ${distrusted}`
    if (authority?.trim() !== cluster.authority.certificate.trim())
      return "tls: failed to verify certificate: x509: certificate signed by unknown authority"
    return undefined
  }
  const identity = certificate === undefined ? undefined : cluster.authority.identify(certificate)
  return {
    reaches: () => way() === undefined,
    trusted: () =>
      cluster.trustsClients &&
      certificate !== undefined &&
      identity !== undefined &&
      validityProblem(certificate, cluster.serverNow()) === undefined,
    problem: (request = "") => `Get "${server}${request}": ${way() ?? "Unauthorized"}`,
    ...(identity && { user: { name: identity.name, groups: [...identity.groups, "system:authenticated"] } }),
  }
}

const hostsOf = (files: Files): ReadonlyMap<string, readonly string[]> =>
  new Map(
    (files.exists("/etc/hosts") ? files.readText("/etc/hosts") : "")
      .split("\n")
      .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
      .flatMap(([address, ...names]) => names.map((name) => [name, [address]] as const)),
  )
