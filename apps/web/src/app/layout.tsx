/** The frame of every page: faces, theme, language. */
import "@fontsource-variable/inter"
import "@fontsource-variable/jetbrains-mono"
import "../theme/theme.css"
import "../theme/prose.css"
import "../theme/certificate.css"
import type { Metadata, Viewport } from "next"
import type { ReactNode } from "react"

export const metadata: Metadata = {
  title: { default: "Drydock", template: "%s · Drydock" },
  description: "Learn Kubernetes by doing it: a lesson, a terminal and a cluster of your own, in the browser.",
}

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  // The on-screen keyboard takes room from the terminal instead of covering it.
  interactiveWidget: "resizes-content",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#151c25" },
  ],
}

const RootLayout = ({ children }: { children: ReactNode }) => (
  <html lang="en" suppressHydrationWarning>
    <head>
      {/* Before the first paint: without "async", and not in the bundle. */}
      <script src="/theme.js" />
    </head>
    <body>{children}</body>
  </html>
)
export default RootLayout
