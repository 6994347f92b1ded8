/** A link of the prose to an address inside the lab: it opens in the lab's own browser. */
"use client"
import { AppWindow } from "lucide-react"
import type { ReactNode } from "react"
import { usePlayer } from "../player/player-context.tsx"
import { readInside } from "./inside-address.ts"

export const InsideLink = ({ href, children }: { href: string; children?: ReactNode }) => {
  const { browse } = usePlayer()
  const address = readInside(href)
  if (!browse || !address) return <code>{children}</code>
  return (
    <button type="button" className="inside-link" title={`Open ${href} in the lab's browser`} onClick={() => browse(address)}>
      {children}
      <AppWindow size={14} aria-hidden />
    </button>
  )
}
