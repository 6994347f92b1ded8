/** What concerns helm itself: version, env, completion, plugins, registries. */
import { goTemplate, TemplateError } from "@drydock/gotemplate"
import { HELM } from "../engine/capabilities.ts"
import { HelmError } from "../errors.ts"
import { bool, string } from "../flags.ts"
import { type Command, defineCommand } from "./define-command.ts"

const version = defineCommand({
  path: "version",
  usage: "",
  summary: "print the helm version information",
  args: [0, 0],
  flags: { short: bool(), template: string() },
  *run(context) {
    const { flags } = context
    const info = {
      Version: HELM.version,
      GitCommit: HELM.commit,
      GitTreeState: "clean",
      GoVersion: HELM.go,
      KubeClientVersion: HELM.client,
    }
    const template = flags.text("template")
    if (template !== undefined) {
      try {
        return yield* context.print(goTemplate(template, info))
      } catch (error) {
        if (error instanceof TemplateError) throw new HelmError(error.message)
        throw error
      }
    }
    if (flags.on("short")) return yield* context.print(`${HELM.version}+g${HELM.commit.slice(0, 7)}\n`)
    const fields = Object.entries(info).map(([name, value]) => `${name}:${JSON.stringify(value)}`)
    yield* context.print(`version.BuildInfo{${fields.join(", ")}}\n`)
  },
})

const env = defineCommand({
  path: "env",
  usage: "",
  summary: "helm client environment information",
  args: [0, 1],
  *run(context) {
    const { environment, flags, process } = context
    const own = (flag: string, name: string) => flags.text(flag) ?? process.env.get(name) ?? ""
    const all: Readonly<Record<string, string>> = {
      HELM_BIN: "helm",
      HELM_BURST_LIMIT: flags.text("burst-limit", "100"),
      HELM_CACHE_HOME: environment.cacheHome,
      HELM_CONFIG_HOME: environment.configHome,
      HELM_CONTENT_CACHE: environment.contentCache,
      HELM_DATA_HOME: environment.dataHome,
      HELM_DEBUG: String(context.debug),
      HELM_KUBEAPISERVER: own("kube-apiserver", "HELM_KUBEAPISERVER"),
      HELM_KUBEASGROUPS: own("kube-as-group", "HELM_KUBEASGROUPS"),
      HELM_KUBEASUSER: own("kube-as-user", "HELM_KUBEASUSER"),
      HELM_KUBECAFILE: own("kube-ca-file", "HELM_KUBECAFILE"),
      HELM_KUBECONTEXT: own("kube-context", "HELM_KUBECONTEXT"),
      HELM_KUBEINSECURE_SKIP_TLS_VERIFY: String(flags.on("kube-insecure-skip-tls-verify")),
      HELM_KUBETLS_SERVER_NAME: own("kube-tls-server-name", "HELM_KUBETLS_SERVER_NAME"),
      HELM_KUBETOKEN: own("kube-token", "HELM_KUBETOKEN"),
      HELM_MAX_HISTORY: process.env.get("HELM_MAX_HISTORY") ?? "10",
      HELM_NAMESPACE: context.namespace,
      HELM_PLUGINS: environment.plugins,
      HELM_QPS: "0.00",
      HELM_REGISTRY_CONFIG: environment.registryConfig,
      HELM_REPOSITORY_CACHE: environment.repositoryCache,
      HELM_REPOSITORY_CONFIG: environment.repositoryConfig,
    }
    const [name] = context.words
    if (name !== undefined) return yield* context.print(`${all[name] ?? ""}\n`)
    yield* context.print(
      Object.entries(all)
        .map(([key, value]) => `${key}="${value}"\n`)
        .join(""),
    )
  },
})

const completion = (shell: string): Command =>
  defineCommand({
    path: `completion ${shell}`,
    usage: "",
    summary: `generate autocompletion script for ${shell}`,
    args: [0, 0],
    flags: { "no-descriptions": bool() },
    *run(context) {
      yield* context.print(`# ${shell} completion for helm: this shell completes file names for it.\n`)
    },
  })

const pluginList = defineCommand({
  path: "plugin list",
  aliases: ["ls"],
  usage: "",
  summary: "list installed Helm plugins",
  args: [0, Number.POSITIVE_INFINITY],
  flags: { type: string() },
  *run(context) {
    yield* context.print("NAME\tVERSION\tTYPE\tAPIVERSION\tPROVENANCE\tSOURCE\n")
  },
})

const pluginInstall = defineCommand({
  path: "plugin install",
  aliases: ["add"],
  usage: "[options] <path|url>",
  summary: "install a Helm plugin",
  args: [1, 1],
  flags: { version: string(), verify: bool() },
  *run(context) {
    yield* context.print("")
    throw new HelmError(`failed to fetch ${context.words[0]} : plugins are programs from outside, which this cluster's machines cannot run`)
  },
})

const registry = (action: "login" | "logout"): Command =>
  defineCommand({
    path: `registry ${action}`,
    usage: "[host]",
    summary: action === "login" ? "login to a registry" : "logout from a registry",
    args: [1, 1],
    flags: { username: string("u"), password: string("p"), "password-stdin": bool(), insecure: bool(), "plain-http": bool() },
    *run(context) {
      const [host] = context.words
      if (action === "logout") return yield* context.process.error(`Removing login credentials for ${host}\n`)
      throw new HelmError(`Get "https://${host}/v2/": dial tcp: lookup ${host} on 127.0.0.53:53: no such host`)
    },
  })

const push = defineCommand({
  path: "push",
  usage: "[chart] [remote]",
  summary: "push a chart to remote",
  args: [2, 2],
  *run(context) {
    yield* context.print("")
    const [, remote] = context.words
    if (!remote.startsWith("oci://")) throw new HelmError(`scheme prefix missing from remote (e.g. "oci://")`)
    const host = remote.slice("oci://".length).split("/")[0]
    throw new HelmError(
      `failed to perform "Push" on destination: Head "https://${host}/v2/": dial tcp: lookup ${host} on 127.0.0.53:53: no such host`,
    )
  },
})

const verify = defineCommand({
  path: "verify",
  usage: "PATH",
  summary: "verify that a chart at the given path has been signed and is valid",
  args: [1, 1],
  flags: { keyring: string() },
  *run(context) {
    yield* context.print("")
    const [path] = context.words
    const { files } = context.process
    if (!files.exists(path)) throw new HelmError(`stat ${path}: no such file or directory`)
    if (files.stat(path).type === "directory") throw new HelmError("unpacked charts cannot be verified")
    throw new HelmError(`could not load provenance file ${path}.prov: stat ${path}.prov: no such file or directory`)
  },
})

export const CLIENT_COMMANDS: readonly Command[] = [
  version,
  env,
  ...["bash", "fish", "powershell", "zsh"].map(completion),
  pluginList,
  pluginInstall,
  registry("login"),
  registry("logout"),
  push,
  verify,
]
