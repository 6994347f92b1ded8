/** aws: the little of it that a kubeconfig asks for. There is no cloud: keys are believed, and tokens are made here. As aws-cli's eks get-token, eks update-kubeconfig and sts get-caller-identity. */
import { sha256Hex } from "@drydock/gotemplate"
import { encodeBase64 } from "@drydock/kubernetes/apimachinery"
import type { Process, Program, Steps } from "@drydock/machine"
import { ACCOUNT, optionOf, regionOf } from "./options.ts"
import { updateKubeconfig } from "./update-kubeconfig.ts"

interface Credentials {
  readonly key: string
  readonly secret: string
  readonly session: string
}

/** One section of an INI file. */
const section = (text: string, name: string): Map<string, string> => {
  const values = new Map<string, string>()
  let inside = false
  for (const line of text.split("\n")) {
    const head = /^\[(?:profile )?([^\]]+)\]/.exec(line.trim())
    if (head) inside = head[1] === name
    const equals = line.indexOf("=")
    if (inside && !head && equals > 0) values.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim())
  }
  return values
}

/** Keys of the environment, or of the profile in ~/.aws/credentials. */
const credentialsOf = ({ env, files }: Process, profile: string): Credentials | undefined => {
  const [key, secret] = [env.get("AWS_ACCESS_KEY_ID"), env.get("AWS_SECRET_ACCESS_KEY")]
  if (key && secret) return { key, secret, session: env.get("AWS_SESSION_TOKEN") ?? "" }
  const path = env.get("AWS_SHARED_CREDENTIALS_FILE") ?? `${env.get("HOME") ?? "/root"}/.aws/credentials`
  if (!files.exists(path)) return undefined
  const found = section(files.readText(path), profile)
  const [id, code] = [found.get("aws_access_key_id"), found.get("aws_secret_access_key")]
  return id && code ? { key: id, secret: code, session: found.get("aws_session_token") ?? "" } : undefined
}

const stamp = (time: number): string => new Date(Math.floor(time / 1_000) * 1_000).toISOString().replace(".000", "")

/** Signed words that say who asks, as aws-iam-authenticator reads them. `role`: what the keys were exchanged for. */
const signedToken = (now: number, region: string, cluster: string, { key, secret }: Credentials, role: string | undefined): string => {
  const time = stamp(now).replace(/[-:]/g, "")
  const query = [
    "Action=GetCallerIdentity",
    "Version=2011-06-15",
    "X-Amz-Algorithm=AWS4-HMAC-SHA256",
    `X-Amz-Credential=${encodeURIComponent(`${key}/${time.slice(0, 8)}/${region}/sts/aws4_request`)}`,
    `X-Amz-Date=${time}`,
    "X-Amz-Expires=60",
    ...(role === undefined ? [] : [`X-Amz-Security-Token=${encodeURIComponent(role)}`]),
    "X-Amz-SignedHeaders=host%3Bx-k8s-aws-id",
  ].join("&")
  const url = `https://sts.${region}.amazonaws.com/?${query}&X-Amz-Signature=${sha256Hex(`${secret}\n${cluster}\n${query}`)}`
  return `k8s-aws-v1.${encodeBase64(url).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`
}

/** Python's json.dumps. */
const dumps = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? `{${Object.entries(value)
        .map(([key, member]) => `${JSON.stringify(key)}: ${dumps(member)}`)
        .join(", ")}}`
    : JSON.stringify(value)

/** The version of the API that whoever runs this speaks. */
const versionOf = ({ env }: Process): string => {
  const asked = /"apiVersion":"(client\.authentication\.k8s\.io\/v1(?:beta1)?)"/.exec(env.get("KUBERNETES_EXEC_INFO") ?? "")
  return asked?.[1] ?? "client.authentication.k8s.io/v1beta1"
}

const MISSING = 253
const WRONG = 252

const usage = (text: string): string =>
  `\nusage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\nTo see help text, you can run:\n\n  aws help\n  aws <command> help\n  aws <command> <subcommand> help\n\naws: error: ${text}\n\n`

function* getToken(process: Process, words: readonly string[], credentials: Credentials): Steps<number> {
  const cluster = optionOf(words, "--cluster-name") ?? optionOf(words, "--cluster-id")
  if (!cluster) {
    yield* process.error("\nEither --cluster-name or --cluster-id must be specified\n")
    return WRONG
  }
  const region = regionOf(words, process)
  // A session's token is what the cluster takes for the caller, where there is one: nothing here exchanges keys for it.
  const role = optionOf(words, "--role-arn") ?? optionOf(words, "--role")
  const token = (role === undefined && credentials.session) || signedToken(process.now(), region, cluster, credentials, role)
  yield* process.print(
    `${dumps({
      kind: "ExecCredential",
      apiVersion: versionOf(process),
      spec: {},
      status: { expirationTimestamp: stamp(process.now() + 14 * 60_000), token },
    })}\n`,
  )
  return 0
}

export const awsProgram: Program = function* (process) {
  const words = process.argv.slice(1)
  if (words[0] === "--version") {
    yield* process.print("aws-cli/2.31.0 Python/3.13.7 Linux/6.8.0 exe/x86_64.ubuntu.24\n")
    return 0
  }
  const [service, action] = words.filter((word, at) => !word.startsWith("-") && !/^--[\w-]+$/.test(words[at - 1] ?? ""))
  const known = `${service ?? ""} ${action ?? ""}`
  if (service === undefined) {
    yield* process.error(usage("the following arguments are required: command"))
    return WRONG
  }
  if (known === "eks update-kubeconfig") return yield* updateKubeconfig(process, words)
  if (known !== "eks get-token" && known !== "sts get-caller-identity") {
    yield* process.error("aws: there is no cloud behind this cluster\n")
    return 1
  }
  const profile = optionOf(words, "--profile") ?? process.env.get("AWS_PROFILE") ?? "default"
  const credentials = credentialsOf(process, profile)
  if (!credentials) {
    yield* process.error('\nUnable to locate credentials. You can configure credentials by running "aws configure".\n')
    return MISSING
  }
  if (known === "eks get-token") return yield* getToken(process, words, credentials)
  yield* process.print(
    `{\n    "UserId": "${credentials.key}",\n    "Account": "${ACCOUNT}",\n    "Arn": "arn:aws:iam::${ACCOUNT}:user/${credentials.key}"\n}\n`,
  )
  return 0
}
