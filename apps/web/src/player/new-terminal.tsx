/** The menu that opens one more terminal on a machine. */
"use client"
import { Plus, SquareTerminal } from "lucide-react"
import { Menu, MenuItem } from "../components/menu.tsx"

export const NewTerminal = ({ machines, onAdd }: { machines: readonly string[]; onAdd: (machine: string) => void }) =>
  machines.length > 0 && (
    <Menu
      trigger={
        <button
          type="button"
          className="icon-button size-7 text-inherit hover:bg-[#1b2530] hover:text-white"
          aria-label="New terminal"
          title="New terminal"
        >
          <Plus size={16} aria-hidden />
        </button>
      }
    >
      {machines.map((machine) => (
        <MenuItem key={machine} icon={<SquareTerminal size={15} aria-hidden />} onSelect={() => onAdd(machine)}>
          New terminal on {machine}
        </MenuItem>
      ))}
    </Menu>
  )
