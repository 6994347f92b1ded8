/** kubectl set env. As kubectl/pkg/cmd/set/set_env.go and env/. */
import { decodeBase64Text } from "@drydock/kubernetes/apimachinery"
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "../../api.ts"
import { find } from "../../builder.ts"
import { inUnitsOf } from "../../describe/pod-template.ts"
import { type Context, defineSubcommand } from "../../define-subcommand.ts"
import { KubectlError } from "../../errors.ts"
import type { Input } from "../../flags.ts"
import { namesFiles } from "../../manifests.ts"
import { type Container, type EnvVar, nameMatches, podSpecOf, withPodSpec } from "../../pod-specs.ts"
import { changeObjects, findObjects, SET_FLAGS } from "./change-objects.ts"

const NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/

/** "A=b" sets, "A-" removes, "-" reads lines from standard input. */
function* parseChanges(context: Context, pairs: readonly string[]): Steps<{ set: EnvVar[]; remove: string[] }> {
  const set: EnvVar[] = []
  const remove: string[] = []
  const lines: string[] = []
  for (const pair of pairs) {
    if (pair === "-")
      lines.push(
        ...new TextDecoder()
          .decode(yield* context.process.readAll(0))
          .split("\n")
          .filter((line) => line.trim() !== "" && !line.trim().startsWith("#")),
      )
    else lines.push(pair)
  }
  for (const line of lines) {
    const equals = line.indexOf("=")
    if (equals > 0) {
      const name = line.slice(0, equals)
      if (!NAME.test(name))
        throw new KubectlError(
          `${JSON.stringify(name)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`,
        )
      set.push({ name, value: line.slice(equals + 1) })
    } else if (line.endsWith("-")) remove.push(line.slice(0, -1))
    else throw new KubectlError(`environment variables must be of the form key=value: ${line}`)
  }
  if (remove.some((name) => set.some((one) => one.name === name)))
    throw new KubectlError("can not both modify and remove the same environment variable in the same command")
  return { set, remove }
}

/** Variables for the keys of a config map or secret. */
function* fromObject(context: Context, input: Input): Steps<EnvVar[]> {
  const [info] = yield* find(context, input, {}, [input.text("from")])
  const { kind, metadata, data } = info.object as KubeObject & { data?: Record<string, string> }
  if (kind !== "Secret" && kind !== "ConfigMap") throw new KubectlError("unsupported resource specified in --from")
  const wanted = input.list("keys")
  const variables: EnvVar[] = []
  for (const key of Object.keys(data ?? {}).sort()) {
    if (wanted.length > 0 && !wanted.includes(key)) continue
    const name = key.replace(/[^a-zA-Z0-9_]/g, "_").toUpperCase()
    if (name !== key) yield* context.process.error(`Warning: key ${key} transferred to ${name}\n`)
    const reference = { name: metadata.name, key }
    variables.push({ name, valueFrom: kind === "Secret" ? { secretKeyRef: reference } : { configMapKeyRef: reference } })
  }
  return variables
}

const unmatched = ({ kind, metadata }: KubeObject, pattern: string): string =>
  `Warning: ${kind}/${metadata.name} does not have any containers matching ${JSON.stringify(pattern)}\n`

const mapText = (map: Readonly<Record<string, string>> = {}): string =>
  Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join("\n")

/** As env_resolve.go's extractFieldPathAsString: metadata alone. */
const fieldValue = ({ metadata }: KubeObject, path: string): string => {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? []
  if (map) return metadata[map as "labels"]?.[key] ?? ""
  switch (path) {
    case "metadata.annotations":
      return mapText(metadata.annotations)
    case "metadata.labels":
      return mapText(metadata.labels)
    case "metadata.name":
    case "metadata.namespace":
    case "metadata.uid":
      return String(metadata[path.slice("metadata.".length)] ?? "")
    default:
      throw new KubectlError(`unsupported fieldPath: ${path}`)
  }
}

const referenceText = (source: NonNullable<EnvVar["valueFrom"]>): string => {
  if (source.configMapKeyRef) return `configmap ${source.configMapKeyRef.name}, key ${source.configMapKeyRef.key}`
  if (source.secretKeyRef) return `secret ${source.secretKeyRef.name}, key ${source.secretKeyRef.key}`
  if (source.resourceFieldRef) return `resource field ${source.resourceFieldRef.resource}`
  if (source.fieldRef) return `field path ${source.fieldRef.fieldPath}`
  return "invalid valueFrom"
}

function* resolved(
  { api, namespace }: Context,
  source: NonNullable<EnvVar["valueFrom"]>,
  object: KubeObject,
  container: Container,
): Steps<string> {
  if (source.fieldRef) return fieldValue(object, source.fieldRef.fieldPath)
  if (source.resourceFieldRef) {
    const [which, name] = source.resourceFieldRef.resource.split(".")
    return inUnitsOf(container.resources?.[which as "limits"]?.[name] ?? "0", source.resourceFieldRef.divisor ?? "0", name === "cpu")
  }
  const reference = source.configMapKeyRef ?? source.secretKeyRef
  if (!reference) throw new KubectlError("invalid valueFrom")
  const { data } = yield* api.get<{ data?: Record<string, string> }>(
    `/api/v1/namespaces/${namespace}/${source.secretKeyRef ? "secrets" : "configmaps"}/${reference.name}`,
  )
  const value = data?.[reference.key]
  if (value === undefined)
    throw new KubectlError(`key ${reference.key} not found in ${source.secretKeyRef ? "secret" : "config map"} ${reference.name}`)
  return source.secretKeyRef ? (decodeBase64Text(value) ?? "") : value
}

/** As updateEnv: removed, replaced in place, and what is new at the end. */
const updated = (existing: readonly EnvVar[] | undefined, set: readonly EnvVar[], remove: readonly string[]): EnvVar[] => {
  const kept = (existing ?? [])
    .filter(({ name }) => !remove.includes(name))
    .map((variable) => set.findLast(({ name }) => name === variable.name) ?? variable)
  const added = set.filter(
    ({ name }, at) => !kept.some((variable) => variable.name === name) && set.findLastIndex((other) => other.name === name) === at,
  )
  return [...kept, ...added]
}

export const setEnv = defineSubcommand({
  path: ["set", "env"],
  summary: "Update environment variables on a pod template",
  description: "NAME=value sets a variable, NAME- removes it, - reads more of them from standard input.",
  usage: "RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N",
  examples: [
    ["Set one", "kubectl set env deployment/registry STORAGE_DIR=/local"],
    ["List them", "kubectl set env pods --all --list"],
    ["All keys of a config map", "kubectl set env --from=configmap/myconfigmap --prefix=MYSQL_ deployment/myapp"],
    ["Remove one", "kubectl set env deployments --all ENV-"],
  ],
  flags: {
    ...SET_FLAGS,
    containers: { short: "c", type: "string", default: "*", help: "The containers it is about; * matches any text." },
    env: { short: "e", type: "array", help: "A variable as key=value." },
    from: { type: "string", help: "The config map or secret whose keys become variables" },
    keys: { type: "list", help: "Of --from, only these keys" },
    list: { type: "bool", help: "Show the variables." },
    overwrite: { type: "bool", default: "true", help: "Change variables that are there." },
    prefix: { type: "string", help: "What names begin with" },
    resolve: { type: "bool", help: "With --list: show the values behind references" },
  },
  *run(input, context) {
    const { process } = context
    const isChange = (word: string) => word === "-" || word.includes("=") || (word.endsWith("-") && word.length > 1)
    const first = input.words.findIndex(isChange)
    const words = first < 0 ? input.words : input.words.slice(0, first)
    const pairs = first < 0 ? [] : input.words.slice(first)
    if (pairs.some((word) => !isChange(word)))
      throw new KubectlError(`all resources must be specified before environment changes: ${input.words.join(" ")}`)
    if (input.bool("list") && input.has("output")) throw new KubectlError("--list and --output may not be specified together")
    if (input.has("keys") && !input.has("from"))
      throw new KubectlError("when specifying --keys, a configmap or secret must be provided with --from")
    if (words.length === 0 && !namesFiles(input))
      throw new KubectlError("one or more resources must be specified as <resource> <name> or <resource>/<name>")
    const { set, remove } = yield* parseChanges(context, [...input.list("env"), ...pairs])
    if (input.has("from")) set.push(...(yield* fromObject(context, input)))
    const prefix = input.text("prefix")
    const variables = prefix ? set.map((one) => ({ ...one, name: prefix + one.name })) : set
    const infos = yield* findObjects(context, input, words)
    const pattern = input.text("containers")
    const meant = (spec: { containers: Container[]; initContainers?: Container[] }) =>
      [...spec.containers, ...(spec.initContainers ?? [])].filter(({ name }) => nameMatches(name, pattern))
    if (input.bool("list")) {
      for (const { object } of infos) {
        const spec = podSpecOf(object)
        const containers = spec ? meant(spec) : []
        if (containers.length === 0) yield* process.error(unmatched(object, pattern))
        for (const container of containers) {
          yield* process.print(`# ${object.kind} ${object.metadata.name}, container ${container.name}\n`)
          const unresolved = new Map<string, string[]>()
          for (const { name, value, valueFrom } of updated(container.env, variables, remove)) {
            let text = valueFrom ? undefined : (value ?? "")
            if (valueFrom && input.bool("resolve"))
              try {
                text = yield* resolved(context, valueFrom, object, container)
              } catch (error) {
                if (!(error instanceof KubectlError)) throw error
                unresolved.set(error.message, [...(unresolved.get(error.message) ?? []), name])
              }
            yield* process.print(text === undefined ? `# ${name} from ${referenceText(valueFrom ?? {})}\n` : `${name}=${text}\n`)
          }
          const complaints = [...unresolved].map(
            ([message, names]) => `error retrieving reference for ${names.sort().join(", ")}: ${message}\n`,
          )
          yield* process.error(complaints.sort().join(""))
        }
      }
      return 0
    }
    for (const { object } of infos) {
      const spec = podSpecOf(object)
      if (spec && meant(spec).length === 0) yield* process.error(unmatched(object, pattern))
    }
    if (variables.length === 0 && remove.length === 0) return 0
    yield* changeObjects(context, input, infos, {
      done: "env updated",
      failed: "failed to patch env update to pod template:",
      change: (object) =>
        withPodSpec(object, (spec) => {
          for (const container of meant(spec)) {
            const clash = input.bool("overwrite")
              ? undefined
              : variables.find(({ name, value }) => container.env?.some((one) => one.name === name && one.value !== value))
            if (clash)
              throw new KubectlError(
                `'${clash.name}' already has a value (${container.env?.find(({ name }) => name === clash.name)?.value ?? ""}), and --overwrite is false`,
              )
            container.env = updated(container.env, variables, remove)
          }
        }),
    })
    return 0
  },
})
