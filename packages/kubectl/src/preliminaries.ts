/** What is said, and checked, before any command begins: deprecated spellings, the log's first lines, versions that must agree. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import type { Api } from "./api.ts"
import { KubectlError } from "./errors.ts"
import type { Connection, Kubeconfig } from "./kubeconfig.ts"
import { klog } from "./klog.ts"
import { CLIENT_VERSION } from "./subcommands/version.ts"

/** As cmdutil.GetDryRunStrategy complains of booleans. */
export const dryRunWarning = (process: Process, value: string): string => {
  if (value === "unchanged")
    return klog(process, "W", "helpers.go:719", "--dry-run is deprecated and can be replaced with --dry-run=client.")
  const truth = /^(?:1|t|T|true|TRUE|True)$/.test(value)
  if (!truth && !/^(?:0|f|F|false|FALSE|False)$/.test(value)) return ""
  const [place, instead] = truth ? ["helpers.go:733", "client"] : ["helpers.go:736", "none"]
  return klog(process, "W", place, `--dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=${instead}.`)
}

/** A gzip of nothing: what pprof shows as a profile without samples. */
const EMPTY_PROFILE = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0)

/** --profile: there is nothing to measure in a simulated kubectl, but the file that scripts look for is made. */
export const writeProfile = (process: Process, file: string): void => {
  try {
    process.files.write(file, EMPTY_PROFILE)
  } catch (error) {
    if (error instanceof SystemError) throw new KubectlError(`open ${file}: ${error.message.toLowerCase()}`)
    throw error
  }
}

/** client-go's feature gates; a Go map, so each run has an order of its own. */
const GATES: readonly (readonly [string, boolean])[] = [
  ["ClientsAllowCBOR", false],
  ["ClientsPreferCBOR", false],
  ["InOrderInformers", true],
  ["InOrderInformersBatchProcess", true],
  ["InformerResourceVersion", true],
  ["WatchListClient", true],
]

/** What -v=6 tells before the first request. */
export const startLog = (process: Process, { files }: Kubeconfig, withFiles: boolean): string =>
  (withFiles ? files : []).map((file) => klog(process, "I", "loader.go:405", `Config loaded from file:  ${file}`)).join("") +
  GATES.map(([name, enabled]) =>
    klog(process, "I", "envvar.go:172", `"Feature gate default state" feature="${name}" enabled=${enabled}`),
  ).join("")

const FIELDS = [
  "Major",
  "Minor",
  "EmulationMajor",
  "EmulationMinor",
  "MinCompatibilityMajor",
  "MinCompatibilityMinor",
  "GitVersion",
  "GitCommit",
  "GitTreeState",
  "BuildDate",
  "GoVersion",
  "Compiler",
  "Platform",
] as const

const goStruct = (version: Readonly<Record<string, string | undefined>>): string =>
  `version.Info{${FIELDS.map((field) => `${field}:${JSON.stringify(version[field[0].toLowerCase() + field.slice(1)] ?? "")}`).join(", ")}}`

/** --match-server-version. As discovery.MatchesServerVersion. */
export function* matchVersions(api: Api): Steps<void> {
  const server = yield* api.get<Record<string, string>>("/version?timeout=32s")
  if (goStruct(server) === goStruct(CLIENT_VERSION)) return
  throw new KubectlError(`server version (&${goStruct(server)}) differs from client version (${goStruct(CLIENT_VERSION)})`)
}

/** Nothing in the kubeconfig says who the user is. As clientcmd.PromptingAuthLoader. Throws KubectlError at the end of input. */
export function* askForUser(process: Process, connection: Connection): Steps<void> {
  const ask = function* (what: string): Steps<string> {
    yield* process.print(`Please enter ${what}: `)
    const line = yield* process.readLine(0)
    if (line === undefined) throw new KubectlError("EOF")
    return line.trim()
  }
  connection.username = yield* ask("Username")
  connection.password = yield* ask("Password")
}
