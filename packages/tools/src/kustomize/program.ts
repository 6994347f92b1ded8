/** kustomize: build is kubectl's own; create and edit write kustomization.yaml. As kubernetes-sigs/kustomize. */
import { goYaml, isMap, readYaml } from "@drydock/gotemplate"
import type { Process, Program, Steps } from "@drydock/machine"
import { type Options, parseOptions } from "../containers/options.ts"

const NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"]
const SWITCHES = "autodetect recursive without-selector include-templates disableNameSuffixHash force f"

class Fault extends Error {}

type Kustomization = Record<string, unknown>

const fileOf = ({ files }: Process): string => {
  const found = NAMES.find((name) => files.exists(name))
  if (!found) throw new Fault(`Missing kustomization file 'kustomization.yaml'.\n`)
  return found
}

/** Fields in the order in which kustomize writes them. */
const ORDER =
  "apiVersion kind resources components crds namespace namePrefix nameSuffix labels commonLabels commonAnnotations buildMetadata images replicas configMapGenerator secretGenerator generatorOptions patches replacements".split(
    " ",
  )

const write = (process: Process, path: string, value: Kustomization): void => {
  const keys = [...ORDER.filter((key) => value[key] !== undefined), ...Object.keys(value).filter((key) => !ORDER.includes(key))]
  process.files.write(path, keys.map((key) => goYaml({ [key]: value[key] })).join(""))
}

const change = (process: Process, edit: (value: Kustomization) => void): void => {
  const path = fileOf(process)
  const value = readYaml(process.files.readText(path))[0]
  const held: Kustomization = isMap(value) ? { ...value } : {}
  held.apiVersion ??= "kustomize.config.k8s.io/v1beta1"
  held.kind ??= "Kustomization"
  edit(held)
  write(process, path, held)
}

const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? [...(value as Record<string, unknown>[])] : [])
const pairs = (words: readonly string[], mark: RegExp): Record<string, string> =>
  Object.fromEntries(words.flatMap((word) => word.split(",")).map((pair) => [pair.split(mark)[0], pair.slice(pair.search(mark) + 1)]))

/** "nginx=registry/nginx:1.27", "nginx:1.27", "nginx@sha256:…", "*=…" */
const imageOf = (text: string): Record<string, string> => {
  const equals = text.indexOf("=")
  const target = equals < 0 ? text : text.slice(equals + 1)
  const [named, digest] = target.split("@")
  const colon = named.lastIndexOf(":") > named.lastIndexOf("/") ? named.lastIndexOf(":") : -1
  const name = colon < 0 ? named : named.slice(0, colon)
  return {
    name: equals < 0 ? name : text.slice(0, equals),
    ...(equals >= 0 && { newName: name }),
    ...(colon >= 0 && { newTag: named.slice(colon + 1) }),
    ...(digest !== undefined && { digest }),
  }
}

const setters: Readonly<Record<string, (value: Kustomization, words: readonly string[], options: Options) => void>> = {
  image: (value, words) => {
    if (words.length === 0) throw new Fault("Error: no image specified\n")
    const images = list(value.images)
    for (const word of words) {
      const image = imageOf(word)
      const at = images.findIndex(({ name }) => name === image.name)
      if (at < 0) images.push(image)
      else images[at] = image
    }
    value.images = images.sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1))
  },
  namespace: (value, [name]) => {
    value.namespace = name
  },
  nameprefix: (value, [prefix]) => {
    value.namePrefix = prefix
  },
  namesuffix: (value, [suffix]) => {
    value.nameSuffix = suffix
  },
  replicas: (value, words) => {
    const replicas = list(value.replicas)
    for (const word of words) {
      const [name, count] = word.split("=")
      const at = replicas.findIndex((one) => one.name === name)
      const one = { name, count: Number(count) }
      if (at < 0) replicas.push(one)
      else replicas[at] = one
    }
    value.replicas = replicas
  },
  label: (value, words) => {
    value.commonLabels = { ...(value.commonLabels as object | undefined), ...pairs(words, /[:=]/) }
  },
  annotation: (value, words) => {
    value.commonAnnotations = { ...(value.commonAnnotations as object | undefined), ...pairs(words, /[:=]/) }
  },
}

const generator =
  (field: "configMapGenerator" | "secretGenerator") =>
  (value: Kustomization, [name]: readonly string[], options: Options) => {
    if (name === undefined) throw new Fault("Error: name must be specified once\n")
    const all = list(value[field])
    const literals = options.all("from-literal")
    const files = options.all("from-file")
    const envs = options.all("from-env-file")
    all.push({
      ...(envs.length > 0 && { envs }),
      ...(files.length > 0 && { files }),
      ...(literals.length > 0 && { literals }),
      name,
      ...(field === "secretGenerator" && { type: options.text("type") ?? "Opaque" }),
    })
    value[field] = all
  }

const adders: Readonly<Record<string, (value: Kustomization, words: readonly string[], options: Options, process: Process) => void>> = {
  resource: (value, words, _, process) => {
    const held = Array.isArray(value.resources) ? (value.resources as string[]) : []
    for (const word of words) if (!process.files.exists(word)) throw new Fault(`Error: ${word} has no match\n`)
    value.resources = [...held, ...words.filter((word) => !held.includes(word))]
  },
  label: (value, words, options) => setters.label(value, words, options),
  annotation: (value, words, options) => setters.annotation(value, words, options),
  configmap: generator("configMapGenerator"),
  secret: generator("secretGenerator"),
  patch: (value, _, options) => {
    const path = options.text("path")
    const patch = options.text("patch")
    const target = Object.fromEntries(
      ["group", "version", "kind", "name", "namespace", "label-selector", "annotation-selector"].flatMap((key) => {
        const given = options.text(key)
        return given === undefined ? [] : [[key.replace(/-s/, "S"), given]]
      }),
    )
    value.patches = [
      ...list(value.patches),
      { ...(patch !== undefined ? { patch } : { path }), ...(Object.keys(target).length > 0 && { target }) },
    ]
  },
}

const create = (process: Process, options: Options): void => {
  if (NAMES.some((name) => process.files.exists(name))) throw new Fault("Error: kustomization file already exists\n")
  const detected = options.on("autodetect")
    ? process.files
        .list(".")
        .filter(({ name, type }) => type === "file" && /\.ya?ml$/.test(name))
        .map(({ name }) => name)
    : []
  const resources = [...(options.text("resources")?.split(",") ?? []), ...detected]
  const labels = options.text("labels")
  const annotations = options.text("annotations")
  write(process, "kustomization.yaml", {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    ...(resources.length > 0 && { resources }),
    ...(options.text("namespace") && { namespace: options.text("namespace") }),
    ...(options.text("nameprefix") && { namePrefix: options.text("nameprefix") }),
    ...(options.text("namesuffix") && { nameSuffix: options.text("namesuffix") }),
    ...(labels && { commonLabels: pairs([labels], /[:=]/) }),
    ...(annotations && { commonAnnotations: pairs([annotations], /[:=]/) }),
  })
}

function* edit(process: Process, action: string, what: string, options: Options): Steps<void> {
  const table: Readonly<Record<string, (value: Kustomization, words: readonly string[], options: Options, process: Process) => void>> =
    action === "set" ? setters : action === "add" ? adders : {}
  if (action === "remove" && what === "resource")
    return change(process, (value) => {
      value.resources = (Array.isArray(value.resources) ? (value.resources as string[]) : []).filter((one) => !options.words.includes(one))
    })
  const run = Object.hasOwn(table, what) ? table[what] : undefined
  if (!run) throw new Fault(`Error: unknown command ${JSON.stringify(what || action)} for "kustomize edit${what ? ` ${action}` : ""}"\n`)
  change(process, (value) => run(value, options.words, options, process))
}

export const kustomizeProgram: Program = function* (process) {
  const [command, ...rest] = process.argv.slice(1)
  try {
    switch (command) {
      case "build":
        return yield* process.exec("/usr/bin/kubectl", ["kubectl", "kustomize", ...rest])
      case "version":
        yield* process.print("v5.8.0\n")
        return 0
      case "create":
        create(process, parseOptions(rest, SWITCHES))
        return 0
      case "edit": {
        const [action = "", what = "", ...words] = rest
        yield* edit(process, action, what, parseOptions(words, SWITCHES))
        return 0
      }
      case undefined:
      case "help":
      case "--help":
        yield* process.print(
          "Manages declarative configuration of Kubernetes.\n\nUsage:\n  kustomize [command]\n\nAvailable Commands:\n  build   Build a kustomization target from a directory\n  create  Create a new kustomization in the current directory\n  edit    Edits a kustomization file\n  version Prints the kustomize version\n",
        )
        return 0
      default:
        yield* process.error(`Error: unknown command ${JSON.stringify(command)} for "kustomize"\nRun 'kustomize --help' for usage.\n`)
        return 1
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    yield* process.error(error.message.startsWith("Error") ? error.message : `Error: ${error.message}`)
    return 1
  }
}
