/** On a narrow screen: the row at the foot that chooses which pane is shown. */
"use client"
import type { LucideIcon } from "lucide-react"

export interface PaneChoice<Id extends string> {
  readonly id: Id
  readonly label: string
  readonly icon: LucideIcon
}

export const PaneBar = <Id extends string>({
  panes,
  front,
  onChoose,
}: {
  panes: readonly PaneChoice<Id>[]
  front: Id
  onChoose: (pane: Id) => void
}) => (
  <nav aria-label="Panes" className="flex shrink-0 border-t border-line bg-surface wide:hidden">
    {panes.map(({ id, label, icon: Icon }) => (
      <button
        key={id}
        type="button"
        aria-current={front === id ? "true" : undefined}
        onClick={() => onChoose(id)}
        className={`flex h-13 flex-1 flex-col items-center justify-center gap-0.5 text-xs font-medium ${front === id ? "text-accent" : "text-ink-3"}`}
      >
        <Icon size={18} aria-hidden />
        {label}
      </button>
    ))}
  </nav>
)
