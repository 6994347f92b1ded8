/** grep's colours: GREP_COLORS and what is painted with them. */

/** Names of GREP_COLORS to SGR codes; "" paints nothing. */
export interface GrepColors {
  /** Matches in selected lines and in lines of context, file names, line numbers, byte offsets, separators, selected lines and context. */
  readonly ms: string
  readonly mc: string
  readonly fn: string
  readonly ln: string
  readonly bn: string
  readonly se: string
  readonly sl: string
  readonly cx: string
  readonly rv: boolean
}

const DEFAULTS = { ms: "01;31", mc: "01;31", fn: "35", ln: "32", bn: "32", se: "36", sl: "", cx: "" }

/** Undefined where nothing is to be painted. */
export const grepColors = (setting: string | undefined, on: boolean): GrepColors | undefined => {
  if (!on) return undefined
  const colors: Record<string, string> = { ...DEFAULTS }
  let rv = false
  for (const part of (setting ?? "").split(":")) {
    const [name, value] = part.split("=")
    if (name === "rv" && value === undefined) rv = true
    if (value === undefined || !/^[\d;]*$/.test(value)) continue
    if (name === "mt") colors.ms = colors.mc = value
    else if (Object.hasOwn(DEFAULTS, name)) colors[name] = value
  }
  const { ms, mc, fn, ln, bn, se, sl, cx } = colors
  return { ms, mc, fn, ln, bn, se, sl, cx, rv }
}

export const painted = (code: string | undefined, text: string): string =>
  code === undefined || code === "" || text === "" ? text : `\x1b[${code}m\x1b[K${text}\x1b[m\x1b[K`
