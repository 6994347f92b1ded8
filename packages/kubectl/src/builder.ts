/** Which objects a command line means: types and names, selectors, or files. As cli-runtime/pkg/resource/builder.go. */
import type { Steps } from "@drydock/machine"
import type { KubeObject, Resource } from "./api.ts"
import type { Context } from "./define-subcommand.ts"
import { pathOf, qualifiedName } from "./discovery.ts"
import { isReason, KubectlError, ServerError, throwAll } from "./errors.ts"
import type { Input } from "./flags.ts"
import { goTypeOf } from "./printing/typed.ts"
import { checkPaths, labelFilter, namesFiles, readManifests } from "./manifests.ts"

/** A type, and either a name or all that a selector finds. */
export interface Target {
  readonly resource: Resource
  readonly name: string | undefined
}

/** One object: where it is, and itself once it was fetched. */
export interface Info {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string
  readonly object: KubeObject
  /** The file it came from; "" for the server. */
  readonly source: string
}

export interface Selection {
  /** All objects of a type when no name is given. Default false: that is an error. */
  readonly everything?: boolean
  readonly singleType?: boolean
  /** The command goes by Go's types: what client-go does not know is refused. */
  readonly typed?: boolean
  /** Files are read, but their objects not fetched. */
  readonly local?: boolean
  /** Errors of single objects are collected here instead of ending the command. */
  readonly errors?: KubectlError[]
  readonly ignoreNotFound?: boolean
  readonly subresource?: string
  /** What is said when nothing at all is named. */
  readonly missing?: string
}

export const MISSING =
  "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"

export const query = (parts: Readonly<Record<string, string | undefined>>): string => {
  const text = Object.entries(parts)
    .filter(([, value]) => value !== undefined && value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encodeURIComponent(value as string)}`)
    .join("&")
  return text ? `?${text}` : ""
}

const combined = (words: readonly string[]): boolean => {
  const slashes = words.filter((word) => word.includes("/")).length
  if (slashes > 0 && slashes < words.length)
    throw new KubectlError(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    )
  return slashes > 0
}

/** "a,b c" means a/c b/c. */
const normalized = (words: readonly string[]): readonly string[] => {
  const types = words.length >= 2 ? words[0].split(",") : []
  return types.length > 1 ? types.flatMap((type) => words.slice(1).map((name) => `${type}/${name}`)) : words
}

interface Parsed {
  readonly types: readonly string[]
  readonly names: readonly string[]
  readonly tuples: readonly (readonly [type: string, name: string])[]
}

function* parsed({ api }: Context, given: readonly string[]): Steps<Parsed> {
  const words = normalized(given)
  if (combined(words)) {
    const tuples = words.map((word) => {
      const parts = word.split("/")
      if (parts.length !== 2) throw new KubectlError("arguments in resource/name form may not have more than one slash")
      if (!parts[0] || !parts[1] || parts[0].includes(","))
        throw new KubectlError("arguments in resource/name form must have a single resource and name")
      return [parts[0], parts[1]] as const
    })
    return { types: [], names: [], tuples }
  }
  if (words.length === 0) return { types: [], names: [], tuples: [] }
  const types: string[] = []
  for (const type of words[0].split(",")) {
    const category = (yield* api.resources()).filter((one) => one.preferred && one.categories.includes(type))
    if (category.length > 0) types.push(...category.map(qualifiedName))
    else types.push(type)
  }
  return { types, names: words.slice(1), tuples: [] }
}

/** The types and names that words mean. */
export function* targets(context: Context, words: readonly string[]): Steps<Target[]> {
  const { types, names, tuples } = yield* parsed(context, words)
  const found: Target[] = []
  for (const [type, name] of tuples) found.push({ resource: yield* context.api.resource(type), name })
  for (const type of types) {
    const resource = yield* context.api.resource(type)
    if (names.includes("")) throw new KubectlError("resource name may not be empty")
    if (names.length > 0) found.push(...names.map((name) => ({ resource, name })))
    else if (!found.some((one) => one.resource === resource)) found.push({ resource, name: undefined })
  }
  return found
}

export const namespaceOf = ({ namespace }: Context, resource: Resource, object?: KubeObject): string | undefined =>
  resource.namespaced ? object?.metadata?.namespace || namespace : undefined

/** The namespace that a file's object is in; -n may not contradict the file. As RequireNamespace. */
export const requireNamespace = (context: Context, resource: Resource, object: KubeObject): string | undefined => {
  const own = object.metadata?.namespace
  if (resource.namespaced && own && context.namespaceGiven && own !== context.namespace)
    throw new KubectlError(
      `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(context.namespace)}. You must pass '--namespace=${own}' to perform this operation.`,
    )
  return namespaceOf(context, resource, object)
}

const listed = ({ group, version, plural }: Resource, input: Input): string =>
  `Unable to find ${JSON.stringify(`${group}/${version}, Resource=${plural}`)} that match label selector ${JSON.stringify(input.text("selector"))}, field selector ${JSON.stringify(input.text("field-selector"))}`

/** A path that the server does not know is said with what was asked of it. As errors.NewGenericServerResponse. */
const named = ({ message }: ServerError, resource: Resource): string =>
  message === "the server could not find the requested resource" ? `${message} (get ${qualifiedName(resource)})` : message

/** A list's failure says what was asked for. As resource.EnhanceListError. */
export const listError = (error: unknown, resource: Resource, input: Input): unknown =>
  isReason(error, "BadRequest") || isReason(error, "NotFound")
    ? new ServerError({
        ...(error as ServerError).status,
        message: `${input.text("selector") || input.text("field-selector") ? listed(resource, input) : `Unable to list ${JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.plural}`)}`}: ${named(error as ServerError, resource)}`,
      })
    : error

export function* listObjects(context: Context, resource: Resource, namespace: string | undefined, input: Input): Steps<KubeObject[]> {
  try {
    const answer = yield* context.api.get<{ apiVersion: string; items: KubeObject[] }>(
      pathOf(resource, namespace) +
        query({ labelSelector: input.text("selector"), fieldSelector: input.text("field-selector"), limit: "500" }),
    )
    return (answer.items ?? []).map((object) => ({ ...object, apiVersion: answer.apiVersion, kind: resource.kind }))
  } catch (error) {
    throw listError(error, resource, input)
  }
}

/** How the words and flags are to be read; throws when they contradict each other. */
export function* plan(
  context: Context,
  input: Input,
  selection: Selection,
  words: readonly string[] = input.words,
): Steps<{ targets: Target[]; selected: boolean; files: boolean }> {
  const { types, names, tuples } = yield* parsed(context, words)
  const everywhere = input.bool("all-namespaces")
  if (input.bool("all") && (input.has("selector") || input.has("field-selector")))
    throw new KubectlError("setting 'all' parameter but found a non empty selector. ")
  if (namesFiles(input)) {
    checkPaths(context, input)
    if (types.length > 0)
      throw new KubectlError("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well")
    if (tuples.length > 0) throw new KubectlError("resource/name arguments cannot be provided when a path is specified")
    return { targets: [], selected: false, files: true }
  }
  const selected =
    input.bool("all") ||
    Boolean(input.text("selector")) ||
    Boolean(input.text("field-selector")) ||
    (selection.everything === true && types.length > 0 && names.length === 0)
  if (selected) {
    if (names.length > 0) throw new KubectlError("name cannot be provided when a selector is specified")
    if (tuples.length > 0) throw new KubectlError("selectors and the all flag cannot be used when passing resource/name arguments")
    if (types.length === 0) throw new KubectlError("at least one resource must be specified to use a selector")
    if (selection.subresource) throw new KubectlError("subresource cannot be used when bulk resources are specified")
  }
  const found = yield* targets(context, words)
  if (selection.singleType && new Set(found.map(({ resource }) => resource)).size > 1)
    throw new KubectlError("you may only specify a single resource type")
  if (!selected) {
    if (found.length === 0) throw new KubectlError(selection.missing ?? MISSING)
    if (found.some(({ name }) => name === undefined)) throw new KubectlError("resource(s) were provided, but no name was specified")
    if (everywhere && found.some(({ resource }) => resource.namespaced))
      throw new KubectlError("a resource cannot be retrieved by name across all namespaces")
  }
  return { targets: found, selected, files: false }
}

/** Refuses what client-go does not know; `where`: what is said before. */
export const checkKnown = (object: KubeObject, where: string): void => {
  if (goTypeOf(object) === undefined)
    throw new KubectlError(
      `${where}no kind ${JSON.stringify(object.kind)} is registered for version ${JSON.stringify(object.apiVersion)} in scheme "pkg/scheme/scheme.go:28"`,
    )
}

/** An object's type as far as the object tells it. */
const unlisted = ({ apiVersion: text, kind }: KubeObject): Resource => {
  const slash = text.indexOf("/")
  const plural = `${kind.toLowerCase()}s`
  return {
    group: slash < 0 ? "" : text.slice(0, slash),
    version: text.slice(slash + 1),
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced: false,
    shortNames: [],
    categories: [],
    verbs: [],
    subresources: [],
    preferred: true,
  }
}

/** The objects that words, selectors or files mean, as the server has them. */
export function* find(context: Context, input: Input, selection: Selection = {}, words: readonly string[] = input.words): Steps<Info[]> {
  const { api, namespace } = context
  const planned = yield* plan(context, input, selection, words)
  const errors: KubectlError[] = []
  const infos: Info[] = []
  function* attempt(steps: () => Steps<void>): Steps<void> {
    try {
      yield* steps()
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error
      if (selection.ignoreNotFound && isReason(error, "NotFound")) return
      if (!selection.errors) throw error
      errors.push(error)
    }
  }
  if (planned.files) {
    const wanted = labelFilter(input.text("selector"))
    for (const { source, object } of yield* readManifests(context, input)) {
      yield* attempt(function* () {
        if (selection.typed) checkKnown(object, `unable to decode ${JSON.stringify(source)}: `)
        const { name } = object.metadata
        // With --local nobody is asked what there is.
        const offline = input.has("local") && input.bool("local")
        const resource = offline ? unlisted(object) : yield* api.resourceFor(object, source)
        const where = offline ? object.metadata.namespace : requireNamespace(context, resource, object)
        const current = selection.local ? object : yield* api.get<KubeObject>(pathOf(resource, where, name, selection.subresource))
        // A selector chooses among what was fetched: what is not there is a fault, wanted or not.
        if (wanted(current)) infos.push({ resource, namespace: where, name, source, object: current })
      })
    }
  } else
    for (const { resource, name } of planned.targets) {
      yield* attempt(function* () {
        const where = resource.namespaced && !input.bool("all-namespaces") ? namespace : undefined
        if (name !== undefined)
          infos.push({
            resource,
            namespace: where,
            name,
            source: "",
            object: yield* api.get(pathOf(resource, where, name, selection.subresource)),
          })
        else
          for (const object of yield* listObjects(context, resource, where, input))
            infos.push({ resource, namespace: object.metadata.namespace, name: object.metadata.name, source: "", object })
      })
    }
  if (selection.typed) for (const { object } of infos) checkKnown(object, "")
  selection.errors?.push(...errors)
  if (!selection.errors) throwAll(errors)
  return infos
}
