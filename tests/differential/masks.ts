/** What differs between two calls of one and the same kubectl, and nothing more. */

type Mask = (text: string) => string

/** Time and process of a line of the log, and how long an answer took. */
const log: Mask = (text) =>
  text
    .replace(/^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ /gm, "$1<when> ")
    .replace(/ milliseconds=\d+/g, " milliseconds=<n>")
    .replace(/^(\tDate: ).*$/gm, "$1<when>")
    .replace(/^(\tAudit-Id: ).*$/gm, "$1<id>")
    // Out of a Go map: in another order each time.
    .replace(/(?:^I<when> envvar\.go:172\] .*\n)+/gm, (gates) => gates.split("\n").sort().slice(1).join("\n").concat("\n"))

/** What the server makes anew for every object, also when it only pretends to. */
const made: Mask = (text) =>
  text
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<uid>")
    .replace(/("?resourceVersion"?: *)"\d+"/g, '$1"<n>"')
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "<time>")
    .replace(/(\/tmp\/|\b)(LIVE|MERGED|kubectl-edit)-\d+/g, "$1$2-<n>")
    .replace(/^((?:---|\+\+\+) \S+)\t.*$/gm, "$1\t<time>")

export const masked = (text: string, writes: boolean): string => (writes ? made(log(text)) : log(text))
