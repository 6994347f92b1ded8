/** What differs between two calls of one and the same kubectl, and nothing more. */

type Mask = (text: string) => string

/** Time and process of a line of the log, and how long an answer took. */
const log: Mask = (text) =>
  text
    .replace(/^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ /gm, "$1<when> ")
    .replace(/ milliseconds=\d+/g, " milliseconds=<n>")
    .replace(/^(\tDate: ).*$/gm, "$1<when>")
    .replace(/^\t(?:Connection|Keep-Alive): .*\n/gm, "")
    .replace(/\b(dnsLookup|dial|tlsHandshake|serverProcessing)Milliseconds=\d+/g, "$1Milliseconds=<n>")
    .replace(/("HTTP Trace: Dial succeed" network="tcp" address=)"[\d.:]+"/g, "$1<whom>")
    .replace(/^(\tAudit-Id: ).*$/gm, "$1<id>")
    // Where something lies in a Go program's memory.
    .replace(/\b0xc[0-9a-f]{9}\b/g, "<address>")
    // Out of a Go map: in another order each time.
    .replace(/(?:^I<when> envvar\.go:172\] .*\n)+/gm, (gates) => gates.split("\n").sort().slice(1).join("\n").concat("\n"))

/** Of a help text what it is made of: headings, commands, flags and how the command is called. The words between are Drydock's own. */
const structure: Mask = (text) => {
  if (!/^Usage:$|^The following options can be passed to any command:$/m.test(text)) return text
  let section = ""
  const kept: string[] = []
  for (const line of text.split("\n")) {
    if (/^[A-Z][\w ()]*:$/.test(line)) {
      section = line
      if (line !== "Examples:") kept.push(line)
    } else if (/^(?:Use "kubectl (?:options|.*<command>)|error: |See ')/.test(line)) kept.push(line)
    else if (section === "Options:" || section.startsWith("The following")) kept.push(...(/^ +(?:-\w, )?--[\w-]+=.*:$/.exec(line) ?? []))
    else if (section === "Usage:" || section === "Aliases:") kept.push(line)
    else if (/Commands/.test(section)) kept.push(...(/^ {2}([\w-]+) /.exec(line)?.slice(1) ?? []))
  }
  return kept.filter((line) => line !== "").join("\n")
}

/** Of completions the candidates: what describes them is prose. */
const undescribed: Mask = (text) => (/^:\d+$/m.test(text) ? text.replace(/\t.*$/gm, "\t") : text)

/** What the server makes anew for every object, also when it only pretends to. */
const made: Mask = (text) =>
  text
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<uid>")
    .replace(/("?resourceVersion"?: *)"\d+"/g, '$1"<n>"')
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "<time>")
    .replace(/(\/tmp\/|\b)(LIVE|MERGED|kubectl-edit)-\d+/g, "$1$2-<n>")
    .replace(/^((?:---|\+\+\+) \S+)\t.*$/gm, "$1\t<time>")

export const masked = (text: string, writes: boolean): string => undescribed(structure(writes ? made(log(text)) : log(text)))
