/** Credentials that another program gives: a kubeconfig's `exec`. As client-go/plugin/pkg/client/auth/exec. */
import { readYaml, YamlError } from "@drydock/gotemplate"
import { type Process, type Steps, SystemError } from "@drydock/machine"

/** A user's `exec` entry. */
export interface ExecConfig {
  readonly command?: string
  readonly args?: readonly string[] | null
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null
  readonly apiVersion?: string
  readonly installHint?: string
  readonly interactiveMode?: string
  readonly provideClusterInfo?: boolean
  /** What the program is told of the cluster. */
  readonly cluster?: Readonly<Record<string, unknown>>
}

export interface ExecCredentials {
  readonly token?: string
  readonly clientCertificate?: string
}

/** Said behind "getting credentials: ". */
export class ExecCredentialError extends Error {}

const MISSING = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`

const find = ({ env, files }: Process, command: string): string | undefined => {
  if (command.includes("/")) return files.exists(command) ? command : undefined
  return (env.get("PATH") ?? "/usr/bin:/bin")
    .split(":")
    .map((directory) => `${directory}/${command}`)
    .find((path) => files.exists(path))
}

/** Runs the plugin and understands what it prints. Throws ExecCredentialError. */
export function* execCredentials(process: Process, config: ExecConfig): Steps<ExecCredentials> {
  const { command = "", args, env, apiVersion = "", installHint, interactiveMode, provideClusterInfo = false, cluster } = config
  const terminal = process.fds.get(0)?.kind === "tty"
  if (interactiveMode === "Always" && !terminal)
    throw new ExecCredentialError("exec plugin cannot support interactive mode: standard input is not a terminal")
  const path = find(process, command)
  if (!path) throw new ExecCredentialError(`exec: executable ${command} not found${MISSING}${installHint ? `\n\n${installHint}` : ""}`)
  const file = `/tmp/exec-credential-${process.pid}`
  const info = `${JSON.stringify({
    kind: "ExecCredential",
    apiVersion,
    spec: { ...(provideClusterInfo && cluster && { cluster }), interactive: terminal && interactiveMode !== "Never" },
  })}\n`
  // Its output is caught in a file: a pipe would have to be read while it runs.
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
  const variables = [{ name: "KUBERNETES_EXEC_INFO", value: info }, ...(env ?? [])].map(({ name, value }) => `${name}=${quote(value)}`)
  const line = [...variables, quote(path), ...(args ?? []).map(quote), ">", file].join(" ")
  try {
    const child = process.spawnFile("/bin/bash", { argv: ["/bin/bash", "-c", line] })
    const ended = yield* process.waitFor({ pid: child.pid })
    const code = ended?.status.kind === "exited" ? ended.status.code : 1
    if (code !== 0) throw new ExecCredentialError(`exec: executable ${command} failed with exit code ${code}`)
    return understood(process.files.readText(file), apiVersion)
  } catch (error) {
    if (error instanceof SystemError) throw new ExecCredentialError(`exec: ${error.message.toLowerCase()}`)
    throw error
  } finally {
    if (process.files.exists(file)) process.files.remove(file)
  }
}

interface ExecCredentialObject {
  kind?: string
  apiVersion?: string
  status?: { token?: string; clientCertificateData?: string; clientKeyData?: string } | null
}

const understood = (text: string, apiVersion: string): ExecCredentials => {
  // Nothing at all decodes to an object without a version.
  if (text.trim() === "")
    throw new ExecCredentialError(
      `exec plugin is configured to use API version ${apiVersion}, plugin returned version client.authentication.k8s.io/__internal`,
    )
  let value: unknown
  try {
    ;[value] = readYaml(text, { lastWins: true })
  } catch (error) {
    if (error instanceof YamlError)
      throw new ExecCredentialError(
        `decoding stdout: couldn't get version/kind; json parse error: error converting YAML to JSON: ${error.message}`,
      )
    throw error
  }
  if (typeof value !== "object" || value === null)
    throw new ExecCredentialError(
      `decoding stdout: couldn't get version/kind; json parse error: json: cannot unmarshal ${typeof value} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    )
  const object = value as ExecCredentialObject
  if (object.kind !== "ExecCredential")
    throw new ExecCredentialError(
      `decoding stdout: no kind ${JSON.stringify(object.kind ?? "")} is registered for version ${JSON.stringify(object.apiVersion ?? "")} in scheme "pkg/client/auth/exec/exec.go:64"`,
    )
  if (object.apiVersion !== apiVersion)
    throw new ExecCredentialError(
      `exec plugin is configured to use API version ${apiVersion}, plugin returned version ${object.apiVersion ?? ""}`,
    )
  if (!object.status) throw new ExecCredentialError("exec plugin didn't return a status field")
  const { token, clientCertificateData, clientKeyData } = object.status
  if (Boolean(clientCertificateData) !== Boolean(clientKeyData))
    throw new ExecCredentialError("exec plugin returned only certificate or key, not both")
  if (!token && !clientCertificateData) throw new ExecCredentialError("exec plugin didn't return a token or cert/key pair")
  return { ...(token && { token }), ...(clientCertificateData && { clientCertificate: clientCertificateData }) }
}
