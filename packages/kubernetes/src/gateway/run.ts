/** A Gateway's controller: accepts classes, Gateways and routes, and gives each Gateway a data plane. As nginx-gateway-fabric. */
import type { Simulation, Timer } from "@drydock/sim"
import { deployment, type EndpointSlice, endpointSlice, namespace as namespaceKind, secret, service } from "../api/index.ts"
import type { Kind } from "../api/define-kind.ts"
import { formatTime } from "../apimachinery/object.ts"
import { selectorMatches } from "../apimachinery/selectors.ts"
import { type Door, DoorClient } from "../client/client.ts"
import { WatchInformers } from "../client/informers.ts"
import type { Component } from "../cluster-contract.ts"
import { CustomObjects, type StoredCustom } from "../csi/custom-objects.ts"
import { type Backend, type Filter, hostAgrees, matchesOf, type Rule } from "./routes.ts"

const GROUP = "gateway.networking.k8s.io"
export const GATEWAY_CONTROLLER = "gateway.nginx.org/nginx-gateway-controller"
const DATA_PLANE = "ghcr.io/nginx/nginx-gateway-fabric/nginx:2.2.1"
/** Changes are gathered for so long, and definitions that are missing looked for so often, ms. */
const SETTLE = 200
const LOOK = 5_000

type Shape = Record<string, unknown>
const list = (value: unknown): readonly Shape[] => (Array.isArray(value) ? (value as Shape[]) : [])
const text = (value: unknown, fallback = ""): string => (typeof value === "string" ? value : fallback)

export interface Listener {
  name: string
  port: number
  protocol: string
  hostname: string
  /** "namespace/name" of the Secret with its certificate. */
  certificate: string | undefined
}

export interface GatewayView extends Component {
  /** Of a Gateway, "namespace/name". */
  listeners(gateway: string): readonly Listener[]
  rules(gateway: string): readonly Rule[]
  endpoints(backend: Backend): readonly { address: string; port: number }[] | undefined
  certificate(namespaced: string): string | undefined
  onChange(changed: () => void): void
}

interface Attached {
  route: StoredCustom
  listeners: readonly Listener[]
  reason: string
}

/** `controls`: writes statuses and makes data planes; else it only reads. */
export const runGateway = (options: {
  sim: Simulation
  door: Door
  controls: boolean
  kindNamed: (apiVersion: string, kind: string) => Kind<never> | undefined
}): GatewayView => {
  const { sim, door } = options
  const identity = {
    name: "system:serviceaccount:nginx-gateway:nginx-gateway",
    groups: ["system:serviceaccounts", "system:serviceaccounts:nginx-gateway", "system:authenticated"],
  }
  const client = new DoorClient(door, identity)
  const informers = new WatchInformers({ door, user: identity, sim })
  informers.index(endpointSlice, "service", (slice: EndpointSlice) => [
    `${slice.metadata.namespace}/${(slice.metadata.labels as Record<string, string> | undefined)?.["kubernetes.io/service-name"] ?? ""}`,
  ])
  const kinds = (kind: string, version = "v1") => new CustomObjects(() => options.kindNamed(`${GROUP}/${version}`, kind), client, informers)
  const [classes, gateways, routes, grants] = [
    kinds("GatewayClass"),
    kinds("Gateway"),
    kinds("HTTPRoute"),
    kinds("ReferenceGrant", "v1beta1"),
  ]
  const listening: (() => void)[] = []
  let stopped = false
  let timer: Timer | undefined

  const isOwnClass = (one: StoredCustom): boolean => one.spec?.controllerName === GATEWAY_CONTROLLER
  const own = (): readonly StoredCustom[] =>
    gateways.list().filter(({ spec }) => {
      const found = classes.get(undefined, text(spec?.gatewayClassName))
      return found !== undefined && isOwnClass(found)
    })
  const listenersOf = (gateway: StoredCustom): Listener[] =>
    list(gateway.spec?.listeners).map((one) => {
      const [reference] = list(((one.tls ?? {}) as Shape).certificateRefs)
      return {
        name: text(one.name),
        port: Number(one.port),
        protocol: text(one.protocol, "HTTP"),
        hostname: text(one.hostname).toLowerCase(),
        certificate: reference && `${text(reference.namespace, gateway.metadata.namespace)}/${text(reference.name)}`,
      }
    })

  const lets = (gateway: StoredCustom, listener: Listener, route: StoredCustom): boolean => {
    const spec = list(gateway.spec?.listeners).find(({ name }) => name === listener.name)
    const from = ((spec?.allowedRoutes ?? {}) as Shape).namespaces as Shape | undefined
    const mode = text(from?.from, "Same")
    if (mode === "All") return true
    if (mode === "Same") return route.metadata.namespace === gateway.metadata.namespace
    const labels = informers.for(namespaceKind).get(undefined, route.metadata.namespace ?? "")?.metadata.labels
    return selectorMatches((from?.selector ?? {}) as never, (labels ?? {}) as never)
  }

  const hostsOf = ({ spec }: StoredCustom): string[] =>
    (Array.isArray(spec?.hostnames) ? (spec.hostnames as string[]) : []).map((host) => host.toLowerCase())
  const meet = (listener: Listener, hosts: readonly string[]): boolean =>
    listener.hostname === "" ||
    hosts.length === 0 ||
    hosts.some((host) => hostAgrees(listener.hostname, host) || hostAgrees(host, listener.hostname))

  const refersTo = (reference: Shape, gateway: StoredCustom, route: StoredCustom): boolean =>
    text(reference.kind, "Gateway") === "Gateway" &&
    text(reference.name) === gateway.metadata.name &&
    text(reference.namespace, route.metadata.namespace) === gateway.metadata.namespace

  const attach = (gateway: StoredCustom, route: StoredCustom, reference: Shape): Attached => {
    const named = listenersOf(gateway).filter(
      ({ name, port }) => (reference.sectionName ?? name) === name && (reference.port ?? port) === port,
    )
    if (named.length === 0) return { route, listeners: [], reason: "NoMatchingParent" }
    const allowed = named.filter((listener) => lets(gateway, listener, route))
    if (allowed.length === 0) return { route, listeners: [], reason: "NotAllowedByListeners" }
    const meeting = allowed.filter((listener) => meet(listener, hostsOf(route)))
    return { route, listeners: meeting, reason: meeting.length > 0 ? "Accepted" : "NoMatchingListenerHostname" }
  }

  const attached = (gateway: StoredCustom): Attached[] =>
    routes.list().flatMap((route) =>
      list(route.spec?.parentRefs)
        .filter((reference) => refersTo(reference, gateway, route))
        .map((reference) => attach(gateway, route, reference)),
    )

  const granted = (route: StoredCustom, namespace: string, name: string): boolean =>
    namespace === route.metadata.namespace ||
    grants
      .list()
      .some(
        ({ metadata, spec }) =>
          metadata.namespace === namespace &&
          list(spec?.from).some((from) => from.kind === "HTTPRoute" && from.namespace === route.metadata.namespace) &&
          list(spec?.to).some((to) => to.kind === "Service" && (to.name === undefined || to.name === name)),
      )

  /** Why a route's references cannot be followed; undefined: they can. */
  const unresolved = (route: StoredCustom): { reason: string; message: string } | undefined => {
    for (const [at, rule] of list(route.spec?.rules).entries())
      for (const [index, reference] of list(rule.backendRefs).entries()) {
        const field = `spec.rules[${at}].backendRefs[${index}]`
        if (text(reference.kind, "Service") !== "Service")
          return {
            reason: "InvalidKind",
            message: `${field}.kind: Unsupported value: ${JSON.stringify(reference.kind)}: supported values: "Service"`,
          }
        const namespace = text(reference.namespace, route.metadata.namespace)
        const name = text(reference.name)
        if (!granted(route, namespace, name))
          return {
            reason: "RefNotPermitted",
            message: `${field}.namespace: Forbidden: Backend ref to Service ${namespace}/${name} not permitted by any ReferenceGrant`,
          }
        if (!informers.for(service).get(namespace, name))
          return { reason: "BackendNotFound", message: `${field}.name: Not found: ${JSON.stringify(name)}` }
      }
    return undefined
  }

  const rulesOf = (gateway: StoredCustom): Rule[] => {
    const rules: Rule[] = []
    for (const { route, listeners } of attached(gateway)) {
      if (listeners.length === 0) continue
      const hosts = hostsOf(route)
      const narrowed = hosts.length > 0 ? hosts : listeners.map(({ hostname }) => hostname).filter(Boolean)
      for (const rule of list(route.spec?.rules)) {
        const backends = list(rule.backendRefs).map(
          (one): Backend => ({
            namespace: text(one.namespace, route.metadata.namespace),
            name: text(one.name),
            port: Number(one.port),
            weight: typeof one.weight === "number" ? one.weight : 1,
          }),
        )
        for (const match of matchesOf(rule))
          rules.push({
            hosts: narrowed,
            match,
            filters: list(rule.filters) as readonly Filter[],
            backends,
            broken: backends.some(
              ({ namespace, name }) => !granted(route, namespace, name) || !informers.for(service).get(namespace, name),
            ),
            ports: listeners.map(({ port }) => port),
            created: String(route.metadata.creationTimestamp),
            order: rules.length,
          })
      }
    }
    return rules
  }

  // What the controller writes.
  const condition = (before: unknown, type: string, status: boolean, reason: string, message: string, generation: unknown): Shape => {
    const old = list(before).find((one) => one.type === type)
    const same = old?.status === (status ? "True" : "False")
    return {
      type,
      status: status ? "True" : "False",
      reason,
      message,
      observedGeneration: generation,
      lastTransitionTime: same ? old.lastTransitionTime : formatTime(sim.now()),
    }
  }
  const nameOf = (gateway: StoredCustom): string => `${gateway.metadata.name}-nginx`

  const provide = (gateway: StoredCustom): void => {
    const { namespace, name, uid } = gateway.metadata
    const labels = {
      "app.kubernetes.io/instance": "ngf",
      "app.kubernetes.io/managed-by": "ngf-nginx",
      "app.kubernetes.io/name": nameOf(gateway),
      "gateway.networking.k8s.io/gateway-name": name,
    }
    const ownerReferences = [{ apiVersion: `${GROUP}/v1`, kind: "Gateway", name, uid, controller: true }]
    const metadata = { name: nameOf(gateway), namespace, labels: labels as never, ownerReferences }
    const ports = [...new Map(listenersOf(gateway).map((one) => [one.port, one])).values()].map(({ port }) => ({
      name: `port-${port}`,
      port,
      protocol: "TCP",
      targetPort: port,
    }))
    if (ports.length === 0) return
    const existing = informers.for(service).get(namespace, nameOf(gateway))
    if (!existing)
      client.create(service, {
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: { type: "LoadBalancer", externalTrafficPolicy: "Local", selector: labels, ports },
      } as never)
    else if (existing.spec.ports?.map(({ port }) => port).join() !== ports.map(({ port }) => port).join())
      client.patch(service, { namespace: namespace as string, name: nameOf(gateway) }, { spec: { ports } }, { type: "merge" })
    if (informers.for(deployment).get(namespace, nameOf(gateway))) return
    const template = {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: "nginx",
            image: DATA_PLANE,
            imagePullPolicy: "IfNotPresent",
            env: [
              { name: "GATEWAY_NAMESPACE", value: namespace },
              { name: "GATEWAY_NAME", value: name },
            ],
            ports: ports.map(({ name: port, port: containerPort }) => ({ name: port, containerPort })),
            readinessProbe: { httpGet: { path: "/readyz", port: 8081 }, initialDelaySeconds: 3 },
          },
        ],
      },
    }
    client.create(deployment, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    } as never)
  }

  const addressesOf = (gateway: StoredCustom): Shape[] => {
    const found = informers.for(service).get(gateway.metadata.namespace, nameOf(gateway))
    const given = ((found?.status.loadBalancer?.ingress ?? []) as { ip?: string }[]).flatMap(({ ip }) => (ip ? [ip] : []))
    const all = given.length > 0 ? given : found?.spec.clusterIP ? [found.spec.clusterIP] : []
    return all.map((value) => ({ type: "IPAddress", value }))
  }

  const settleGateway = (gateway: StoredCustom): void => {
    const { generation } = gateway.metadata
    const before = gateway.status?.conditions
    const all = attached(gateway)
    const missing = listenersOf(gateway).filter(({ certificate }) => {
      const slash = certificate?.indexOf("/") ?? 0
      return certificate !== undefined && !informers.for(secret).get(certificate.slice(0, slash), certificate.slice(slash + 1))
    })
    const ready = (informers.for(deployment).get(gateway.metadata.namespace, nameOf(gateway))?.status.availableReplicas ?? 0) > 0
    gateways.setStatus(gateway, {
      addresses: addressesOf(gateway),
      conditions: [
        missing.length > 0
          ? condition(before, "Accepted", true, "ListenersNotValid", "Gateway has at least one valid listener", generation)
          : condition(before, "Accepted", true, "Accepted", "Gateway is accepted", generation),
        ready
          ? condition(before, "Programmed", true, "Programmed", "Gateway is programmed", generation)
          : condition(before, "Programmed", false, "Pending", "Waiting for controller", generation),
      ],
      listeners: listenersOf(gateway).map((listener) => {
        const old = list(gateway.status?.listeners).find(({ name }) => name === listener.name)?.conditions
        const bad = missing.find(({ name }) => name === listener.name)
        const message = bad ? `tls.certificateRefs[0]: Invalid value: ${JSON.stringify(bad.certificate)}: secret does not exist` : ""
        return {
          name: listener.name,
          attachedRoutes: all.filter(({ listeners }) => listeners.some(({ name }) => name === listener.name)).length,
          supportedKinds: [{ group: GROUP, kind: "HTTPRoute" }],
          conditions: [
            condition(
              old,
              "Accepted",
              !bad,
              bad ? "InvalidCertificateRef" : "Accepted",
              bad ? message : "Listener is accepted",
              generation,
            ),
            condition(old, "Programmed", !bad, bad ? "Invalid" : "Programmed", bad ? message : "Listener is programmed", generation),
            condition(
              old,
              "ResolvedRefs",
              !bad,
              bad ? "InvalidCertificateRef" : "ResolvedRefs",
              bad ? message : "All references are resolved",
              generation,
            ),
            condition(old, "Conflicted", false, "NoConflicts", "No conflicts", generation),
          ],
        }
      }),
    })
  }

  const MESSAGES: Readonly<Record<string, string>> = {
    Accepted: "The route is accepted",
    NoMatchingParent: "The route is not attached to any listener: no listener of that name or port",
    NotAllowedByListeners: "The route is not allowed by any listener",
    NoMatchingListenerHostname: "The listener hostname does not match the route hostnames",
  }

  const settleRoute = (route: StoredCustom): void => {
    const { generation } = route.metadata
    const old = list(route.status?.parents)
    const problem = unresolved(route)
    const parents = list(route.spec?.parentRefs).flatMap((reference) => {
      const gateway = own().find((one) => refersTo(reference, one, route))
      if (!gateway) return []
      const { reason } = attach(gateway, route, reference)
      const before = old.find(({ parentRef }) => JSON.stringify(parentRef) === JSON.stringify(reference))?.conditions
      return [
        {
          parentRef: reference,
          controllerName: GATEWAY_CONTROLLER,
          conditions: [
            condition(before, "Accepted", reason === "Accepted", reason, MESSAGES[reason] ?? reason, generation),
            condition(
              before,
              "ResolvedRefs",
              !problem,
              problem?.reason ?? "ResolvedRefs",
              problem?.message ?? "All references are resolved",
              generation,
            ),
          ],
        },
      ]
    })
    if (parents.length > 0 || old.length > 0) routes.setStatus(route, { parents })
  }

  const settle = (): void => {
    timer = undefined
    if (stopped) return
    if (options.controls) {
      const attempt = (work: () => void) => {
        try {
          work()
        } catch {
          // Somebody else wrote meanwhile: that change brings it again.
        }
      }
      for (const one of classes.list().filter(isOwnClass))
        attempt(() =>
          classes.setStatus(one, {
            conditions: [
              condition(one.status?.conditions, "Accepted", true, "Accepted", "GatewayClass is accepted", one.metadata.generation),
            ],
          }),
        )
      for (const gateway of own()) {
        attempt(() => provide(gateway))
        attempt(() => settleGateway(gateway))
      }
      for (const route of routes.list()) attempt(() => settleRoute(route))
    }
    for (const changed of listening) changed()
  }
  const soon = (): void => {
    if (!timer?.action) timer = sim.schedule(SETTLE, settle)
  }

  let look: Timer | undefined
  const begin = (): void => {
    if (stopped) return
    const served = [classes, gateways, routes].every((one) => one.served)
    if (!served) {
      look = sim.scheduleBackground(LOOK, begin)
      return
    }
    for (const one of [classes, gateways, routes, grants]) one.watch(soon)
    for (const kind of [service, secret, namespaceKind] as const) informers.for(kind as typeof service).onChange(soon)
    if (options.controls) {
      informers.for(deployment).onChange(soon)
      classes.create({
        apiVersion: `${GROUP}/v1`,
        kind: "GatewayClass",
        metadata: { name: "nginx" },
        spec: { controllerName: GATEWAY_CONTROLLER },
      })
    }
    soon()
  }
  begin()
  const find = (namespaced: string): StoredCustom | undefined => {
    const slash = namespaced.indexOf("/")
    return gateways.get(namespaced.slice(0, slash), namespaced.slice(slash + 1))
  }
  return {
    name: "gateway",
    listeners: (gateway) => {
      const found = find(gateway)
      return found ? listenersOf(found) : []
    },
    rules: (gateway) => {
      const found = find(gateway)
      return found ? rulesOf(found) : []
    },
    endpoints({ namespace, name, port }) {
      const wanted = informers
        .for(service)
        .get(namespace, name)
        ?.spec.ports?.find((one) => one.port === port)
      if (!wanted) return undefined
      return informers
        .for(endpointSlice)
        .byIndex("service", `${namespace}/${name}`)
        .flatMap((slice) => {
          const target = slice.ports?.find((one) => (one.name ?? "") === (wanted.name ?? ""))?.port
          return target === undefined
            ? []
            : (slice.endpoints ?? [])
                .filter(({ conditions }) => conditions?.ready !== false)
                .map(({ addresses }) => ({ address: addresses[0], port: target }))
        })
    },
    certificate(namespaced) {
      const slash = namespaced.indexOf("/")
      return (
        informers.for(secret).get(namespaced.slice(0, slash), namespaced.slice(slash + 1))?.data as Record<string, string> | undefined
      )?.["tls.crt"]
    },
    onChange: (changed) => void listening.push(changed),
    stop() {
      stopped = true
      sim.cancel(timer)
      sim.cancel(look)
      informers.stop()
    },
  }
}
