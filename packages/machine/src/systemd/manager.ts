/** systemd: the units of a machine, what starts with it, and the commands that systemctl gives. */
import type { Journal, Machine, Systemd, UnitState } from "../contract.ts"
import { Service } from "./service.ts"
import { UnitFiles, unitName } from "./unit-files.ts"

/** A unit that cannot be used; `message` is systemd's, e.g. "Unit x.service not found." */
export class UnitError extends Error {
  readonly reason: "not-found" | "masked" | "exists"

  constructor(unit: string, reason: "not-found" | "masked" | "exists") {
    super(
      reason === "exists"
        ? `File /etc/systemd/system/${unit} already exists.`
        : reason === "masked"
          ? `Unit ${unit} is masked.`
          : `Unit ${unit} not found.`,
    )
    this.reason = reason
  }
}

const BOOT_TARGETS = ["sysinit.target", "basic.target", "timers.target", "multi-user.target"]

export class Manager implements Systemd {
  readonly #machine: Machine
  readonly #journal: Journal
  readonly #unitFiles: UnitFiles
  #services = new Map<string, Service>()
  readonly #watchers = new Set<(unit: string, active: UnitState) => void>()

  constructor(machine: Machine, journal: Journal) {
    this.#machine = machine
    this.#journal = journal
    this.#unitFiles = new UnitFiles(machine.files)
  }

  /** Called whenever a unit's state changed; returns how to stop. */
  watch(changed: (unit: string, active: UnitState) => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  /** The unit as last loaded; loaded now if it never was. */
  #service(unit: string): Service {
    const name = unitName(unit)
    let service = this.#services.get(name)
    if (!service) {
      service = new Service(name, this.#machine, this.#journal, (changed) => {
        if (this.#services.get(name) === changed) for (const watcher of [...this.#watchers]) watcher(name, changed.active)
      })
      this.#services.set(name, service)
    }
    service.loaded ??= this.#unitFiles.load(name)
    return service
  }

  #usable(unit: string): Service {
    const service = this.#service(unit)
    if (this.#unitFiles.masked(service.name)) throw new UnitError(service.name, "masked")
    if (!service.loaded) throw new UnitError(service.name, "not-found")
    return service
  }

  #list(service: Service, key: string): string[] {
    return (service.loaded?.file.values.get(key) ?? []).flatMap((value) => value.split(/\s+/).filter(Boolean))
  }

  /** The unit and what it pulls in, in an order that honours After= and Before=. */
  #transaction(first: readonly string[]): Service[] {
    const wanted = new Map<string, Service>()
    const add = (unit: string) => {
      const service = this.#service(unit)
      if (wanted.has(service.name) || !service.loaded) return
      wanted.set(service.name, service)
      const links = service.name.endsWith(".target") ? this.#unitFiles.wantedBy(service.name) : []
      for (const other of [...this.#list(service, "Unit.Requires"), ...this.#list(service, "Unit.Wants"), ...links]) add(other)
    }
    for (const unit of first) add(unit)
    const ordered: Service[] = []
    const seen = new Set<Service>()
    const visit = (service: Service) => {
      if (seen.has(service)) return
      seen.add(service)
      for (const other of wanted.values())
        if (this.#list(service, "Unit.After").includes(other.name) || this.#list(other, "Unit.Before").includes(service.name)) visit(other)
      ordered.push(service)
    }
    for (const service of wanted.values()) visit(service)
    return ordered
  }

  start(unit: string): void {
    this.#usable(unit)
    for (const service of this.#transaction([unit])) service.start()
  }

  stop(unit: string): void {
    const service = this.#service(unit)
    if (!service.loaded && service.active === "inactive") throw new UnitError(service.name, "not-found")
    service.stop()
    // What requires it cannot go on without.
    for (const other of this.#services.values())
      if (other.active === "active" && this.#list(other, "Unit.Requires").includes(service.name)) other.stop()
  }

  restart(unit: string): void {
    this.#usable(unit).restart()
  }

  reload(unit: string): boolean {
    return this.#usable(unit).reload()
  }

  resetFailed(unit?: string): void {
    for (const service of unit === undefined ? this.#services.values() : [this.#service(unit)]) service.resetFailed()
  }

  enable(unit: string): readonly { path: string; target: string }[] {
    const service = this.#usable(unit)
    const loaded = this.#unitFiles.load(service.name)
    return loaded ? this.#unitFiles.enable(service.name, loaded) : []
  }

  disable(unit: string): readonly string[] {
    return this.#unitFiles.disable(this.#service(unit).name)
  }

  /** Throws UnitError when the administrator has a file of that name. */
  mask(unit: string): void {
    const name = unitName(unit)
    if (!this.#unitFiles.mask(name)) throw new UnitError(name, "exists")
    this.daemonReload()
  }

  unmask(unit: string): void {
    this.#unitFiles.unmask(unitName(unit))
    this.daemonReload()
  }

  daemonReload(): void {
    for (const service of this.#services.values()) service.loaded = this.#unitFiles.load(service.name)
  }

  state(unit: string): ReturnType<Systemd["state"]> {
    const service = this.#service(unit)
    const { loaded, name } = service
    const masked = this.#unitFiles.masked(name)
    return {
      active: service.active,
      sub: service.sub,
      enabled: this.#unitFiles.enablement(name),
      loaded: masked ? "masked" : loaded ? "loaded" : "not-found",
      mainPid: service.main?.pid ?? 0,
      since: service.since,
      result: service.result,
      description: loaded?.file.values.get("Unit.Description")?.at(-1) ?? name,
      restarts: service.restarts,
      needsReload: loaded !== undefined && this.#unitFiles.load(name)?.file.source !== loaded.file.source,
      ...(loaded && { path: loaded.path, dropIns: loaded.dropIns }),
      ...(service.lastExit && { lastExit: service.lastExit }),
      ...(service.lastPid !== undefined && { lastPid: service.lastPid }),
    }
  }

  timers(): { unit: string; activates: string; next: number | undefined; last: number | undefined }[] {
    return [...this.#services.values()]
      .filter(({ name, active }) => name.endsWith(".timer") && active === "active")
      .map(({ name, activates, next, last }) => ({ unit: name, activates, next, last }))
  }

  /** What a timer or a path starts; undefined of other units. */
  activates(unit: string): string | undefined {
    return /\.(?:timer|path)$/.test(unit) ? this.#service(unit).activates : undefined
  }

  /** What a unit pulls in, in this order. */
  dependencies(unit: string): string[] {
    const service = this.#service(unit)
    const links = service.name.endsWith(".target") ? this.#unitFiles.wantedBy(service.name) : []
    return [...new Set([...this.#list(service, "Unit.Requires"), ...this.#list(service, "Unit.Wants"), ...links])]
  }

  units(): readonly string[] {
    const names = new Set([...this.#services.values()].filter(({ loaded }) => loaded).map(({ name }) => name))
    for (const name of this.#unitFiles.names()) if (/\.(service|timer|path)$/.test(name) && !this.#unitFiles.masked(name)) names.add(name)
    return [...names].sort()
  }

  /** Starts what the targets of a boot want. */
  boot(): void {
    this.#services = new Map()
    const wanted = BOOT_TARGETS.flatMap((target) => this.#unitFiles.wantedBy(target))
    for (const service of this.#transaction(wanted)) service.start()
  }

  /** The power is gone. */
  halt(): void {
    for (const service of this.#services.values()) service.abandon()
    this.#services = new Map()
  }

  /** "name state" of every unit in use, for a world's hash. */
  summary(): string {
    return [...this.#services.values()].map(({ name, active, sub, restarts }) => `${name} ${active} ${sub} ${restarts}`).join("\n")
  }
}
