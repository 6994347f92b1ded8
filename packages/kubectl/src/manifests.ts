/** The objects in the files, directories, addresses and standard input that -f names. As cli-runtime/pkg/resource/visitor.go. */
import { type Steps, SystemError } from "@drydock/machine"
import { goJson, sortedKeys } from "@drydock/gotemplate"
import type { KubeObject } from "./api.ts"
import type { Context } from "./define-subcommand.ts"
import { KubectlError } from "./errors.ts"
import type { Input } from "./flags.ts"
import { fetchUrl } from "./fetch-url.ts"
import { wildcard } from "./glob.ts"
import { matchesSelector } from "./labels.ts"
import { buildKustomization } from "./kustomize/build.ts"
import { parseDocuments } from "./yaml-documents.ts"

export interface Manifest {
  /** As messages name it: the path, the address, or "STDIN". */
  readonly source: string
  readonly object: KubeObject
}

const EXTENSIONS = /\.(json|ya?ml)$/

/** Throws when a file that -f names is not there. */
export const checkPaths = (context: Context, input: Input): void => {
  for (const path of input.list("filename"))
    if (path !== "-" && !/^https?:/.test(path) && !globbed(context, path).some((one) => context.process.files.exists(one)))
      throw new KubectlError(`the path ${JSON.stringify(path)} does not exist`)
}

const readPath = (context: Context, path: string, recursive: boolean, top: boolean): [string, string][] => {
  const { files } = context.process
  try {
    if (files.stat(path).type !== "directory") return [[path, files.readText(path)]]
    const names = files.list(path)
    const found = names.flatMap(({ name, type }): [string, string][] => {
      const below = `${path.replace(/\/$/, "")}/${name}`
      if (type === "directory") return recursive ? readPath(context, below, true, false) : []
      return EXTENSIONS.test(name) ? [[below, files.readText(below)]] : []
    })
    if (top && found.length === 0) throw new KubectlError(`error reading [${path}]: recognized file extensions are [.json .yaml .yml]`)
    return found
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    if (error.code === "ENOENT" && top) throw new KubectlError(`the path ${JSON.stringify(path)} does not exist`)
    throw new KubectlError(`the path ${JSON.stringify(path)} cannot be accessed: ${error.message.toLowerCase()}`)
  }
}

/** The texts that -f and -k name, in order. */
function* texts(context: Context, input: Input): Steps<[source: string, text: string][]> {
  const found: [string, string][] = []
  for (const file of input.list("filename").flatMap((one) => (one === "-" || /^https?:/.test(one) ? [one] : globbed(context, one)))) {
    if (file === "-") found.push(["STDIN", new TextDecoder().decode(yield* context.process.readAll(0))])
    else if (/^https?:\/\//.test(file)) found.push([file, yield* fetchUrl(context, file)])
    // A shell's <(…) is a pipe.
    else if (/^\/dev\/(fd\/\d+|stdin)$/.test(file)) {
      const fd = yield* context.process.open(file, "r")
      found.push([file, new TextDecoder().decode(yield* context.process.readAll(fd))])
      context.process.close(fd)
    } else found.push(...readPath(context, file, input.bool("recursive"), true))
  }
  return found
}

/** What is read is a Go map: its keys travel sorted. */
const sortedKeysDeep = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortedKeysDeep)
  if (typeof value !== "object" || value === null) return value
  const map = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(sortedKeys(map).map((key) => [key, sortedKeysDeep(map[key])]))
}

/** The paths that a pattern fits, sorted; itself where it is no pattern or a file. As filepath.Glob. */
const globbed = ({ process }: Context, path: string): string[] => {
  if (process.files.exists(path) || !/[*?[]/.test(path)) return [path]
  let found = [path.startsWith("/") ? "/" : ""]
  for (const part of path.split("/").filter(Boolean)) {
    const matches = wildcard(part)
    found = found.flatMap((base) => {
      try {
        const names = /[*?[]/.test(part) ? process.files.list(base || ".").map(({ name }) => name) : [part]
        return names.filter(matches).map((name) => `${base}${base && !base.endsWith("/") ? "/" : ""}${name}`)
      } catch (error) {
        if (error instanceof SystemError) return []
        throw error
      }
    })
  }
  return found.filter((one) => process.files.exists(one)).sort()
}

/** Which objects of a file -l means; "" all. */
export const labelFilter =
  (selector: string) =>
  (object: KubeObject): boolean =>
    selector === "" || matchesSelector(selector, object)

/** Whether the command line names any files. */
export const namesFiles = (input: Input): boolean => input.has("filename") || input.has("kustomize")

/** Throws KubectlError for what is no object. */
export function* readManifests(context: Context, input: Input): Steps<Manifest[]> {
  if (input.has("filename") && input.has("kustomize")) throw new KubectlError("only one of -f or -k can be specified")
  if (input.has("kustomize") && input.bool("recursive")) throw new KubectlError("the -k flag can't be used with -f or -R")
  if (input.has("kustomize"))
    return (yield* buildKustomization(context, input.text("kustomize"))).map((object) => ({ source: input.text("kustomize"), object }))
  const manifests: Manifest[] = []
  for (const [source, text] of yield* texts(context, input))
    for (const value of parseDocuments(text, source)) {
      // Nothing between two separators, as the decoder's Visit skips it.
      if (value === null || value === undefined) continue
      if (typeof value !== "object" || value === null || Array.isArray(value))
        throw new KubectlError(
          `error validating ${JSON.stringify(source)}: error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false`,
        )
      const object = sortedKeysDeep(value) as KubeObject
      checkKind(object, source)
      if (object.kind.endsWith("List") && Array.isArray(object.items))
        for (const item of object.items as KubeObject[]) {
          const whole = { ...item, apiVersion: item.apiVersion ?? object.apiVersion, kind: item.kind ?? object.kind.replace(/List$/, "") }
          manifests.push({ source, object: whole })
        }
      else manifests.push({ source, object: { ...object, metadata: object.metadata ?? ({} as KubeObject["metadata"]) } })
    }
  return manifests
}

const checkKind = (object: Partial<KubeObject>, source: string): void => {
  const faults = [...(object.apiVersion ? [] : ["apiVersion not set"]), ...(object.kind ? [] : ["kind not set"])]
  if (faults.length === 0) return
  if (!object.kind && object.apiVersion === undefined && Object.keys(object).length === 0)
    throw new KubectlError(`unable to decode ${JSON.stringify(source)}: Object 'Kind' is missing in '${goJson(object)}'`)
  const text = faults.length === 1 ? faults[0] : `[${faults.join(", ")}]`
  throw new KubectlError(
    `error validating ${JSON.stringify(source)}: error validating data: ${text}; if you choose to ignore these errors, turn validation off with --validate=false`,
  )
}
