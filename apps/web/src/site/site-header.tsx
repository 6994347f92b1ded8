/** The head of every page but the player. On a narrow screen the ways on are a second row. */
import { pageContext } from "../server/context.ts"
import { NavLink } from "./nav-link.tsx"
import { ThemeSwitch } from "./theme-switch.tsx"
import { Wordmark } from "./wordmark.tsx"

export const SiteHeader = async ({ wide = false }: { wide?: boolean }) => {
  const { viewer } = await pageContext()
  const links = [
    { href: "/playground", label: "Playground", shown: true },
    { href: "/classes", label: "Classes", shown: viewer !== undefined },
    { href: "/studio", label: "Studio", shown: viewer !== undefined && viewer.role !== "learner" },
    { href: "/admin", label: "Admin", shown: viewer?.role === "admin" },
    { href: "/me", label: "Progress", shown: viewer !== undefined },
    { href: "/sign-in", label: "Sign in", shown: !viewer || viewer.isAnonymous },
  ]
  return (
    <header className="border-b border-line bg-surface">
      <div
        className={`mx-auto flex min-h-14 flex-wrap items-center gap-x-1 px-4 max-sm:pt-2 sm:px-6 ${wide ? "max-w-[1600px]" : "max-w-5xl"}`}
      >
        <Wordmark />
        <nav
          aria-label="Main"
          className="flex items-center gap-1 text-sm font-medium max-sm:order-last max-sm:-mx-2 max-sm:w-[calc(100%+16px)] max-sm:gap-0 max-sm:overflow-x-auto max-sm:pb-2 sm:ml-auto"
        >
          {links
            .filter(({ shown }) => shown)
            .map(({ href, label }) => (
              <NavLink key={href} href={href}>
                {label}
              </NavLink>
            ))}
        </nav>
        <span className="max-sm:ml-auto">
          <ThemeSwitch />
        </span>
      </div>
    </header>
  )
}
