/** Text that may not steer the terminal it is printed on. As k8s.io/cli-runtime/pkg/printers/terminal.go. */

export const escapeTerminal = (text: string): string => text.replaceAll("\x1b", "^[").replaceAll("\r", "\\r")
