/** What is done with releases: install, upgrade, rollback, uninstall, template, test. As helm/pkg/cmd. */
import { parseVersion } from "@drydock/gotemplate"
import { runHooks } from "../cluster/hooks.ts"
import type { Propagation } from "../cluster/resources.ts"
import type { Context } from "../context.ts"
import { HelmError, reasonOf } from "../errors.ts"
import { bool, duration, type FlagSpec, int, list, slice, string } from "../flags.ts"
import { directoryOf, joinPath, matchesGlob } from "../paths.ts"
import { splitManifests } from "../engine/manifests.ts"
import type { Release } from "../release/release.ts"
import { NOT_FOUND, Storage } from "../release/storage.ts"
import { bodyText, type Steps } from "@drydock/machine"
import { rollbackRelease, upgradeRelease } from "./change-release.ts"
import { CHART_FLAGS, type Command, defineCommand, OUTPUT, VALUE_FLAGS, WAIT } from "./define-command.ts"
import { chartFor, dryRunOf, installRelease, nameAndChart, TIMEOUT, waitOf } from "./install-release.ts"
import { outputOf, report } from "./report.ts"
import { uninstallRelease } from "./uninstall-release.ts"
import { userValues } from "./values.ts"

const DRY_RUN = { "dry-run": { kind: "?unset" } } as const satisfies FlagSpec

const CHANGE: FlagSpec = {
  "force-replace": bool(),
  force: { kind: "bool", deprecated: "use --force-replace instead" },
  "force-conflicts": bool(),
  "no-hooks": bool(),
  timeout: duration,
  "wait-for-jobs": bool(),
  ...WAIT,
}

const INSTALL: FlagSpec = {
  ...CHANGE,
  ...VALUE_FLAGS,
  ...CHART_FLAGS,
  "create-namespace": bool(),
  "server-side": { kind: "?true" },
  replace: bool(),
  "generate-name": bool("g"),
  "name-template": string(),
  description: string(),
  "dependency-update": bool(),
  "disable-openapi-validation": bool(),
  "rollback-on-failure": bool(),
  atomic: { kind: "bool", deprecated: "use --rollback-on-failure instead" },
  "skip-crds": bool(),
  "render-subchart-notes": bool(),
  "skip-schema-validation": bool(),
  labels: { kind: "pairs", short: "l" },
  "enable-dns": bool(),
  "hide-notes": bool(),
  "take-ownership": bool(),
  "post-renderer": string(),
  "post-renderer-args": slice(),
}

const throughInstall = (error: unknown): HelmError => new HelmError(`INSTALLATION FAILED: ${reasonOf(error)}`)

const install = defineCommand({
  path: "install",
  usage: "[NAME] [CHART]",
  summary: "install a chart",
  args: [1, Number.POSITIVE_INFINITY],
  flags: { ...INSTALL, ...DRY_RUN, ...OUTPUT, "hide-secret": bool() },
  *run(context) {
    const { flags } = context
    const dryRun = yield* dryRunOf(context)
    let release: Release
    try {
      const [name, reference] = nameAndChart(context)
      const outcome = yield* installRelease(context, {
        name,
        reference,
        dryRun,
        replace: flags.on("replace"),
        serverSide: flags.text("server-side", "true") !== "false",
      })
      if (outcome.fault) throw outcome.fault
      release = outcome.release
    } catch (error) {
      throw throughInstall(error)
    }
    yield* report(context, release, { debug: context.debug, hideNotes: flags.on("hide-notes") })
  },
})

const upgrade = defineCommand({
  path: "upgrade",
  usage: "[RELEASE] [CHART]",
  summary: "upgrade a release",
  args: [2, 2],
  flags: {
    ...INSTALL,
    ...DRY_RUN,
    ...OUTPUT,
    "hide-secret": bool(),
    install: bool("i"),
    "server-side": string(),
    "reset-values": bool(),
    "reuse-values": bool(),
    "reset-then-reuse-values": bool(),
    "history-max": int(),
    "cleanup-on-fail": bool(),
  },
  *run(context) {
    const { flags, words } = context
    const [name, reference] = words
    const dryRun = yield* dryRunOf(context)
    const options = { debug: context.debug, hideNotes: flags.on("hide-notes") }
    if (flags.on("install")) {
      const last = yield* lastOrNone(context, name)
      if (!last || last.info.status === "uninstalled") {
        if (outputOf(context) === "table") yield* context.print(`Release ${JSON.stringify(name)} does not exist. Installing it now.\n`)
        const { release, fault } = yield* installRelease(context, {
          name,
          reference,
          dryRun,
          replace: last !== undefined,
          serverSide: flags.text("server-side", "auto") !== "false",
        })
        if (fault) throw fault
        return yield* report(context, release, options)
      }
    }
    const values = yield* userValues(context)
    const chart = yield* chartFor(context, reference)
    let release: Release
    try {
      release = yield* upgradeRelease(context, { name, chart, values, dryRun })
    } catch (error) {
      throw new HelmError(`UPGRADE FAILED: ${reasonOf(error)}`)
    }
    if (outputOf(context) === "table") yield* context.print(`Release ${JSON.stringify(name)} has been upgraded. Happy Helming!\n`)
    yield* report(context, release, options)
  },
})

function* lastOrNone(context: Context, name: string): Steps<Release | undefined> {
  yield* context.reach()
  try {
    return yield* new Storage(context).last(name)
  } catch (error) {
    if (reasonOf(error) === NOT_FOUND) return undefined
    throw error
  }
}

const rollback = defineCommand({
  path: "rollback",
  usage: "<RELEASE> [REVISION]",
  summary: "roll back a release to a previous revision",
  args: [1, Number.POSITIVE_INFINITY],
  flags: { ...CHANGE, ...DRY_RUN, "server-side": string(), "cleanup-on-fail": bool(), "history-max": int() },
  *run(context) {
    const [name, revision = "0"] = context.words
    if (!/^[-+]?\d+$/.test(revision))
      throw new HelmError(`could not convert revision to a number: strconv.Atoi: parsing ${JSON.stringify(revision)}: invalid syntax`)
    yield* rollbackRelease(context, name, Number(revision), yield* dryRunOf(context))
    yield* context.print("Rollback was a success! Happy Helming!\n")
  },
})

const PROPAGATIONS: Readonly<Record<string, Propagation>> = { background: "Background", foreground: "Foreground", orphan: "Orphan" }

const uninstall = defineCommand({
  path: "uninstall",
  aliases: ["del", "delete", "un"],
  usage: "RELEASE_NAME [...]",
  summary: "uninstall a release",
  args: [1, Number.POSITIVE_INFINITY],
  flags: {
    "dry-run": bool(),
    "no-hooks": bool(),
    "ignore-not-found": bool(),
    "keep-history": bool(),
    cascade: string(),
    timeout: duration,
    description: string(),
    ...WAIT,
  },
  *run(context) {
    const { flags } = context
    const cascade = flags.text("cascade", "background")
    const propagation = PROPAGATIONS[cascade]
    if (!propagation) throw new HelmError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`)
    for (const name of context.words) {
      yield* context.reach()
      if (flags.on("dry-run")) yield* new Storage(context).last(name)
      else {
        const kept = yield* uninstallRelease(context, name, {
          propagation,
          keepHistory: flags.on("keep-history"),
          wait: waitOf(context) === "watcher",
          timeout: flags.duration("timeout", TIMEOUT),
          hooks: !flags.on("no-hooks"),
          ignoreNotFound: flags.on("ignore-not-found"),
          description: flags.text("description", ""),
        })
        if (kept !== "") yield* context.print(`${kept}\n`)
      }
      yield* context.print(`release "${name}" uninstalled\n`)
    }
  },
})

/** Writes into --output-dir; the first text of a file replaces it, later ones come after. */
class Writer {
  readonly #written = new Set<string>()
  readonly #context: Context
  readonly #directory: string

  constructor(context: Context, directory: string) {
    this.#context = context
    this.#directory = directory
  }

  *write(path: string, content: string): Steps<void> {
    const target = `${this.#directory}/${path}`
    const { files } = this.#context.process
    files.mkdir(directoryOf(target), { parents: true })
    files.write(target, `---\n# Source: ${path}\n${content}\n`, { append: this.#written.has(target) })
    this.#written.add(target)
    yield* this.#context.print(`wrote ${target}\n`)
  }
}

const template = defineCommand({
  path: "template",
  usage: "[NAME] [CHART]",
  summary: "locally render templates",
  args: [1, Number.POSITIVE_INFINITY],
  flags: {
    ...INSTALL,
    ...DRY_RUN,
    "show-only": list("s"),
    "output-dir": string(),
    validate: { kind: "bool", deprecated: "use '--dry-run=server' instead" },
    "include-crds": bool(),
    "skip-tests": bool(),
    "is-upgrade": bool(),
    "kube-version": string(),
    "api-versions": slice("a"),
    "release-name": bool(),
  },
  *run(context) {
    const { flags } = context
    const version = flags.text("kube-version")
    if (version !== undefined && !parseVersion(version))
      throw new HelmError(`invalid kube version '${version}': could not parse ${JSON.stringify(version)} as version`)
    const dryRun = flags.on("validate") ? "server" : yield* dryRunOf(context, true)
    const [name, reference] = nameAndChart(context, "release-name")
    const { release, fault } = yield* installRelease(context, {
      name,
      reference,
      dryRun,
      replace: true,
      serverSide: true,
      apiVersions: flags.all("api-versions"),
      isUpgrade: flags.on("is-upgrade"),
      includeDefinitions: flags.on("include-crds"),
      ...(version !== undefined && { kubeVersion: version }),
    })
    if (fault && !context.debug) throw new HelmError(`${fault.message}\n\nUse --debug flag to render out invalid YAML`)
    const hooks = flags.on("no-hooks") ? [] : release.hooks.filter(({ events }) => !(flags.on("skip-tests") && events.includes("test")))
    const into = flags.text("output-dir")
    if (into !== undefined) {
      const writer = new Writer(context, flags.on("release-name") ? joinPath(into, name) : into)
      for (const text of splitManifests(release.manifest)) {
        const [, path = ""] = /^# Source: (.*)\n/.exec(text) ?? []
        yield* writer.write(path, text.replace(/^# Source: .*\n/, ""))
      }
      for (const { path, manifest } of hooks) yield* writer.write(path, manifest)
      return yield* context.print("\n")
    }
    const text = `${release.manifest.trim()}\n${hooks.map(({ path, manifest }) => `---\n# Source: ${path}\n${manifest}\n`).join("")}`
    yield* context.print(shownOnly(text, flags.all("show-only")))
    if (fault) throw fault
  },
})

/** The manifests of the templates that were asked for. Throws HelmError. */
const shownOnly = (text: string, wanted: readonly string[]): string => {
  if (wanted.length === 0) return text
  const manifests = splitManifests(text)
  return wanted
    .map((file) => {
      const found = manifests.filter((one) => {
        const [, path] = /# Source: [^/]+\/(.+)/.exec(one) ?? []
        return path !== undefined && matchesGlob(file, path)
      })
      if (found.length === 0) throw new HelmError(`could not find template ${file} in chart`)
      return found.map((one) => `---\n${one}\n`).join("")
    })
    .join("")
}

const test = defineCommand({
  path: "test",
  usage: "[RELEASE]",
  summary: "run tests for a release",
  args: [1, 1],
  flags: { timeout: duration, logs: bool(), filter: slice(), "hide-notes": bool() },
  *run(context) {
    const { flags } = context
    yield* context.reach()
    const storage = new Storage(context)
    const release = yield* storage.last(context.words[0])
    const all = release.hooks
    const names = flags
      .all("filter")
      .flatMap((one) => one.split(","))
      .map((one) => one.replace(/^name=/, ""))
    const wanted = names.filter((one) => !one.startsWith("!"))
    const unwanted = names.filter((one) => one.startsWith("!")).map((one) => one.replace(/^!(name=)?/, ""))
    release.hooks = all.filter(
      ({ name, events }) => !events.includes("test") || ((wanted.length === 0 || wanted.includes(name)) && !unwanted.includes(name)),
    )
    const record = function* (): Steps<void> {
      yield* storage.update({ ...release, hooks: all })
    }
    let fault: unknown
    try {
      yield* runHooks(context, release, "test", {
        serverSide: release.applyMethod === "ssa",
        timeout: flags.duration("timeout", TIMEOUT),
        record,
      })
    } catch (error) {
      fault = error
    }
    yield* record()
    yield* report(context, release, { hideNotes: flags.on("hide-notes") })
    if (flags.on("logs")) yield* testLogs(context, release)
    if (fault) throw fault
  },
})

function* testLogs(context: Context, release: Release): Steps<void> {
  yield* context.print("\n")
  for (const { name, kind, events } of release.hooks) {
    if (!events.includes("test") || kind !== "Pod") continue
    const answer = yield* context.client.send("GET", `/api/v1/namespaces/${release.namespace}/pods/${name}/log`)
    if (answer.status >= 400) throw new HelmError(`unable to get pod logs for ${name}: ${bodyText(answer.body)}`)
    yield* context.print(`POD LOGS: ${name}\n${bodyText(answer.body)}\n`)
  }
}

export const RELEASE_COMMANDS: readonly Command[] = [install, upgrade, rollback, uninstall, template, test]
