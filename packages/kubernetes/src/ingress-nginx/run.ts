/** ingress-nginx's controller: Ingresses of its class become routes, and are told where they answer. */
import type { Simulation, Timer } from "@drydock/sim"
import { type EndpointSlice, endpointSlice, event, type Ingress, ingress, ingressClass, node, secret, service } from "../api/index.ts"
import { decodeBase64Text } from "../apimachinery/base64.ts"
import { deepEqual } from "../apimachinery/frozen.ts"
import { editable, type Door, DoorClient } from "../client/client.ts"
import { Recorder } from "../client/event-recorder.ts"
import { WatchInformers } from "../client/informers.ts"
import type { Component } from "../cluster-contract.ts"
import { type Backend, type Routes, routesOf } from "./routes.ts"

const CONTROLLER = "k8s.io/ingress-nginx"
/** Status is written so often at most, ms (--update-status interval is a minute; changes are told sooner). */
const STATUS_AFTER = 1_000

export interface IngressController extends Component {
  readonly routes: Routes
  /** Ready endpoints; undefined: there is no such Service or port. */
  endpoints(backend: Backend): readonly { address: string; port: number }[] | undefined
  /** A secret's texts by key; undefined: there is none. */
  secret(namespaced: string): Readonly<Record<string, string>> | undefined
}

export const runIngressController = (options: {
  sim: Simulation
  door: Door
  /** Its own Pod: namespace, service account, node and name. */
  namespace: string
  account: string
  node: string
  pod: string
  ingressClass: string
  /** "namespace/name" of the Service whose addresses Ingresses get; undefined: the node's own. */
  publish: string | undefined
  onEvent: (line: string) => void
}): IngressController => {
  const { sim, door } = options
  const identity = {
    name: `system:serviceaccount:${options.namespace}:${options.account}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${options.namespace}`, "system:authenticated"],
  }
  const client = new DoorClient(door, identity)
  const informers = new WatchInformers({ door, user: identity, sim })
  const events = new Recorder({ client, sim, kind: event as never, component: "nginx-ingress-controller" })
  informers.index(endpointSlice, "service", (slice: EndpointSlice) => [
    `${slice.metadata.namespace}/${(slice.metadata.labels as Record<string, string> | undefined)?.["kubernetes.io/service-name"] ?? ""}`,
  ])
  const ingresses = informers.for(ingress)
  const classes = informers.for(ingressClass)
  let routes: Routes | undefined
  let timer: Timer | undefined

  const isOwn = (one: Ingress): boolean => {
    const named =
      one.spec.ingressClassName ?? (one.metadata.annotations as Record<string, string> | undefined)?.["kubernetes.io/ingress.class"]
    if (named === undefined) return false
    const found = classes.get(undefined, named)
    return found ? found.spec.controller === CONTROLLER : named === options.ingressClass
  }
  const own = (): Ingress[] =>
    ingresses
      .list()
      .filter(isOwn)
      .sort((a, b) => (String(a.metadata.creationTimestamp) < String(b.metadata.creationTimestamp) ? -1 : 1))

  const addresses = (): { ip?: string; hostname?: string }[] => {
    if (options.publish !== undefined) {
      const slash = options.publish.indexOf("/")
      const published = informers.for(service).get(options.publish.slice(0, slash), options.publish.slice(slash + 1))
      const given = (published?.status.loadBalancer?.ingress ?? []) as { ip?: string; hostname?: string }[]
      return given.map(({ ip, hostname }) => (ip ? { ip } : { hostname: hostname ?? "" }))
    }
    const host = informers.for(node).get(undefined, options.node)
    return (host?.status.addresses ?? []).filter(({ type }) => type === "InternalIP").map(({ address }) => ({ ip: address }))
  }

  const updateStatus = (): void => {
    const wanted = addresses()
    for (const one of own()) {
      if (deepEqual(one.status?.loadBalancer?.ingress ?? [], wanted)) continue
      const next = editable(one)
      next.status = { loadBalancer: wanted.length > 0 ? { ingress: wanted } : {} } as never
      try {
        client.updateStatus(ingress, next)
      } catch {
        // The next change, or the next minute, brings it again.
      }
    }
  }
  const soon = (): void => {
    if (timer?.action) return
    timer = sim.schedule(STATUS_AFTER, updateStatus)
  }
  ingresses.onChange(({ type, object, old }) => {
    routes = undefined
    soon()
    if (
      !isOwn(object) ||
      (type === "modified" && deepEqual(old?.spec, object.spec) && deepEqual(old?.metadata.annotations, object.metadata.annotations))
    )
      return
    if (type !== "deleted") events.event(object as never, "Normal", "Sync", "Scheduled for sync")
    options.onEvent(
      `event.go:377] "Event(v1.ObjectReference{Kind:\\"Ingress\\", Namespace:\\"${object.metadata.namespace}\\", Name:\\"${object.metadata.name}\\", UID:\\"${object.metadata.uid}\\", APIVersion:\\"networking.k8s.io/v1\\", ResourceVersion:\\"${object.metadata.resourceVersion}\\", FieldPath:\\"\\"}): type: 'Normal' reason: 'Sync' Scheduled for sync"`,
    )
  })
  classes.onChange(() => {
    routes = undefined
    soon()
  })
  informers.for(service).onChange(soon)
  soon()
  return {
    name: "ingress-nginx",
    get routes() {
      routes ??= routesOf(own())
      return routes
    },
    endpoints({ namespace, service: name, port }) {
      const found = informers.for(service).get(namespace, name)
      const wanted = found?.spec.ports?.find((one) => one.port === port || one.name === port)
      if (!wanted) return undefined
      return informers
        .for(endpointSlice)
        .byIndex("service", `${namespace}/${name}`)
        .flatMap((slice) => {
          const target = slice.ports?.find((one) => (one.name ?? "") === (wanted.name ?? ""))?.port
          if (!target) return []
          return (slice.endpoints ?? [])
            .filter(({ conditions }) => conditions?.ready !== false)
            .map((endpoint) => ({ address: endpoint.addresses[0], port: target }))
        })
    },
    secret(namespaced) {
      const slash = namespaced.indexOf("/")
      const found = informers.for(secret).get(namespaced.slice(0, slash), namespaced.slice(slash + 1))
      if (!found) return undefined
      return Object.fromEntries(
        Object.entries((found.data ?? {}) as Record<string, string>).map(([key, value]) => [key, decodeBase64Text(value) ?? ""]),
      )
    },
    stop() {
      sim.cancel(timer)
      informers.stop()
    },
  }
}
