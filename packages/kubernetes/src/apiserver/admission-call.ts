/** One object's way past the admission plugins. What few of them ask for is made when it is asked for: every heartbeat passes here. */
import type { Json } from "../apimachinery/frozen.ts"
import type { AnyStored } from "../apimachinery/object.ts"
import type { AdmissionPlugin, AdmissionRequest, AnyKind, Context, Server } from "./context.ts"
import type { WriteContext } from "./registry.ts"

export const admissionOptions = (verb: AdmissionRequest["operation"], query: Context["query"]): Json => {
  const [manager, validation] = ["fieldManager", "fieldValidation"].map((name) => query.get(name)?.[0])
  return {
    kind: verb === "create" ? "CreateOptions" : verb === "update" ? "UpdateOptions" : "DeleteOptions",
    apiVersion: "meta.k8s.io/v1",
    ...(query.has("dryRun") && { dryRun: query.get("dryRun") }),
    ...(manager && { fieldManager: manager }),
    ...(validation && { fieldValidation: validation }),
  }
}

export class AdmissionCall implements AdmissionRequest {
  readonly operation: AdmissionRequest["operation"]
  readonly kind: AnyKind
  readonly subresource: string
  readonly object: AdmissionRequest["object"]
  readonly old: AnyStored | undefined
  readonly dryRun: boolean
  readonly #context: Context
  readonly #server: Server
  readonly #ownWrite: (kind: AnyKind) => WriteContext
  #plugins: readonly AdmissionPlugin[] = []
  #at = 0

  constructor(options: {
    operation: AdmissionRequest["operation"]
    kind: AnyKind
    subresource: string
    object: AdmissionRequest["object"]
    old: AnyStored | undefined
    dryRun: boolean
    context: Context
    server: Server
    ownWrite: (kind: AnyKind) => WriteContext
  }) {
    this.operation = options.operation
    this.kind = options.kind
    this.subresource = options.subresource
    this.object = options.object
    this.old = options.old
    this.dryRun = options.dryRun
    this.#context = options.context
    this.#server = options.server
    this.#ownWrite = options.ownWrite
  }

  get namespace(): string | undefined {
    return this.#context.info.namespace
  }

  get user(): AdmissionRequest["user"] {
    return this.#context.user
  }

  get external(): boolean {
    return this.#context.external
  }

  get outside(): AdmissionRequest["outside"] {
    return this.#context.outside
  }

  get options(): Json {
    return admissionOptions(this.operation, this.#context.query)
  }

  // Taken apart by its readers: what is called must not need `this`.
  get warn(): AdmissionRequest["warn"] {
    return (text) => void this.#context.warnings.push(text)
  }

  get write(): AdmissionRequest["write"] {
    return this.#ownWrite
  }

  get reinvoke(): () => void {
    return () => {
      const until = this.#at
      for (let index = 0; index < until; index++) this.#plugins[index].admit(this, this.#server)
    }
  }

  /** @throws StatusError of the first that refuses */
  pass(plugins: readonly AdmissionPlugin[]): void {
    this.#plugins = plugins
    for (this.#at = 0; this.#at < plugins.length; this.#at++) plugins[this.#at].admit(this, this.#server)
  }
}
