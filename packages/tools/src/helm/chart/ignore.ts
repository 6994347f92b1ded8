/** .helmignore. As helm/pkg/ignore: like .gitignore without "**", the first rule that fits decides. */
import { HelmError } from "../errors.ts"
import { baseName, matchesGlob } from "../paths.ts"

export interface IgnoreRules {
  ignores(path: string, directory: boolean): boolean
}

interface Rule {
  readonly negated: boolean
  readonly directory: boolean
  matches(path: string): boolean
}

const parseRule = (line: string): Rule | undefined => {
  let rule = line.trim()
  if (rule === "" || rule.startsWith("#")) return undefined
  if (rule.includes("**")) throw new HelmError("double-star (**) syntax is not supported")
  const negated = rule.startsWith("!")
  if (negated) rule = rule.slice(1)
  const directory = rule.endsWith("/")
  if (directory) rule = rule.slice(0, -1)
  const rooted = rule.startsWith("/")
  if (rooted) rule = rule.slice(1)
  const whole = rooted || rule.includes("/")
  return { negated, directory, matches: (path) => matchesGlob(rule, whole ? path : baseName(path)) }
}

/** Throws HelmError. */
export const ignoreRules = (text: string): IgnoreRules => {
  const rules = [...text.split("\n"), "templates/.?*"].map(parseRule).filter((rule) => rule !== undefined)
  return {
    ignores(path, directory) {
      for (const rule of rules) {
        if (rule.negated) {
          if ((rule.directory && !directory) || !rule.matches(path)) return true
        } else if ((!rule.directory || directory) && rule.matches(path)) return true
      }
      return false
    },
  }
}
