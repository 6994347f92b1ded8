/** What is sent to a terminal for a command that a click runs. */

const PASTE_BEGINS = "\x1b[200~"
const PASTE_ENDS = "\x1b[201~"
const MODE_ON = "\x1b[?2004h"
const MODE_OFF = "\x1b[?2004l"

/** Whether a line editor waits for a paste, after this output. @param before what it was */
export const takesPaste = (output: string, before: boolean): boolean => {
  const [on, off] = [output.lastIndexOf(MODE_ON), output.lastIndexOf(MODE_OFF)]
  return on === off ? before : on > off
}

/**
 * The command with Enter at its end. Several lines go in as one paste where a line editor waits: typed ahead, the second would be read by what
 * the first one runs (ssh takes all that is typed).
 */
export const typedCommand = (command: string, paste: boolean): string => {
  const typed = command.replaceAll("\n", "\r")
  return paste && typed.includes("\r") ? `${PASTE_BEGINS}${typed}${PASTE_ENDS}\r` : `${typed}\r`
}
