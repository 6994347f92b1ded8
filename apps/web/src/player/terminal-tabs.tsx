/** The tabs of a lab's terminals: a machine's name, numbered where it has several. */
"use client"
import { SquareTerminal } from "lucide-react"
import type { Lab } from "../lab/lab.ts"
import type { TerminalTab } from "../lab/state.ts"
import type { PaneTab } from "./pane-tabs.tsx"

/** "node01-2" is the second terminal on node01. */
export const machineOf = (terminal: string): string => terminal.replace(/-\d+$/, "")

/** The one in front: as wanted; after `exit` the machine's other one; before the lab has told, none. */
export const frontOf = (terminals: readonly TerminalTab[], wanted: string): TerminalTab | undefined =>
  terminals.find(({ id }) => id === wanted) ?? terminals.find(({ machine }) => machine === machineOf(wanted)) ?? terminals[0]

export const terminalTabs = (terminals: readonly TerminalTab[], lab: Lab): PaneTab[] =>
  terminals.map((tab) => {
    const same = terminals.filter(({ machine }) => machine === tab.machine)
    return {
      id: tab.id,
      label: same.length > 1 ? `${tab.machine} ${same.indexOf(tab) + 1}` : tab.machine,
      icon: <SquareTerminal size={14} aria-hidden />,
      ...(same.length > 1 && { close: () => lab.closeTerminal(tab.id) }),
    }
  })
