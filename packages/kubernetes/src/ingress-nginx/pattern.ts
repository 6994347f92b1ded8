/** Patterns of nginx's configuration (location ~, rewrite): what somebody wrote, matched in linear time. */
import { RE2JS } from "re2js"

/** Longer ones match nothing, characters. */
const LONGEST = 1_000

export interface NginxPattern {
  /** The match and its groups; undefined: none. */
  match(text: string): readonly string[] | undefined
}

/** Undefined when it is no pattern. */
export const nginxPattern = (source: string, caseless = false): NginxPattern | undefined => {
  if (source.length > LONGEST) return undefined
  try {
    const compiled = RE2JS.compile(source, caseless ? RE2JS.CASE_INSENSITIVE : 0)
    return {
      match(text) {
        const matcher = compiled.matcher(text)
        if (!matcher.find()) return undefined
        return Array.from({ length: matcher.groupCount() + 1 }, (_, at) => matcher.group(at) ?? "")
      },
    }
  } catch {
    return undefined
  }
}
