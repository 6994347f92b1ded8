/** Feedback rules: conditions over the cluster, and sentences with what was observed in them. */
import type { World } from "@drydock/world"
import { compile } from "./cel.ts"
import { ObjectReader } from "./objects.ts"
import { asText } from "./seen.ts"

export interface FeedbackRules {
  /** What the first fitting rule says now. */
  text(): string | undefined
  /** Whether what it says may be another after an object of this kind changed. */
  reads(kind: string): boolean
}

/** A sentence in parts: text, and CEL between {= and =}. */
export const feedbackParts = (say: string): { text: string; cel: boolean }[] =>
  say.split(/(\{=.*?=\})/s).flatMap((part): { text: string; cel: boolean }[] => {
    if (part === "") return []
    return part.startsWith("{=") && part.endsWith("=}") && part.length >= 4
      ? [{ text: part.slice(2, -2).trim(), cel: true }]
      : [{ text: part, cel: false }]
  })

export const feedbackRules = (rules: readonly { when: string; say: string }[], world: World): FeedbackRules => {
  const reader = new ObjectReader(world)
  const value = (source: string, result?: "bool"): unknown => {
    const made = compile(source, result ? { result } : {})
    if ("problem" in made) return undefined
    const outcome = made.expression.evaluate(reader)
    return "value" in outcome ? outcome.value : undefined
  }
  return {
    reads: (kind) => reader.reads.has(kind),
    text: () => {
      reader.reads = new Set()
      const rule = rules.find(({ when }) => value(when, "bool") === true)
      return (
        rule &&
        feedbackParts(rule.say)
          .map(({ text, cel }) => (cel ? asText(value(text) ?? "?") : text))
          .join("")
      )
    },
  }
}
