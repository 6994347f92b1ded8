/** The keys of the player. */
"use client"
import { Dialog } from "../components/dialog.tsx"

const keys = [
  { keys: ["Ctrl", "K"], does: "every action (Ctrl Shift K in the terminal)" },
  { keys: ["F6"], does: "the next pane; Shift F6 goes back" },
  { keys: ["Esc"], does: "leave the terminal" },
  { keys: ["Ctrl", "Shift", "V"], does: "paste into the terminal; so does a right click" },
  { keys: ["Ctrl", "Shift", "F"], does: "find in the terminal" },
  { keys: ["Ctrl", "S"], does: "save the file in the editor" },
  { keys: ["← → ↑ ↓"], does: "move a line between panes, when it has the focus" },
  { keys: ["Enter"], does: "on the map: describe the object" },
  { keys: ["?"], does: "this list" },
] as const

export const KeysDialog = ({ onClose }: { onClose: () => void }) => (
  <Dialog open onOpenChange={(open) => !open && onClose()} title="Keys" description="On a Mac, Cmd K opens every action too.">
    <dl className="mt-1 divide-y divide-line text-sm">
      {keys.map((entry) => (
        <div key={entry.does} className="flex items-center gap-4 py-2">
          <dt className="flex w-36 shrink-0 gap-1">
            {entry.keys.map((key) => (
              <kbd key={key} className="key h-6 px-1.5 text-xs">
                {key}
              </kbd>
            ))}
          </dt>
          <dd className="text-ink-2">{entry.does}</dd>
        </div>
      ))}
    </dl>
  </Dialog>
)
