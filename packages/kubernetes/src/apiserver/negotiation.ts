/** Which representation an answer has. As k8s.io/apiserver/pkg/endpoints/handlers/negotiation. */
import { goYaml, goYamlParts } from "@drydock/gotemplate"
import { partsOfList, prettyParts } from "../apimachinery/json-body.ts"
import { StatusError } from "../apimachinery/status.ts"
import type { ApiRequest, ApiResponse } from "./contract.ts"

export interface MediaType {
  format: "json" | "yaml"
  as: "Table" | "PartialObjectMetadata" | undefined
  /** Indented, for people at a terminal or in a browser. */
  pretty: boolean
  stream: boolean
}

const PLAIN: MediaType = { format: "json", as: undefined, pretty: false, stream: false }

const FORMATS: Readonly<Record<string, MediaType["format"]>> = {
  "application/json": "json",
  "application/yaml": "yaml",
  "*/*": "json",
  "application/*": "json",
}

/** As isPrettyPrint: curl, wget and browsers, unless ?pretty says otherwise. */
const isPretty = (request: ApiRequest, query: ReadonlyMap<string, readonly string[]>): boolean => {
  const pretty = query.get("pretty")?.[0]
  if (pretty !== undefined) return pretty !== "" && pretty !== "0" && pretty !== "false"
  return /^(curl|Wget|Mozilla\/5\.0)/.test(request.headers?.["user-agent"] ?? "")
}

/** The first clause of Accept that we can give; undefined: none. Components inside the world name none. */
export const negotiate = (
  request: ApiRequest,
  query: ReadonlyMap<string, readonly string[]>,
  transforms: boolean,
): MediaType | undefined => {
  const accept = request.headers?.accept
  if (!accept) return request.user ? PLAIN : { ...PLAIN, pretty: isPretty(request, query) }
  for (const clause of accept.split(",")) {
    const [type, ...parameters] = clause.split(";").map((part) => part.trim())
    const format = Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined
    if (!format) continue
    const values = new Map(parameters.map((part) => part.split("=", 2) as [string, string]))
    const as = values.get("as")
    if (as !== undefined) {
      if (!transforms || values.get("g") !== "meta.k8s.io" || !["v1", "v1beta1"].includes(values.get("v") ?? "")) continue
      if (as !== "Table" && as !== "PartialObjectMetadata" && as !== "PartialObjectMetadataList") continue
      return {
        format,
        as: as === "Table" ? "Table" : "PartialObjectMetadata",
        pretty: isPretty(request, query),
        stream: values.get("stream") === "watch",
      }
    }
    return { format, as: undefined, pretty: isPretty(request, query), stream: values.get("stream") === "watch" }
  }
  return undefined
}

export const notAcceptable = (): StatusError =>
  new StatusError(
    406,
    "NotAcceptable",
    "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch",
    {},
  )

export const JSON_TYPE = { "content-type": "application/json", "cache-control": "no-cache, private" } as const

/** A body that is text, made when it is read, or part by part. */
const inParts = (response: ApiResponse, headers: ApiResponse["headers"], parts: () => Iterable<string>): ApiResponse => {
  let text: string | undefined
  const { body: _, ...rest } = response
  return {
    ...rest,
    headers,
    parts,
    get body() {
      return (text ??= [...parts()].join(""))
    },
  }
}

/** The answer's body as text where it is not plain JSON. */
export const represent = (response: ApiResponse, media: MediaType): ApiResponse => {
  const { body, headers } = response
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array || response.stream) return response
  if (media.format !== "yaml") return media.pretty ? inParts(response, headers, () => prettyParts(body)) : response
  // As sigs.k8s.io/yaml writes it.
  const yaml = { ...headers, "content-type": "application/yaml" }
  const list = partsOfList(body)
  return list
    ? inParts(response, yaml, () => goYamlParts(list.head, list.name, list.items()))
    : { ...response, headers: yaml, body: goYaml(body) }
}
