/** The player's head: where you are, how far, the clock, and every action. */
"use client"
import { CircleHelp, Download, Ellipsis, RotateCcw, Search } from "lucide-react"
import Link from "next/link"
import { Menu, MenuCheck, MenuChoice, MenuItem, MenuLine } from "../components/menu.tsx"
import { THEMES } from "../site/theme-switch.tsx"
import { Wordmark } from "../site/wordmark.tsx"
import { setTheme, type Theme, useTheme } from "../theme/theme.ts"
import { Clock } from "./clock.tsx"
import { Points } from "./points.tsx"

export interface Place {
  readonly title: string
  /** In the syllabus, from 1. */
  readonly number?: number
  readonly above: { readonly title: string; readonly href: string }
}

export const PlayerHeader = ({
  place,
  session,
  screenReader,
  onScreenReader,
  onPalette,
  onKeys,
  onRestart,
}: {
  place: Place
  session: string | undefined
  screenReader: boolean
  onScreenReader: (on: boolean) => void
  onPalette: () => void
  onKeys: () => void
  onRestart: () => void
}) => {
  const theme = useTheme()
  return (
    <header className="flex h-13 shrink-0 items-center gap-3 border-b border-line bg-surface px-3">
      <Wordmark small />
      <nav aria-label="You are here" className="flex min-w-0 items-center gap-1.5 text-sm">
        <Link href={place.above.href} className="truncate rounded text-ink-3 hover:text-ink max-md:hidden">
          {place.above.title}
        </Link>
        <span className="text-line-strong max-md:hidden" aria-hidden>
          /
        </span>
        <h1 className="truncate font-semibold">
          {place.number !== undefined && <span className="mr-1.5 text-ink-3 tabular-nums">{place.number}</span>}
          {place.title}
        </h1>
      </nav>
      <div className="ml-auto flex shrink-0 items-center gap-3">
        <Points />
        <div className="max-sm:hidden">
          <Clock />
        </div>
        <div className="flex items-center">
          <button type="button" className="button button-quiet px-2 max-md:hidden" onClick={onPalette} aria-keyshortcuts="Control+K Meta+K">
            <Search size={16} aria-hidden />
            <span className="sr-only">Every action</span> <kbd className="key">Ctrl K</kbd>
          </button>
          <Menu
            trigger={
              <button type="button" className="icon-button" aria-label="More">
                <Ellipsis size={18} aria-hidden />
              </button>
            }
          >
            <MenuItem icon={<Search size={15} aria-hidden />} onSelect={onPalette}>
              Every action
            </MenuItem>
            <MenuItem icon={<CircleHelp size={15} aria-hidden />} onSelect={onKeys}>
              Keys
            </MenuItem>
            <MenuLine />
            <MenuItem
              icon={<Download size={15} aria-hidden />}
              disabled={session === undefined}
              onSelect={() => location.assign(`/kubeconfig/${session}`)}
            >
              Kubeconfig for your own kubectl
            </MenuItem>
            <MenuItem icon={<RotateCcw size={15} aria-hidden />} disabled={session === undefined} onSelect={onRestart}>
              Start the lab over
            </MenuItem>
            <MenuLine />
            <MenuCheck checked={screenReader} onChange={onScreenReader}>
              Terminal for screen readers
            </MenuCheck>
            <MenuChoice label="Appearance" value={theme} options={THEMES} onChange={(value) => setTheme(value as Theme)} />
          </Menu>
        </div>
      </div>
    </header>
  )
}
