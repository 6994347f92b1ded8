/** The head of every page but the player. */
import Link from "next/link"
import { pageContext } from "../server/context.ts"
import { ThemeSwitch } from "./theme-switch.tsx"
import { Wordmark } from "./wordmark.tsx"

export const SiteHeader = async () => {
  const { viewer } = await pageContext()
  return (
    <header className="border-b border-line bg-surface">
      <div className="mx-auto flex h-14 max-w-5xl items-center gap-1 px-4 sm:px-6">
        <Wordmark />
        <nav aria-label="Main" className="ml-auto flex items-center gap-1 text-sm font-medium">
          <Link href="/playground" className="rounded-md px-2.5 py-1.5 text-ink-2 hover:bg-sunken hover:text-ink">
            Playground
          </Link>
          {viewer && (
            <Link href="/me" className="rounded-md px-2.5 py-1.5 text-ink-2 hover:bg-sunken hover:text-ink">
              Progress
            </Link>
          )}
          {(!viewer || viewer.isAnonymous) && (
            <Link href="/sign-in" className="rounded-md px-2.5 py-1.5 whitespace-nowrap text-ink-2 hover:bg-sunken hover:text-ink">
              Sign in
            </Link>
          )}
          <ThemeSwitch />
        </nav>
      </div>
    </header>
  )
}
