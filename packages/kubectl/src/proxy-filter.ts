/** Whom kubectl proxy lets through, to what. As kubectl/pkg/proxy/proxy_server.go. */
import { someMatch } from "@drydock/gotemplate"
import type { Input } from "./flags.ts"

/** Patterns that are parted by commas. Throws Error for one that is none, in regexp's words. */
const patternsOf = (text: string): readonly string[] => {
  const patterns = text.split(",")
  for (const pattern of patterns) someMatch(pattern, "")
  return patterns
}

const anyMatches = (patterns: readonly string[], text: string): boolean => patterns.some((pattern) => someMatch(pattern, text))

/** A Host header without its port. */
const hostOf = (header: string): string => header.replace(/:\d+$/, "")

/** Whether a request may pass, as the command line says. Throws Error for a pattern that is none. */
export const filterOf = (input: Input): ((method: string, path: string, host: string) => boolean) => {
  if (input.bool("disable-filter")) return () => true
  const [acceptPaths, rejectPaths] = [patternsOf(input.text("accept-paths")), patternsOf(input.text("reject-paths"))]
  const [acceptHosts, rejectMethods] = [patternsOf(input.text("accept-hosts")), patternsOf(input.text("reject-methods"))]
  return (method, path, host) =>
    !anyMatches(rejectPaths, path) &&
    !anyMatches(rejectMethods, method) &&
    anyMatches(acceptPaths, path) &&
    anyMatches(acceptHosts, hostOf(host))
}
