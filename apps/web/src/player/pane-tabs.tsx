/** A row of tabs over a pane. Arrow keys move between them. The WAI-ARIA tabs pattern. */
"use client"
import { X } from "lucide-react"
import type { KeyboardEvent, ReactNode } from "react"

export interface PaneTab {
  readonly id: string
  readonly label: string
  readonly icon?: ReactNode
  /** It may be closed. */
  readonly close?: () => void
}

/** @param panel id of the element that shows the tab in front */
export const PaneTabs = ({
  label,
  tabs,
  front,
  panel,
  onChoose,
  dark = false,
  children,
}: {
  label: string
  tabs: readonly PaneTab[]
  front: string
  panel: string
  onChoose: (id: string) => void
  /** Over a terminal. */
  dark?: boolean
  children?: ReactNode
}) => {
  const press = (event: KeyboardEvent<HTMLElement>) => {
    const at = tabs.findIndex((tab) => tab.id === front)
    const next = {
      ArrowRight: tabs[(at + 1) % tabs.length],
      ArrowLeft: tabs[(at - 1 + tabs.length) % tabs.length],
      Home: tabs[0],
      End: tabs.at(-1),
    }[event.key]
    if (next) {
      event.preventDefault()
      onChoose(next.id)
      event.currentTarget.querySelector<HTMLElement>(`[data-tab="${CSS.escape(next.id)}"]`)?.focus()
    } else if (event.key === "Delete") tabs[at]?.close?.()
  }
  return (
    <div
      className={`flex h-10 shrink-0 items-stretch ${dark ? "border-b border-terminal-line bg-[#0b1117] text-[#a9b8c5]" : "border-b border-line bg-canvas text-ink-2"}`}
    >
      <div role="tablist" aria-label={label} onKeyDown={press} className="flex min-w-0 overflow-x-auto [scrollbar-width:none]">
        {tabs.map((tab) => {
          const on = tab.id === front
          return (
            <div key={tab.id} role="presentation" className="group relative flex shrink-0 items-center">
              <button
                type="button"
                role="tab"
                id={`tab-${tab.id}`}
                data-tab={tab.id}
                aria-selected={on}
                aria-controls={panel}
                tabIndex={on ? 0 : -1}
                onClick={() => onChoose(tab.id)}
                className={`flex h-full items-center gap-1.5 px-3.5 text-[13px] font-medium -outline-offset-3! transition-colors duration-150 ${tab.close ? "pr-7" : ""} ${dark ? (on ? "bg-terminal text-white" : "hover:text-white") : on ? "bg-surface text-ink" : "hover:text-ink"}`}
              >
                {tab.icon}
                {tab.label}
                {on && <span className={`absolute inset-x-0 top-0 h-0.5 ${dark ? "bg-[#6fbbe8]" : "bg-accent"}`} aria-hidden />}
              </button>
              {tab.close && (
                <button
                  type="button"
                  tabIndex={-1}
                  aria-label={`Close ${tab.label}`}
                  onClick={tab.close}
                  className="absolute right-1.5 flex size-5 items-center justify-center rounded opacity-60 hover:opacity-100"
                >
                  <X size={12} aria-hidden />
                </button>
              )}
            </div>
          )
        })}
      </div>
      <div className="ml-auto flex items-center gap-0.5 pr-1.5 pl-1">{children}</div>
    </div>
  )
}
