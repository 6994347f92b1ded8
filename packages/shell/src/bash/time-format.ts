/** What `time` prints: TIMEFORMAT. */

const DEFAULT = "\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS"

/** As execute_cmd.c print_formatted_time: %[p][l]R, U, S, %P and %%. Simulated commands use no processor of their own. */
export const formatTimes = (format: string | undefined, ms: number): string => {
  if (format === "") return ""
  const text = (format ?? DEFAULT).replace(/%(?:(\d)?(l)?([RUS])|(P)|(%))/g, (_, precision, long, which, percent) => {
    if (percent === "P") return "0.00"
    if (which === undefined) return "%"
    const seconds = which === "R" ? ms / 1_000 : 0
    const digits = precision === undefined ? 3 : Math.min(3, Number(precision))
    return long ? `${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(digits)}s` : seconds.toFixed(digits)
  })
  return `${text}\n`
}
