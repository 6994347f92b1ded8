/** Releases in Secrets (or ConfigMaps, HELM_DRIVER). As helm/pkg/storage. */
import { decodeBase64Text, encodeBase64 } from "@drydock/kubernetes/apimachinery"
import type { Steps } from "@drydock/machine"
import { ApiError } from "../../kube/client.ts"
import type { Context } from "../context.ts"
import { HelmError } from "../errors.ts"
import { decodeRelease, encodeRelease, type Release } from "./release.ts"

const SYSTEM = ["name", "owner", "status", "version", "createdAt", "modifiedAt"]

export const NOT_FOUND = "release: not found"

interface Holder {
  metadata: { name: string; namespace: string; labels?: Record<string, string> }
  data?: Record<string, string>
}

export const isSystemLabel = (label: string): boolean => SYSTEM.includes(label)
export const SYSTEM_LABELS = `[${SYSTEM.join(" ")}]`

export class Storage {
  readonly context: Context
  /** "" for all. */
  readonly namespace: string

  constructor(context: Context, namespace: string = context.namespace) {
    this.context = context
    this.namespace = namespace
  }

  get #kind(): "secrets" | "configmaps" {
    return /^configmaps?$/.test(this.context.process.env.get("HELM_DRIVER") ?? "") ? "configmaps" : "secrets"
  }

  #path(name?: string): string {
    return `/api/v1${this.namespace ? `/namespaces/${this.namespace}` : ""}/${this.#kind}${name === undefined ? "" : `/${name}`}`
  }

  #decode({ metadata, data }: Holder): Release | undefined {
    const held = data?.release
    if (held === undefined) return undefined
    const text = this.#kind === "secrets" ? decodeBase64Text(held) : held
    const labels = Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([label]) => !isSystemLabel(label)))
    try {
      return decodeRelease(text ?? "", labels, this.context.archives)
    } catch {
      return undefined
    }
  }

  #encode(release: Release): unknown {
    const name = keyOf(release)
    const data = encodeRelease(release, this.context.archives)
    const secret = this.#kind === "secrets"
    return {
      apiVersion: "v1",
      kind: secret ? "Secret" : "ConfigMap",
      ...(secret && { type: "helm.sh/release.v1" }),
      metadata: {
        name,
        labels: {
          ...release.labels,
          modifiedAt: String(Math.floor(this.context.process.now() / 1_000)),
          name: release.name,
          owner: "helm",
          status: release.info.status,
          version: String(release.version),
        },
      },
      data: { release: secret ? encodeBase64(data) : data },
    }
  }

  /** Throws ApiError, UnreachableError. */
  *query(labels: Readonly<Record<string, string>>): Steps<Release[]> {
    const selector = Object.entries({ ...labels, owner: "helm" })
      .map(([label, value]) => `${label}=${value}`)
      .join(",")
    const { items } = yield* this.context.client.json<{ items: Holder[] }>(
      "GET",
      `${this.#path()}?labelSelector=${encodeURIComponent(selector)}`,
    )
    return items.map((item) => this.#decode(item)).filter((release) => release !== undefined)
  }

  /** Oldest first. Throws HelmError when there is none. */
  *history(name: string): Steps<Release[]> {
    const found = (yield* this.query({ name })).sort((a, b) => a.version - b.version)
    if (found.length === 0) throw new HelmError(NOT_FOUND)
    return found
  }

  *last(name: string): Steps<Release> {
    return (yield* this.history(name)).at(-1) as Release
  }

  *get(name: string, version: number): Steps<Release> {
    if (version <= 0) return yield* this.last(name)
    try {
      const release = this.#decode(yield* this.context.client.json<Holder>("GET", this.#path(`sh.helm.release.v1.${name}.v${version}`)))
      if (release) return release
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 404) throw error
    }
    throw new HelmError(NOT_FOUND)
  }

  *deployed(name: string): Steps<Release[]> {
    return (yield* this.query({ name, status: "deployed" })).sort((a, b) => b.version - a.version)
  }

  /** `most`: how many revisions are kept; 0 for all. */
  *create(release: Release, most = 0): Steps<void> {
    if (most > 0) yield* this.#prune(release.name, most - 1)
    try {
      yield* this.context.client.json("POST", this.#path(), { body: this.#encode(release) })
    } catch (error) {
      if (error instanceof ApiError && error.code === 409) throw new HelmError("release: already exists")
      if (error instanceof ApiError) throw new HelmError(`create: failed to create: ${error.message}`)
      throw error
    }
  }

  *update(release: Release): Steps<void> {
    try {
      yield* this.context.client.json("PUT", this.#path(keyOf(release)), { body: this.#encode(release) })
    } catch (error) {
      if (error instanceof ApiError) throw new HelmError(`update: failed to update: ${error.message}`)
      throw error
    }
  }

  *delete(release: Release): Steps<void> {
    try {
      yield* this.context.client.json("DELETE", this.#path(keyOf(release)))
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 404) throw error
    }
  }

  *#prune(name: string, most: number): Steps<void> {
    const all = (yield* this.query({ name })).sort((a, b) => a.version - b.version)
    const [kept] = yield* this.deployed(name)
    let extra = all.length - most
    for (const release of all) {
      if (extra <= 0) return
      if (release.version === kept?.version) continue
      yield* this.delete(release)
      extra--
    }
  }
}

const keyOf = ({ name, version }: Release): string => `sh.helm.release.v1.${name}.v${version}`

/** Why a release cannot be called so; undefined when it can. */
export const checkReleaseName = (name: string): string | undefined => {
  if (name === "") return "no name provided"
  return name.length > 53 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)
    ? `invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53`
    : undefined
}
