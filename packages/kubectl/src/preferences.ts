/** kuberc: aliases and defaults that a user keeps apart from the kubeconfig. As kubectl/pkg/kuberc. */
import { readYaml, YamlError } from "@drydock/gotemplate"
import { type Process, SystemError } from "@drydock/machine"
import { takesNext } from "./command-tree.ts"
import type { Subcommand } from "./define-subcommand.ts"
import { KubectlError } from "./errors.ts"
import { GLOBAL } from "./flags.ts"

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
const FIELDS = ["apiVersion", "kind", "defaults", "aliases", "credentialPluginPolicy", "credentialPluginAllowlist"]

const refuse = (text: string): KubectlError => new KubectlError(`error occurred while applying preferences ${text}`, { raw: true })

/** The file's value, and what is said about it; no value when there is none. A file that is named must be there. */
const read = (process: Process, given: string | undefined): { value?: Preferences; said: string } => {
  if (given === "") throw refuse("kuberc file is not found")
  const named = given ?? process.env.get("KUBERC")
  if ((given === undefined && named === "off") || process.env.get("KUBECTL_KUBERC") === "false") return { said: "" }
  const path = named || `${process.env.get("HOME") ?? "/root"}/.kube/kuberc`
  if (!named && !process.files.exists(path)) return { said: "" }
  let found: unknown
  try {
    ;[found] = readYaml(process.files.readText(path), { lastWins: true })
  } catch (error) {
    if (error instanceof SystemError) throw refuse(`kuberc error kuberc: open ${path}: ${error.message.toLowerCase()}`)
    if (!(error instanceof YamlError)) throw error
  }
  const value = found as Preferences | undefined
  if (found === undefined && process.files.readText(path).trim() === "") return { said: "" }
  const lists = [value?.defaults ?? [], value?.aliases ?? []].every(Array.isArray)
  if (value?.kind !== "Preference" || !VERSIONS.includes(value.apiVersion ?? "") || !lists)
    throw refuse(`kuberc error kuberc: no valid preferences found in ${path}, use --v=5 to see details`)
  const unknown = Object.keys(value).filter((key) => !FIELDS.includes(key))
  const said =
    unknown.length > 0
      ? `kuberc: ignoring strict decoding error in ${path}: strict decoding error: ${unknown.map((key) => `unknown field ${JSON.stringify(key)}`).join(", ")}`
      : ""
  return { value, said }
}

const given = (args: readonly string[], name: string): boolean => args.some((word) => word === `--${name}` || word.startsWith(`--${name}=`))

const optionWords = (options: readonly Option[] | null | undefined, args: readonly string[]): string[] =>
  (options ?? []).flatMap(({ name, default: value = "" }) => (name && !given(args, name) ? [`--${name}=${value}`] : []))

const kubercFlag = (args: readonly string[]): string | undefined => {
  const at = args.findIndex((word) => word === "--kuberc" || word.startsWith("--kuberc="))
  if (at < 0) return undefined
  return args[at].includes("=") ? args[at].slice("--kuberc=".length) : (args[at + 1] ?? "")
}

/** Refuses flags that the command has not. */
const checkOptions = (options: readonly Option[] | null | undefined, command: Subcommand, name: string): void => {
  for (const { name: flag = "" } of options ?? [])
    if (!Object.hasOwn(command.flags, flag) && !Object.hasOwn(GLOBAL, flag)) throw refuse(`invalid flag ${flag} for command ${name}`)
}

/**
 * The command line with aliases replaced and defaults filled in, and what is said of the preferences.
 * `find`: the command of kubectl's own that words name.
 */
export const withPreferences = (
  process: Process,
  args: readonly string[],
  find: (words: readonly string[]) => Subcommand | undefined,
): { args: string[]; said: string } => {
  const { value: preferences, said } = read(process, kubercFlag(args))
  if (!preferences) return { args: [...args], said }
  let words = [...args]
  const first = words.findIndex((word, at) => !word.startsWith("-") && (at === 0 || !takesNext(words[at - 1], GLOBAL)))
  for (const { name = "" } of preferences.aliases ?? [])
    if (!/^[a-zA-Z]+$/.test(name)) throw refuse("invalid alias name, can only include alphabetical characters")
  const alias = first < 0 || find([words[first]]) ? undefined : preferences.aliases?.find(({ name }) => name === words[first])
  if (alias) {
    const path = (alias.command ?? "").split(/\s+/).filter(Boolean)
    const command = find(path)
    if (!command)
      throw refuse(
        `command ${JSON.stringify(alias.command ?? "")} not found to set alias ${JSON.stringify(alias.name ?? "")}: [${path.join(" ")}]`,
      )
    checkOptions(alias.options, command, alias.command ?? "")
    const rest = [...words.slice(0, first), ...words.slice(first + 1)]
    // Defaults are for commands, not for what stands in for them.
    return {
      args: [...path, ...(alias.prependArgs ?? []), ...optionWords(alias.options, rest), ...rest, ...(alias.appendArgs ?? [])],
      said,
    }
  }
  let warned = said
  const command = words.filter((word) => !word.startsWith("-"))
  for (const { command: of = "", options } of preferences.defaults ?? []) {
    const path = of.split(/\s+/).filter(Boolean)
    const meant = path.length > 0 ? find(path) : undefined
    if (!meant) {
      warned += `Warning: command ${JSON.stringify(of)} not found to set kuberc override\n`
      continue
    }
    if (!path.every((word, at) => command[at] === word)) continue
    checkOptions(options, meant, of)
    const at = words.indexOf(path[path.length - 1]) + 1
    words = [...words.slice(0, at), ...optionWords(options, words), ...words.slice(at)]
  }
  return { args: words, said: warned }
}
