/** The live map: control plane in a row, nodes as boxes with their pods by workload, services with lines to what they reach. */
"use client"
import type { MapItem, TraceHop } from "@drydock/protocol"
import { ArrowRight, List, Network, Server, Shapes } from "lucide-react"
import { createContext, use, useEffect, useMemo, useRef, useState } from "react"
import { Skeleton } from "../components/skeleton.tsx"
import type { LabState } from "../lab/state.ts"
import { useLab } from "../player/player-context.tsx"
import { actorLabel, isLit } from "./actors.ts"
import { type Arrangement, arrange, changesBetween, type Group, type NodeBox } from "./arrange.ts"
import { DescribeDialog } from "./describe-dialog.tsx"
import { Edges } from "./edges.tsx"
import { Glyph, levelColour } from "./glyph.tsx"
import { useDeparting } from "./use-departing.ts"

const itemsOf = (state: LabState) => state.items
const phaseOf = (state: LabState) => state.phase

interface Pointing {
  readonly hop: TraceHop | undefined
  readonly compact: boolean
  point(item: MapItem | undefined): void
  open(item: MapItem): void
}
const MapContext = createContext<Pointing>({ hop: undefined, compact: false, point: () => {}, open: () => {} })

/** "web-5d4f8c7b9-x2x4k" of the Deployment web is "x2x4k". */
const shortName = (pod: MapItem, owner: MapItem | undefined): string =>
  owner && pod.name.startsWith(`${owner.name}-`)
    ? (pod.name
        .slice(owner.name.length + 1)
        .split("-")
        .at(-1) ?? pod.name)
    : pod.name

/** @param named keeps its name where there is room for glyphs only */
const Chip = ({ item, label, detail, named = false }: { item: MapItem; label: string; detail?: string; named?: boolean }) => {
  const { hop, compact: dense, point, open } = use(MapContext)
  const compact = dense && !named
  const lit =
    hop?.object?.kind === item.kind && hop.object.name === item.name && (hop.object.namespace ?? item.namespace) === item.namespace
  return (
    <button
      type="button"
      data-item={item.id}
      data-level={item.level}
      onClick={() => open(item)}
      onMouseEnter={() => point(item)}
      onFocus={() => point(item)}
      onMouseLeave={() => point(undefined)}
      onBlur={() => point(undefined)}
      aria-label={`${item.kind} ${item.name} ${item.status || item.level}`}
      className={`relative z-[1] inline-flex max-w-full min-w-0 items-center gap-1.5 rounded-md border bg-surface text-left text-xs leading-none motion-safe:animate-[arrive_220ms] hover:border-accent ${compact ? "size-6 justify-center" : "h-7 px-2"} ${lit ? "border-accent ring-2 ring-accent/40" : item.level === "failing" ? "border-failure/60" : "border-line-strong"} ${item.level === "gone" ? "motion-safe:animate-[leave_240ms_forwards]" : ""}`}
    >
      <span key={item.status} className="absolute inset-0 rounded-md motion-safe:animate-[changed_900ms_ease-out]" aria-hidden />
      <Glyph level={item.level} />
      {!compact && (
        <>
          <span className="truncate font-mono">{label}</span>{" "}
          {detail && <span className={`shrink-0 font-medium ${levelColour(item.level)}`}>{detail}</span>}
        </>
      )}
    </button>
  )
}

/** The word that the glyph alone does not say. */
const wordOf = (item: MapItem): string | undefined => (item.level === "ready" ? undefined : item.status)

const GroupBox = ({ group }: { group: Group }) => {
  const { compact, point, open } = use(MapContext)
  if (!group.owner)
    return group.pods.map((pod) => {
      const word = wordOf(pod)
      return <Chip key={pod.id} item={pod} label={pod.name} {...(word && { detail: word })} />
    })
  const { owner } = group
  return (
    <div className="max-w-full min-w-0 rounded-lg bg-sunken p-1.5">
      {!compact && (
        <button
          type="button"
          onClick={() => open(owner)}
          onMouseEnter={() => point(owner)}
          onFocus={() => point(owner)}
          onMouseLeave={() => point(undefined)}
          onBlur={() => point(undefined)}
          className="mb-1.5 flex max-w-full min-w-0 items-center gap-1.5 px-0.5 text-left text-[11px] leading-4 text-ink-2 hover:text-ink"
        >
          <span className="text-ink-3">{owner.kind}</span>
          <span className="truncate font-medium">{owner.name}</span>
        </button>
      )}
      <div className="flex flex-wrap gap-1">
        {group.pods.map((pod) => {
          const word = wordOf(pod)
          return <Chip key={pod.id} item={pod} label={shortName(pod, owner)} {...(word && { detail: word })} />
        })}
      </div>
    </div>
  )
}

const NodeView = ({ box: { node, groups }, folded }: { box: NodeBox; folded: boolean }) => {
  const { hop, point, open } = use(MapContext)
  const pods = groups.flatMap((group) => group.pods)
  const parts = ["kubelet", "containerd", "cni"].filter((part) => !folded || isLit(hop, part, node.name))
  return (
    <section
      aria-label={`Node ${node.name}`}
      className={`flex min-w-0 flex-col rounded-card border bg-surface p-2.5 ${node.level === "failing" ? "border-failure/55 bg-failure-soft" : "border-line-strong"}`}
    >
      <header className="flex items-center gap-2">
        <Server size={14} className="shrink-0 text-ink-3" aria-hidden />
        <button
          type="button"
          data-item={node.id}
          onClick={() => open(node)}
          onMouseEnter={() => point(node)}
          onFocus={() => point(node)}
          onMouseLeave={() => point(undefined)}
          onBlur={() => point(undefined)}
          className="min-w-0 truncate text-[13px] font-semibold hover:text-accent"
        >
          {node.name}
        </button>
        <span className={`ml-auto inline-flex items-center gap-1 text-xs font-medium ${levelColour(node.level)}`}>
          <Glyph level={node.level} size={12} /> {node.status}
        </span>
      </header>
      {folded ? (
        <p className="mt-1 text-xs text-ink-3 tabular-nums">
          {pods.length} pods
          {pods.some((pod) => pod.level === "failing") ? `, ${pods.filter((pod) => pod.level === "failing").length} failing` : ""}
        </p>
      ) : (
        <div className="mt-2 flex min-h-7 flex-1 flex-wrap content-start items-start gap-1.5">
          {groups.length === 0 && <span className="self-center text-xs text-ink-3">no pods of yours</span>}
          {groups.map((group) => (
            <GroupBox key={group.id} group={group} />
          ))}
        </div>
      )}
      {parts.length > 0 && (
        <footer className="mt-2 flex gap-1 text-[11px] text-ink-3">
          {parts.map((part) => (
            <span
              key={part}
              className={`rounded px-1.5 py-px transition-colors duration-150 ${isLit(hop, part, node.name) ? "bg-accent text-on-accent" : "bg-sunken"}`}
            >
              {actorLabel(part)}
            </span>
          ))}
        </footer>
      )}
    </section>
  )
}

const ControlPlane = ({ shown }: { shown: Arrangement }) => {
  const { hop, point, open } = use(MapContext)
  const component = (id: string) => {
    const found = shown.components.find((known) => known.id === id)
    if (!found) return null
    const { pod, label, does } = found
    const level = pod?.level ?? (shown.selfHosted ? "failing" : "ready")
    const word = pod ? (level === "ready" ? "" : pod.status) : shown.selfHosted ? "not running" : ""
    return (
      <button
        type="button"
        disabled={!pod}
        {...(pod && { "data-item": pod.id, onMouseEnter: () => point(pod), onFocus: () => point(pod), onClick: () => open(pod) })}
        onMouseLeave={() => point(undefined)}
        onBlur={() => point(undefined)}
        title={does}
        className={`flex h-9 items-center gap-1.5 rounded-lg border px-2.5 text-[13px] font-medium whitespace-nowrap transition-colors duration-150 ${isLit(hop, id) ? "border-accent bg-accent text-on-accent [&_svg]:text-on-accent!" : level === "failing" ? "border-failure/60 bg-failure-soft" : "border-line-strong bg-surface hover:border-accent"}`}
      >
        <Glyph level={level} />
        {label}
        {word && <span className="text-xs font-medium text-failure">{word}</span>}
      </button>
    )
  }
  const arrow = (on: boolean) => <ArrowRight size={15} aria-hidden className={on ? "text-accent" : "text-line-strong"} />
  return (
    <section aria-label="Control plane" className="flex flex-wrap items-center gap-x-2 gap-y-1.5">
      <span
        className={`flex h-9 items-center rounded-lg border border-dashed px-2.5 font-mono text-[13px] ${isLit(hop, "kubectl") || isLit(hop, "client") ? "border-accent bg-accent text-on-accent" : "border-line-strong text-ink-2"}`}
      >
        kubectl
      </span>
      {arrow(isLit(hop, "kubectl") || isLit(hop, "client"))}
      {component("kube-apiserver")}
      {arrow(isLit(hop, "etcd"))}
      {component("etcd")}
      <span className="mx-1 h-5 w-px bg-line-strong max-sm:hidden" aria-hidden />
      {component("kube-scheduler")}
      {component("kube-controller-manager")}
    </section>
  )
}

/** The object's line as `kubectl get` prints it. */
const Line = ({ item }: { item: MapItem | undefined }) => {
  if (!item)
    return (
      <p className="truncate px-4 py-1.5 text-xs leading-5 text-ink-3">
        <span className="max-wide:hidden">Point at an object to see its line; </span>
        <kbd className="key">Enter</kbd> describes it
      </p>
    )
  return (
    <dl className="flex gap-x-4 overflow-hidden px-4 py-1.5 font-mono text-xs leading-5 whitespace-nowrap">
      {Object.entries(item.line)
        .slice(0, 7)
        .map(([column, cell]) => (
          <div key={column} className="flex gap-1.5">
            <dt className="text-ink-3 uppercase">{column}</dt>
            <dd className="text-ink">{cell || "—"}</dd>
          </div>
        ))}
    </dl>
  )
}

const Twin = ({ items, visible, onOpen }: { items: ReadonlyMap<string, MapItem>; visible: boolean; onOpen: (item: MapItem) => void }) => {
  const before = useRef(items)
  const [said, setSaid] = useState<readonly { id: number; text: string }[]>([])
  const count = useRef(0)
  useEffect(() => {
    const first = before.current.size === 0
    const changes = first ? [] : changesBetween(before.current, items)
    before.current = items
    if (changes.length > 0) setSaid((known) => [...known, ...changes.map((text) => ({ id: ++count.current, text }))].slice(-12))
  }, [items])
  const rows = [...items.values()].toSorted((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name))
  return (
    <>
      <div role="log" aria-label="Changes in the cluster" className="sr-only">
        {said.map((change) => (
          <p key={change.id}>{change.text}</p>
        ))}
      </div>
      <div className={visible ? "" : "sr-only"}>
        <table className="w-full text-left text-[13px]">
          <caption className="sr-only">Everything on the map</caption>
          <thead className="text-xs text-ink-3">
            <tr className="[&>th]:border-b [&>th]:border-line [&>th]:py-1.5 [&>th]:pr-4 [&>th]:font-medium">
              <th>Kind</th>
              <th>Name</th>
              <th>State</th>
              <th>Node</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((item) => (
              <tr key={item.id} className="[&>td]:border-b [&>td]:border-line [&>td]:py-1.5 [&>td]:pr-4">
                <td className="text-ink-2">{item.kind}</td>
                <td>
                  {visible ? (
                    <button type="button" className="text-left font-mono hover:text-accent" onClick={() => onOpen(item)}>
                      {item.namespace && item.namespace !== "default" ? `${item.namespace}/` : ""}
                      {item.name}
                    </button>
                  ) : (
                    item.name
                  )}
                </td>
                <td>
                  <span className="inline-flex items-center gap-1.5">
                    <Glyph level={item.level} /> {item.status || item.level}
                  </span>
                </td>
                <td className="text-ink-2">{item.node ?? ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

const Picture = ({
  shown,
  services,
  onSystem,
  system,
  lit,
}: {
  shown: Arrangement
  services: readonly MapItem[]
  system: boolean
  onSystem: (on: boolean) => void
  lit: string | undefined
}) => {
  const box = useRef<HTMLDivElement>(null)
  const folded = shown.nodes.length > 16
  return (
    <div ref={box} className="relative space-y-3 p-4">
      <Edges box={box} services={services} lit={lit} />
      <ControlPlane shown={shown} />
      {(services.length > 0 || shown.waiting.length > 0 || shown.empty.length > 0) && (
        <div className="flex flex-wrap items-start gap-1.5">
          {services.map((service) => (
            <Chip
              key={service.id}
              named
              item={{ ...service, status: service.status || service.kind }}
              label={service.name}
              detail={service.status || service.kind}
            />
          ))}
          {shown.empty.map((item) => (
            <Chip key={item.id} named item={item} label={`${item.kind} ${item.name}`} detail={item.status} />
          ))}
        </div>
      )}
      {shown.waiting.length > 0 && (
        <section aria-label="Pods without a node" className="rounded-card border border-dashed border-attention bg-attention-soft p-2.5">
          <p className="mb-2 text-xs font-medium text-attention">Not on a node yet</p>
          <div className="flex flex-wrap gap-1.5">
            {shown.waiting.map((group) => (
              <GroupBox key={group.id} group={group} />
            ))}
          </div>
        </section>
      )}
      <div
        className={`grid gap-2.5 ${folded ? "grid-cols-[repeat(auto-fill,minmax(150px,1fr))]" : "grid-cols-[repeat(auto-fit,minmax(min(100%,230px),1fr))]"}`}
      >
        {shown.nodes.map((node) => (
          <NodeView key={node.node.id} box={node} folded={folded} />
        ))}
      </div>
      {(shown.hidden > 0 || system) && (
        <button
          type="button"
          className="relative text-xs font-medium text-ink-3 underline decoration-line-strong underline-offset-3 hover:text-ink"
          onClick={() => onSystem(!system)}
        >
          {system ? "Hide the system's own pods" : `Show the system's own pods (${shown.hidden})`}
        </button>
      )}
    </div>
  )
}

/** @param hop the hop of a request that is being looked at: its parts light up */
export const ClusterMap = ({ hop }: { hop: TraceHop | undefined }) => {
  const items = useLab(itemsOf)
  const phase = useLab(phaseOf)
  const drawn = useDeparting(items)
  const [system, setSystem] = useState(false)
  const [list, setList] = useState(false)
  const [pointed, setPointed] = useState<MapItem>()
  const [opened, setOpened] = useState<MapItem>()
  const shown = useMemo(() => arrange(drawn, system), [drawn, system])
  const compact = shown.nodes.length > 6
  const pointing = useMemo<Pointing>(() => ({ hop, compact, point: setPointed, open: setOpened }), [hop, compact])

  if (items.size === 0)
    return (
      <div className="space-y-3 p-4">
        {phase === "ready" ? (
          <p className="flex items-center gap-2 text-sm text-ink-2">
            <Shapes size={16} aria-hidden /> There is nothing on the map yet: this lab has no cluster, or its API has not answered.
          </p>
        ) : (
          <>
            <Skeleton className="h-9 w-2/3" />
            <div className="grid grid-cols-2 gap-2.5">
              <Skeleton className="h-28" />
              <Skeleton className="h-28" />
            </div>
          </>
        )}
      </div>
    )
  return (
    <MapContext value={pointing}>
      <div className="flex h-full flex-col">
        <div className="relative min-h-0 flex-1 overflow-auto">
          <button
            type="button"
            className="icon-button absolute top-2 right-2 z-10 bg-surface/80"
            aria-pressed={list}
            aria-label={list ? "Show the map as a picture" : "Show the map as a list"}
            title={list ? "Picture" : "List"}
            onClick={() => setList(!list)}
          >
            {list ? <Network size={16} aria-hidden /> : <List size={16} aria-hidden />}
          </button>
          {!list && <Picture shown={shown} services={shown.services} system={system} onSystem={setSystem} lit={pointed?.id} />}
          <div className={list ? "p-4 pr-12" : ""}>
            <Twin items={items} visible={list} onOpen={setOpened} />
          </div>
        </div>
        <div className="shrink-0 border-t border-line bg-canvas">
          <Line item={pointed && (items.get(pointed.id) ?? pointed)} />
        </div>
      </div>
      {opened && <DescribeDialog item={opened} onClose={() => setOpened(undefined)} />}
    </MapContext>
  )
}
