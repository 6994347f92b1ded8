/** kuberc: aliases and defaults that a user keeps apart from the kubeconfig. As kubectl/pkg/kuberc. */
import { readYaml, YamlError } from "@drydock/gotemplate"
import { type Process, SystemError } from "@drydock/machine"
import { KubectlError } from "./errors.ts"

interface Option {
  name?: string
  default?: string
}

interface Preferences {
  apiVersion?: string
  kind?: string
  defaults?: { command?: string; options?: Option[] | null }[] | null
  aliases?:
    | { name?: string; command?: string; prependArgs?: string[] | null; appendArgs?: string[] | null; options?: Option[] | null }[]
    | null
}

const VERSIONS = ["kubectl.config.k8s.io/v1alpha1", "kubectl.config.k8s.io/v1beta1"]

/** The file's value; undefined when there is none. A file that is named must be there. */
const read = (process: Process, given: string | undefined): Preferences | undefined => {
  const named = given ?? process.env.get("KUBERC")
  if (given === undefined && (named === "off" || process.env.get("KUBECTL_KUBERC") === "false")) return undefined
  const path = named || `${process.env.get("HOME") ?? "/root"}/.kube/kuberc`
  if (!named && !process.files.exists(path)) return undefined
  try {
    const [value] = readYaml(process.files.readText(path), { lastWins: true }) as [Preferences | undefined]
    if (value?.kind !== "Preference" || !VERSIONS.includes(value.apiVersion ?? "")) return undefined
    return value
  } catch (error) {
    if (error instanceof SystemError)
      throw new KubectlError(
        `error occurred while applying preferences kuberc error kuberc: open ${path}: ${error.message.toLowerCase()}`,
        { raw: true },
      )
    if (error instanceof YamlError)
      throw new KubectlError(`error occurred while applying preferences kuberc error kuberc: ${error.message}`, { raw: true })
    throw error
  }
}

const given = (args: readonly string[], name: string): boolean => args.some((word) => word === `--${name}` || word.startsWith(`--${name}=`))

const optionWords = (options: readonly Option[] | null | undefined, args: readonly string[]): string[] =>
  (options ?? []).flatMap(({ name, default: value = "" }) => (name && !given(args, name) ? [`--${name}=${value}`] : []))

const kubercFlag = (args: readonly string[]): string | undefined => {
  const at = args.findIndex((word) => word === "--kuberc" || word.startsWith("--kuberc="))
  if (at < 0) return undefined
  return args[at].includes("=") ? args[at].slice("--kuberc=".length) : args[at + 1]
}

/** The command line with aliases replaced and defaults filled in. `known`: whether a word is a command of kubectl's own. */
export const withPreferences = (process: Process, args: readonly string[], known: (word: string) => boolean): string[] => {
  const preferences = read(process, kubercFlag(args))
  if (!preferences) return [...args]
  let words = [...args]
  const first = words.findIndex((word) => !word.startsWith("-"))
  const alias = first < 0 || known(words[first]) ? undefined : preferences.aliases?.find(({ name }) => name === words[first])
  if (alias) {
    const rest = [...words.slice(0, first), ...words.slice(first + 1)]
    // Defaults are for commands, not for what stands in for them.
    return [
      ...(alias.command ?? "").split(/\s+/).filter(Boolean),
      ...(alias.prependArgs ?? []),
      ...optionWords(alias.options, rest),
      ...rest,
      ...(alias.appendArgs ?? []),
    ]
  }
  const command = words.filter((word) => !word.startsWith("-"))
  for (const { command: of = "", options } of preferences.defaults ?? []) {
    const path = of.split(/\s+/).filter(Boolean)
    if (path.length === 0 || !path.every((word, at) => command[at] === word)) continue
    const at = words.indexOf(path[path.length - 1]) + 1
    words = [...words.slice(0, at), ...optionWords(options, words), ...words.slice(at)]
  }
  return words
}
