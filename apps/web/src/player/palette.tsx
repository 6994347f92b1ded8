/** Every action by name. Loaded when it is first opened. */
"use client"
import { Command } from "cmdk"

export interface Action {
  readonly group: string
  readonly name: string
  readonly keys?: string
  run(): void
}

export const Palette = ({ actions, onClose }: { actions: readonly Action[]; onClose: () => void }) => {
  const groups = [...new Set(actions.map((action) => action.group))]
  return (
    <Command.Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      label="Every action"
      overlayClassName="fixed inset-0 z-40 bg-[#060b10]/45"
      contentClassName="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-32px)] max-w-lg -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-surface shadow-pop"
    >
      <Command.Input
        placeholder="What would you like to do?"
        className="h-12 w-full border-b border-line bg-transparent px-4 text-[15px] outline-none placeholder:text-ink-3"
      />
      <Command.List className="max-h-[min(60vh,420px)] overflow-auto p-2">
        <Command.Empty className="px-3 py-6 text-center text-sm text-ink-2">Nothing of that name.</Command.Empty>
        {groups.map((group) => (
          <Command.Group
            key={group}
            heading={group}
            className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-3"
          >
            {actions
              .filter((action) => action.group === group)
              .map((action) => (
                <Command.Item
                  key={action.name}
                  value={`${group} ${action.name}`}
                  onSelect={() => {
                    onClose()
                    // After the dialog has given the focus back.
                    setTimeout(() => action.run(), 0)
                  }}
                  className="flex h-9 cursor-default items-center rounded-md px-2.5 text-sm data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent-strong"
                >
                  {action.name}
                  {action.keys && <kbd className="key ml-auto">{action.keys}</kbd>}
                </Command.Item>
              ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command.Dialog>
  )
}
