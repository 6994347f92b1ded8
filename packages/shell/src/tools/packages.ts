/** apt, apt-get, apt-cache, apt-mark, dpkg, snap: packages of this machine, out of a small catalogue. As apt 2.8 and dpkg 1.22. */
import type { Process, Steps } from "@drydock/machine"
import { defineTool, type Tool } from "../define-tool.ts"
import { column } from "../text/columns.ts"
import { findExecutable } from "./executables.ts"
import { CATALOGUE, type Package } from "./package-catalogue.ts"
import { putAway, unpack } from "./package-programs.ts"

/** What was installed, removed or held since the machine was made: lines of "name version", "name -", "name hold". */
const STATE = "/var/lib/dpkg/drydock"
const LOCK =
  "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n"

interface Selections {
  readonly versions: Map<string, string | undefined>
  readonly held: Set<string>
}

const selections = (process: Process): Selections => {
  const versions = new Map<string, string | undefined>()
  const held = new Set<string>()
  const text = process.files.access(STATE, { read: true }) ? process.files.readText(STATE) : ""
  for (const line of text.split("\n")) {
    const [name, what] = line.split(" ")
    if (what === "hold") held.add(name)
    else if (what !== undefined) versions.set(name, what === "-" ? undefined : what)
  }
  return { versions, held }
}

const save = (process: Process, { versions, held }: Selections): void => {
  process.files.mkdir("/var/lib/dpkg", { parents: true })
  process.files.write(
    STATE,
    [...[...versions].map(([name, version]) => `${name} ${version ?? "-"}`), ...[...held].map((name) => `${name} hold`)]
      .map((line) => `${line}\n`)
      .join(""),
  )
}

const find = (name: string): Package | undefined => CATALOGUE.find((one) => one.name === name)

/** Kubernetes' packages are installed where its programs are. */
const installedVersion = (process: Process, { versions }: Selections, one: Package): string | undefined => {
  if (versions.has(one.name)) return versions.get(one.name)
  if (one.installed === undefined) return undefined
  const program = one.programs?.[0] ?? find(one.depends?.[0] ?? "")?.programs?.[0]
  return program !== undefined && findExecutable(process, program) === undefined ? undefined : one.installed
}

/** The version of a program's package on this machine, as dpkg has it; undefined when it was never changed. */
export const changedVersion = (process: Process, name: string): string | undefined => selections(process).versions.get(name)

const SITE = {
  ubuntu: "http://archive.ubuntu.com/ubuntu",
  kubernetes: "https://prod-cdn.packages.k8s.io/repositories/isv:/kubernetes:/core:/stable:/v1.35/deb",
}
const READING = "Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n"

const originOf = (one: Package): string =>
  one.kubernetes ? `${SITE.kubernetes}  Packages` : `${SITE.ubuntu} noble-updates/main amd64 Packages`

const sizeText = (kib: number): string => (kib >= 1_024 ? `${(kib / 1_024).toFixed(1)} MB` : `${kib} kB`)

const SOURCES = "/etc/apt/sources.list.d"
const hasKubernetes = (process: Process): boolean =>
  process.files.exists(SOURCES) &&
  process.files
    .list(SOURCES)
    .some(({ name }) => /\.(list|sources)$/.test(name) && /^[^#]*pkgs\.k8s\.io/m.test(process.files.readText(`${SOURCES}/${name}`)))

/** Where a small image keeps what `update` reads: it comes without. */
const LISTS = "/var/lib/apt/lists"
const isBare = (process: Process): boolean => process.files.exists(LISTS) && process.files.list(LISTS).length === 0

/** Of Debian itself, whose images read the lists anew. */
const DEBIAN_LISTS = `Get:1 http://deb.debian.org/debian trixie InRelease [140 kB]
Get:2 http://deb.debian.org/debian trixie-updates InRelease [47.3 kB]
Get:3 http://deb.debian.org/debian-security trixie-security InRelease [43.4 kB]
Get:4 http://deb.debian.org/debian trixie/main amd64 Packages [9670 kB]
Get:5 http://deb.debian.org/debian trixie-updates/main amd64 Packages [5412 B]
Get:6 http://deb.debian.org/debian-security trixie-security/main amd64 Packages [91.4 kB]
Fetched 9997 kB in 1s (8126 kB/s)
`

const isDebian = (process: Process): boolean =>
  process.files.access("/etc/os-release", { read: true }) && /^ID=debian$/m.test(process.files.readText("/etc/os-release"))

const lists = (process: Process): string => {
  if (isDebian(process)) return DEBIAN_LISTS
  const lines = [
    `Hit:1 ${SITE.ubuntu} noble InRelease`,
    `Hit:2 ${SITE.ubuntu} noble-updates InRelease`,
    "Hit:3 http://security.ubuntu.com/ubuntu noble-security InRelease",
  ]
  if (hasKubernetes(process)) lines.push(`Hit:4 ${SITE.kubernetes}  InRelease`)
  return `${lines.join("\n")}\n`
}

interface Wanted {
  readonly one: Package
  readonly version: string
  readonly before: string | undefined
}

/** "kubeadm=1.35.7-*" is the newest of those. */
const versionFor = (one: Package, given: string | undefined): string | undefined => {
  if (given === undefined) return one.versions[0]
  const [head, ...rest] = given.split("*")
  return one.versions.find((version) =>
    rest.length > 0 ? version.startsWith(head) && version.endsWith(rest.at(-1) ?? "") : version === given,
  )
}

const listing = (title: string, names: readonly string[]): string => (names.length === 0 ? "" : `${title}\n  ${names.join(" ")}\n`)

function* install(
  process: Process,
  words: readonly string[],
  options: { yes: boolean; allowHeld: boolean; onlyUpgrade: boolean; apt: boolean },
): Steps<number> {
  const state = selections(process)
  yield* process.print(READING)
  const wanted: Wanted[] = []
  let removed = 0
  for (const word of words) {
    const remove = word.endsWith("-") && find(word.slice(0, -1)) !== undefined
    const [name, given] = (remove ? word.slice(0, -1) : word).split("=")
    const one = find(name)
    if (!one || (one.kubernetes && !hasKubernetes(process)) || isBare(process)) {
      yield* process.error(`E: Unable to locate package ${name}\n`)
      return 100
    }
    if (one.absent && installedVersion(process, state, one) === undefined && !remove) {
      yield* process.error(
        `Package ${name} is not available, but is referred to by another package.\nThis may mean that the package is missing, has been obsoleted, or\nis only available from another source\n\nE: Package '${name}' has no installation candidate\n`,
      )
      return 100
    }
    const version = versionFor(one, given)
    if (version === undefined) {
      yield* process.error(`E: Version '${given}' for '${name}' was not found\n`)
      return 100
    }
    const before = installedVersion(process, state, one)
    if (remove) removed++
    else if (before === version) yield* process.print(`${name} is already the newest version (${version}).\n`)
    else if (before !== undefined && given === undefined && state.held.has(name))
      yield* process.print(`${name} is already the newest version (${before}).\n`)
    else wanted.push({ one, version, before })
  }
  const held = wanted.filter(({ one }) => state.held.has(one.name))
  const down = wanted.filter(
    ({ one, version, before }) => before !== undefined && one.versions.indexOf(version) > one.versions.indexOf(before),
  )
  const up = wanted.filter((one) => one.before !== undefined && !down.includes(one))
  const fresh = wanted.filter(({ before }) => before === undefined)
  const names = (list: readonly Wanted[]) => list.map(({ one }) => one.name)
  yield* process.print(
    listing("The following NEW packages will be installed:", names(fresh)) +
      (held.length > 0 ? listing("The following held packages will be changed:", names(held)) : "") +
      listing("The following packages will be upgraded:", names(up)) +
      listing("The following packages will be DOWNGRADED:", names(down)),
  )
  yield* process.print(
    `${up.length} upgraded, ${fresh.length} newly installed, ${down.length > 0 ? `${down.length} downgraded, ` : ""}${removed} to remove and ${pending(process, state) - up.length} not upgraded.\n`,
  )
  if (wanted.length === 0) return 0
  if (held.length > 0 && !options.allowHeld) {
    yield* process.error("E: Held packages were changed and -y was used without --allow-change-held-packages.\n")
    return 100
  }
  if (down.length > 0 && options.yes && !options.allowHeld) {
    yield* process.error("E: Packages were downgraded and -y was used without --allow-downgrades.\n")
    return 100
  }
  const size = wanted.reduce((sum, { one }) => sum + one.size, 0)
  yield* process.print(
    `Need to get ${sizeText(Math.round(size / 4))} of archives.\nAfter this operation, ${sizeText(fresh.length > 0 ? size : 24)} of additional disk space will be used.\n`,
  )
  if (!options.yes) {
    yield* process.print("Do you want to continue? [Y/n] ")
    const answer = (yield* process.readLine(0)) ?? "n"
    if (!/^(y|yes)?$/i.test(answer.trim())) {
      yield* process.print("Abort.\n")
      return 1
    }
  }
  for (const [at, { one, version }] of wanted.entries())
    yield* process.print(
      `Get:${at + 1} ${one.kubernetes ? SITE.kubernetes : `${SITE.ubuntu} noble-updates/main`} ${one.kubernetes ? "" : "amd64 "}${one.name} ${version} [${sizeText(Math.round(one.size / 4))}]\n`,
    )
  yield* process.sleep(800 + size / 60)
  yield* process.print(`Fetched ${sizeText(Math.round(size / 4))} in 1s (${sizeText(Math.round(size / 4))}/s)\n`)
  for (const { one, version, before } of wanted) {
    yield* process.print(
      before === undefined
        ? `Selecting previously unselected package ${one.name}.\n(Reading database ... 62831 files and directories currently installed.)\nPreparing to unpack .../${one.name}_${version}_amd64.deb ...\nUnpacking ${one.name} (${version}) ...\n`
        : `(Reading database ... 62831 files and directories currently installed.)\nPreparing to unpack .../${one.name}_${version}_amd64.deb ...\nUnpacking ${one.name} (${version}) over (${before}) ...\n`,
    )
    yield* process.sleep(300)
  }
  for (const { one, version } of wanted) {
    for (const part of [one, ...(one.depends ?? []).flatMap((name) => find(name) ?? [])]) unpack(process, part.programs ?? [])
    yield* process.print(`Setting up ${one.name} (${version}) ...\n`)
    state.versions.set(one.name, version)
  }
  save(process, state)
  return 0
}

/** Packages that have a newer version and are not held. */
const upgradable = (process: Process, state: Selections): Package[] =>
  CATALOGUE.filter((one) => {
    const version = installedVersion(process, state, one)
    return version !== undefined && version !== one.versions[0]
  })

const pending = (process: Process, state: Selections): number => upgradable(process, state).length

function* remove(process: Process, words: readonly string[], purge: boolean, yes: boolean): Steps<number> {
  const state = selections(process)
  yield* process.print(READING)
  const there: string[] = []
  for (const word of words) {
    const one = find(word)
    if (!one) {
      yield* process.error(`E: Unable to locate package ${word}\n`)
      return 100
    }
    if (installedVersion(process, state, one) === undefined) yield* process.print(`Package '${word}' is not installed, so not removed\n`)
    else there.push(word)
  }
  yield* process.print(
    listing(
      "The following packages will be REMOVED:",
      there.map((name) => `${name}${purge ? "*" : ""}`),
    ),
  )
  yield* process.print(`0 upgraded, 0 newly installed, ${there.length} to remove and ${pending(process, state)} not upgraded.\n`)
  if (there.length === 0) return 0
  if (!yes) {
    yield* process.print("Do you want to continue? [Y/n] ")
    if (!/^(y|yes)?$/i.test(((yield* process.readLine(0)) ?? "n").trim())) {
      yield* process.print("Abort.\n")
      return 1
    }
  }
  for (const name of there) {
    yield* process.print(
      `(Reading database ... 62831 files and directories currently installed.)\nRemoving ${name} (${installedVersion(process, state, find(name) as Package)}) ...\n`,
    )
    state.versions.set(name, undefined)
    putAway(process, find(name)?.programs ?? [])
  }
  save(process, state)
  return 0
}

const detail = (process: Process, one: Package): string => {
  const version = installedVersion(process, selections(process), one)
  return [
    `Package: ${one.name}`,
    `Version: ${version ?? one.versions[0]}`,
    "Priority: optional",
    `Section: ${one.section}`,
    `Maintainer: ${one.kubernetes ? "Kubernetes Authors <dev@kubernetes.io>" : "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>"}`,
    `Installed-Size: ${sizeText(one.size)}`,
    ...(one.depends ? [`Depends: ${one.depends.join(", ")}`] : []),
    `APT-Sources: ${originOf(one)}`,
    `Description: ${one.summary}`,
  ]
    .map((line) => `${line}\n`)
    .join("")
}

const policy = (process: Process, state: Selections, one: Package): string => {
  const version = installedVersion(process, state, one)
  const rows = one.versions.map(
    (each) =>
      ` ${each === version ? "***" : "   "} ${each} 500\n        500 ${originOf(one)}\n${each === version ? "        100 /var/lib/dpkg/status\n" : ""}`,
  )
  return `${one.name}:\n  Installed: ${version ?? "(none)"}\n  Candidate: ${one.versions[0]}\n  Version table:\n${rows.join("")}`
}

const madison = (one: Package): string =>
  one.versions.map((version) => `${one.name.padStart(10)} | ${version.padStart(10)} | ${originOf(one)}\n`).join("")

function* query(process: Process, verb: string, words: readonly string[], flags: ReadonlySet<string>): Steps<number | undefined> {
  const state = selections(process)
  const found = words.flatMap((word) => find(word.split("=")[0]) ?? [])
  switch (verb) {
    case "policy":
      yield* process.print(
        words.length === 0
          ? `Package files:\n 100 /var/lib/dpkg/status\n     release a=now\n${hasKubernetes(process) ? ` 500 ${SITE.kubernetes}  Packages\n     release o=obs://build.opensuse.org/isv:kubernetes:core:stable:v1.35/deb,n=deb,l=isv:kubernetes:core:stable:v1.35,c=\n     origin prod-cdn.packages.k8s.io\n` : ""} 500 ${SITE.ubuntu} noble-updates/main amd64 Packages\nPinned packages:\n`
          : found.map((one) => policy(process, state, one)).join(""),
      )
      return 0
    case "madison":
      for (const word of words) if (!find(word)) yield* process.error(`W: Unable to locate package ${word}\n`)
      yield* process.print(found.map(madison).join(""))
      return 0
    case "show":
    case "showpkg":
    case "depends":
      for (const word of words)
        if (!find(word.split("=")[0])) {
          yield* process.error(`N: Unable to locate package ${word}\nE: No packages found\n`)
          return 100
        }
      yield* process.print(
        verb === "depends"
          ? found.map((one) => `${one.name}\n${(one.depends ?? []).map((name) => `  Depends: ${name}\n`).join("")}`).join("")
          : found.map((one) => detail(process, one)).join("\n"),
      )
      return 0
    case "search": {
      const matching = CATALOGUE.filter(({ name, summary }) =>
        words.every((word) => name.includes(word) || summary.toLowerCase().includes(word.toLowerCase())),
      )
      yield* process.print(
        matching
          .map(
            (one) =>
              `${one.name}/${one.kubernetes ? "unknown" : "noble-updates"} ${one.versions[0]} amd64${installedVersion(process, state, one) ? " [installed]" : ""}\n  ${one.summary}\n\n`,
          )
          .join(""),
      )
      return 0
    }
    case "list": {
      const all =
        words.length > 0
          ? CATALOGUE.filter(({ name }) =>
              words.some((word) => name === word || (word.endsWith("*") && name.startsWith(word.slice(0, -1)))),
            )
          : CATALOGUE
      const lines = all.flatMap((one) => {
        const version = installedVersion(process, state, one)
        if (
          (flags.has("--installed") && version === undefined) ||
          (flags.has("--upgradable") && (version === undefined || version === one.versions[0]))
        )
          return []
        const newer = version !== undefined && version !== one.versions[0]
        const mark = flags.has("--upgradable")
          ? ` [upgradable from: ${version}]`
          : version === undefined
            ? ""
            : newer
              ? ` [installed,upgradable to: ${one.versions[0]}]`
              : " [installed]"
        return [
          `${one.name}/${one.kubernetes ? "unknown" : "noble-updates"}${version === undefined ? "" : ",now"} ${flags.has("--upgradable") ? one.versions[0] : (version ?? one.versions[0])} amd64${mark}\n`,
        ]
      })
      yield* process.print(`Listing... Done\n${lines.join("")}`)
      return 0
    }
    default:
      return undefined
  }
}

const CHANGES = new Set([
  "update",
  "install",
  "reinstall",
  "upgrade",
  "dist-upgrade",
  "full-upgrade",
  "remove",
  "purge",
  "autoremove",
  "clean",
  "autoclean",
])

const packageTool = (name: "apt" | "apt-get" | "apt-cache"): Tool =>
  defineTool({
    name,
    version: "2.8.3 (amd64)",
    summary: "command-line package manager",
    *run(process, args) {
      const flags = new Set(args.filter((word) => word.startsWith("-")))
      const valued = new Set(["-o", "-t", "-c"])
      const [verb, ...words] = args.filter((word, at) => !word.startsWith("-") && !valued.has(args[at - 1] ?? ""))
      const yes = [...flags].some((flag) => flag === "--yes" || flag === "--assume-yes" || /^-[a-z]*y/.test(flag) || /^-q+y?$/.test(flag))
      if (verb === undefined) {
        yield* process.print(`${name} 2.8.3 (amd64)\nUsage: ${name} [options] command\n`)
        return name === "apt" ? 1 : 0
      }
      if (name === "apt-cache" || name === "apt") {
        const answered = yield* query(process, verb, words, flags)
        if (answered !== undefined) return answered
      }
      if (name === "apt-cache" || !(CHANGES.has(verb) || verb === "download")) {
        yield* process.error(`E: Invalid operation ${verb}\n`)
        return 100
      }
      if (process.credentials.uid !== 0) {
        yield* process.error(
          verb === "update"
            ? "Reading package lists...\nE: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\nE: Unable to lock directory /var/lib/apt/lists/\n"
            : LOCK,
        )
        return 100
      }
      const state = selections(process)
      switch (verb) {
        case "update": {
          yield* process.print(lists(process))
          yield* process.sleep(1_200)
          if (isBare(process)) process.files.write(`${LISTS}/lock`, "")
          const count = pending(process, state)
          yield* process.print("Reading package lists... Done\n")
          if (name === "apt")
            yield* process.print(
              `Building dependency tree... Done\nReading state information... Done\n${count === 0 ? "All packages are up to date." : count === 1 ? "1 package can be upgraded. Run 'apt list --upgradable' to see it." : `${count} packages can be upgraded. Run 'apt list --upgradable' to see them.`}\n`,
            )
          return 0
        }
        case "install":
        case "reinstall":
          return yield* install(process, words, {
            yes,
            allowHeld: flags.has("--allow-change-held-packages") || flags.has("--allow-downgrades"),
            onlyUpgrade: flags.has("--only-upgrade"),
            apt: name === "apt",
          })
        case "remove":
        case "purge":
          return yield* remove(process, words, verb === "purge" || flags.has("--purge"), yes)
        case "upgrade":
        case "dist-upgrade":
        case "full-upgrade": {
          const newer = upgradable(process, state)
          const held = newer.filter((one) => state.held.has(one.name))
          if (newer.length === held.length) {
            yield* process.print(
              `${READING}Calculating upgrade... Done\n${listing(
                "The following packages have been kept back:",
                held.map((one) => one.name),
              )}0 upgraded, 0 newly installed, 0 to remove and ${held.length} not upgraded.\n`,
            )
            return 0
          }
          return yield* install(
            process,
            newer.filter((one) => !state.held.has(one.name)).map((one) => one.name),
            { yes, allowHeld: false, onlyUpgrade: true, apt: name === "apt" },
          )
        }
        case "autoremove":
          yield* process.print(`${READING}0 upgraded, 0 newly installed, 0 to remove and ${pending(process, state)} not upgraded.\n`)
          return 0
        default:
          return 0
      }
    },
  })

export const apt = packageTool("apt")
export const aptGet = packageTool("apt-get")
export const aptCache = packageTool("apt-cache")

export const aptMark = defineTool({
  name: "apt-mark",
  version: "2.8.3 (amd64)",
  summary: "show, set and unset various settings for a package",
  *run(process, args) {
    const [verb, ...words] = args.filter((word) => !word.startsWith("-"))
    const state = selections(process)
    if (verb === "showhold") {
      yield* process.print(
        [...state.held]
          .sort()
          .map((name) => `${name}\n`)
          .join(""),
      )
      return 0
    }
    if (verb === "showmanual" || verb === "showauto") {
      yield* process.print(
        verb === "showauto" ? "" : CATALOGUE.flatMap((one) => (installedVersion(process, state, one) ? [`${one.name}\n`] : [])).join(""),
      )
      return 0
    }
    if (verb !== "hold" && verb !== "unhold" && verb !== "manual" && verb !== "auto") {
      yield* process.error(
        verb === undefined
          ? "apt-mark 2.8.3 (amd64)\nUsage: apt-mark [options] {auto|manual} pkg1 [pkg2 ...]\n"
          : `E: Invalid operation ${verb}\n`,
      )
      return verb === undefined ? 1 : 100
    }
    if (process.credentials.uid !== 0) {
      yield* process.error(LOCK)
      return 100
    }
    for (const word of words) {
      if (!find(word)) {
        yield* process.error(`E: Unable to locate package ${word}\nE: No packages found\n`)
        return 100
      }
      if (verb === "manual" || verb === "auto")
        yield* process.print(`${word} ${verb === "manual" ? "was already set to manually installed" : "set to automatically installed"}.\n`)
      else {
        const was = state.held.has(word)
        if (verb === "hold") state.held.add(word)
        else state.held.delete(word)
        yield* process.print(
          verb === "hold"
            ? `${word} ${was ? "was already set" : "set"} on hold.\n`
            : was
              ? `Canceled hold on ${word}.\n`
              : `${word} was already not on hold.\n`,
        )
      }
    }
    save(process, state)
    return 0
  },
})

const installedPackages = (process: Process): { one: Package; version: string }[] => {
  const state = selections(process)
  return [...CATALOGUE]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((one) => {
      const version = installedVersion(process, state, one)
      return version === undefined ? [] : [{ one, version }]
    })
}

export const dpkg = defineTool({
  name: "dpkg",
  aliases: ["dpkg-query"],
  version: "1.22.6 (amd64)",
  summary: "package manager for Debian",
  *run(process, args) {
    const [verb = "", ...words] = args.filter((word) => !word.startsWith("-f") && !word.startsWith("--showformat"))
    const { held } = selections(process)
    const all = installedPackages(process)
    const named = (word: string) =>
      all.filter(({ one }) => one.name === word || (word.includes("*") && one.name.startsWith(word.split("*")[0])))
    switch (verb) {
      case "-l":
      case "--list": {
        const shown = words.length > 0 ? words.flatMap(named) : all
        for (const word of words)
          if (named(word).length === 0) {
            yield* process.error(`dpkg-query: no packages found matching ${word}\n`)
            if (words.length === 1) return 1
          }
        const rows = shown.map(({ one, version }) => [held.has(one.name) ? "hi " : "ii ", one.name, version, "amd64", one.summary])
        const table = column([["||/", "Name", "Version", "Architecture", "Description"], ...rows], { gap: 1, widths: [3, 14, 12, 12, 33] })
        const [heading, ...rest] = table.split("\n")
        const widths = [3, 14, 12, 12, 33].map((least, at) =>
          Math.max(least, ...[["||/", "Name", "Version", "Architecture", "Description"], ...rows].map((row) => row[at].length)),
        )
        const rule = `+++-${widths
          .slice(1)
          .map((width) => "=".repeat(width))
          .join("-")}`
        yield* process.print(
          `Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n${heading.trimEnd()}\n${rule}\n${rest.join("\n")}`,
        )
        return 0
      }
      case "-s":
      case "--status":
        for (const word of words) {
          const [found] = named(word)
          if (!found) {
            yield* process.error(
              `dpkg-query: package '${word}' is not installed and no information is available\nUse dpkg --info (= dpkg-deb --info) to examine archive files.\n`,
            )
            return 1
          }
          yield* process.print(
            `Package: ${word}\nStatus: ${held.has(word) ? "hold" : "install"} ok installed\nPriority: optional\nSection: ${found.one.section}\nInstalled-Size: ${found.one.size}\nMaintainer: ${found.one.kubernetes ? "Kubernetes Authors <dev@kubernetes.io>" : "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>"}\nArchitecture: amd64\nVersion: ${found.version}\n${found.one.depends ? `Depends: ${found.one.depends.join(", ")}\n` : ""}Description: ${found.one.summary}\n`,
          )
        }
        return 0
      case "-L":
      case "--listfiles":
        for (const word of words) {
          const [found] = named(word)
          if (!found) {
            yield* process.error(
              `dpkg-query: package '${word}' is not installed\nUse dpkg --contents (= dpkg-deb --contents) to list archive files contents.\n`,
            )
            return 1
          }
          yield* process.print(`/.\n/usr\n/usr/bin\n${(found.one.programs ?? []).map((program) => `/usr/bin/${program}\n`).join("")}`)
        }
        return 0
      case "-S":
      case "--search":
        for (const word of words) {
          const owner = all.find(({ one }) => one.programs?.includes(word.split("/").at(-1) ?? ""))
          if (!owner) {
            yield* process.error(`dpkg-query: no path found matching pattern ${word}\n`)
            return 1
          }
          yield* process.print(`${owner.one.name}: ${word}\n`)
        }
        return 0
      case "-W":
        yield* process.print(
          (words.length > 0 ? words.flatMap(named) : all).map(({ one, version }) => `${one.name}\t${version}\n`).join(""),
        )
        return 0
      case "--get-selections":
        yield* process.print(all.map(({ one }) => `${one.name}\t\t\t\t${held.has(one.name) ? "hold" : "install"}\n`).join(""))
        return 0
      case "--print-architecture":
        yield* process.print("amd64\n")
        return 0
      case "--configure":
      case "--audit":
      case "-C":
        return 0
      case "-i":
      case "--install":
        for (const word of words) yield* process.error(`dpkg: error: cannot access archive '${word}': No such file or directory\n`)
        return 2
      default:
        yield* process.error(
          verb === ""
            ? "dpkg: error: need an action option\n\nType dpkg --help for help about installing and deinstalling packages [*];\n"
            : `dpkg: error: unknown option ${verb}\n\nType dpkg --help for help about installing and deinstalling packages [*];\n`,
        )
        return 2
    }
  },
})

export const snap = defineTool({
  name: "snap",
  version: "2.70+ubuntu24.04",
  summary: "manage snaps",
  *run(process, args) {
    const [verb, ...words] = args.filter((word) => !word.startsWith("-"))
    if (verb === "list") {
      yield* process.error("No snaps are installed yet. Try 'snap install hello-world'.\n")
      return 0
    }
    if (verb === "install" || verb === "refresh" || verb === "find" || verb === "info") {
      yield* process.error(
        `error: cannot ${verb} ${words.length > 0 ? `"${words[0]}"` : "snaps"}: Post "https://api.snapcraft.io/v2/snaps/refresh": dial tcp: lookup api.snapcraft.io: no such host\n`,
      )
      return 1
    }
    yield* process.error(
      verb === undefined ? "Usage: snap <command> [<options>...]\n" : `error: unknown command "${verb}", see 'snap help'.\n`,
    )
    return 64
  },
})

export const addAptRepository = defineTool({
  name: "add-apt-repository",
  summary: "add a repository to the list of those that apt knows",
  *run(process, args) {
    if (process.credentials.uid !== 0) {
      yield* process.error("Error: must run as root\n")
      return 1
    }
    yield* process.print(
      `Repository: '${args.filter((word) => !word.startsWith("-")).join(" ")}'\nAdding repository.\n${lists(process)}Reading package lists... Done\n`,
    )
    return 0
  },
})
