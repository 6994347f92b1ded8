/** What a helm command works with. */
import { goQuote } from "@drydock/gotemplate"
import type { Process, Steps } from "@drydock/machine"
import type { Archives } from "../archives.ts"
import { KubeClient } from "../kube/client.ts"
import { type Connection, connectionOf } from "../kube/kubeconfig.ts"
import { HELM } from "./engine/capabilities.ts"
import { type Environment, environmentOf } from "./environment.ts"
import { HelmError, reasonOf } from "./errors.ts"
import type { Flags } from "./flags.ts"

export class Context {
  readonly process: Process
  readonly flags: Flags
  readonly archives: Archives
  readonly environment: Environment
  #connection: Connection | undefined
  #client: KubeClient | undefined

  constructor(process: Process, flags: Flags, archives: Archives) {
    this.process = process
    this.flags = flags
    this.archives = archives
    this.environment = environmentOf(process, flags)
  }

  get words(): readonly string[] {
    return this.flags.words
  }

  get connection(): Connection {
    const { process, flags } = this
    const setting = (flag: string, name: string) => flags.text(flag) || process.env.get(name)
    try {
      this.#connection ??= connectionOf(process, {
        ...(setting("kubeconfig", "") && { kubeconfig: setting("kubeconfig", "") as string }),
        ...(setting("kube-context", "HELM_KUBECONTEXT") && { context: setting("kube-context", "HELM_KUBECONTEXT") as string }),
        ...(setting("kube-apiserver", "HELM_KUBEAPISERVER") && { server: setting("kube-apiserver", "HELM_KUBEAPISERVER") as string }),
        ...(setting("kube-token", "HELM_KUBETOKEN") && { token: setting("kube-token", "HELM_KUBETOKEN") as string }),
        ...(setting("namespace", "HELM_NAMESPACE") && { namespace: setting("namespace", "HELM_NAMESPACE") as string }),
        ...(flags.on("kube-insecure-skip-tls-verify") && { insecure: true }),
      })
    } catch (error) {
      throw new HelmError(`kubernetes cluster unreachable: ${reasonOf(error)}`)
    }
    return this.#connection
  }

  /** Of --namespace, or the kubeconfig's. */
  get namespace(): string {
    return this.connection.namespace
  }

  get client(): KubeClient {
    const stamp = () => {
      const [, month, day, time] = /^\d+-(\d\d)-(\d\d)T([\d:.]+)Z$/.exec(new Date(Math.floor(this.process.now())).toISOString()) ?? []
      return `W${month}${day} ${time}000 ${String(this.process.pid).padStart(7)} warnings.go:110]`
    }
    this.#client ??= new KubeClient(
      this.process,
      this.connection,
      `Helm/${HELM.version.slice(1)}`,
      (text) => `${stamp()} "Warning: ${text}"\n`,
    )
    return this.#client
  }

  /** Throws HelmError when nobody answers. */
  *reach(): Steps<{ gitVersion: string; major: string; minor: string }> {
    try {
      return yield* this.client.json("GET", "/version")
    } catch (error) {
      throw new HelmError(`kubernetes cluster unreachable: ${reasonOf(error)}`)
    }
  }

  print(text: string): Steps<void> {
    return this.process.print(text)
  }

  /** A line of the log, as slog's text handler writes it. */
  log(level: "DEBUG" | "INFO" | "WARN" | "ERROR", message: string, fields: Readonly<Record<string, string | number>> = {}): Steps<void> {
    const quoted = (value: string) => (/^[^\s"=]+$/.test(value) ? value : goQuote(value))
    const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${typeof value === "number" ? value : quoted(value)}`)
    return this.process.error(`level=${level} msg=${quoted(message)}${rest.join("")}\n`)
  }

  get debug(): boolean {
    return this.flags.on("debug")
  }
}
