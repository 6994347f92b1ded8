/** What aws's subcommands have in common. */
import type { Process } from "@drydock/machine"

/** Every key is one of this account's. */
export const ACCOUNT = "111122223333"

/** A flag's value, behind it or behind its "="; undefined when it was not given. */
export const optionOf = (words: readonly string[], name: string): string | undefined => {
  const at = words.findIndex((word) => word === name || word.startsWith(`${name}=`))
  if (at < 0) return undefined
  return words[at].includes("=") ? words[at].slice(words[at].indexOf("=") + 1) : words[at + 1]
}

export const regionOf = (words: readonly string[], { env }: Process): string =>
  optionOf(words, "--region") ?? env.get("AWS_REGION") ?? env.get("AWS_DEFAULT_REGION") ?? "us-east-1"
