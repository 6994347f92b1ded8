/** Head, content, and a way past the head for keyboards. */
import type { ReactNode } from "react"
import { SiteHeader } from "./site-header.tsx"

export const SkipLink = () => (
  <a href="#content" className="button absolute top-2 left-2 z-50 -translate-y-20 focus:translate-y-0">
    To the content
  </a>
)

const WIDTHS = { narrow: "max-w-md", usual: "max-w-5xl", wide: "max-w-[1600px]" } as const

export const PageFrame = ({ children, narrow = false, wide = false }: { children: ReactNode; narrow?: boolean; wide?: boolean }) => (
  <>
    <SkipLink />
    <SiteHeader wide={wide} />
    <main id="content" className={`mx-auto px-4 py-8 sm:px-6 sm:py-12 ${WIDTHS[narrow ? "narrow" : wide ? "wide" : "usual"]}`}>
      {children}
    </main>
  </>
)
