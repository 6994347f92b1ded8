/** A page that could not be made. */
"use client"
import { CloudAlert, RotateCcw } from "lucide-react"

/** Loaded anew rather than drawn anew: after an upgrade the page may ask for scripts that are no more. */
const Failed = ({ error }: { error: Error & { digest?: string } }) => (
  <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center px-6 pb-24">
    <CloudAlert size={28} className="text-failure" aria-hidden />
    <h1 className="mt-4 text-2xl font-semibold">This page could not be shown</h1>
    <p className="mt-2 text-[15px] leading-relaxed text-ink-2">
      Something failed on the way. What you did is kept: finished tasks, and the lab as you left it.
    </p>
    {error.digest && (
      <p className="mt-2 text-sm text-ink-3">
        For whoever runs this server: <code>{error.digest}</code>
      </p>
    )}
    <p className="mt-6">
      <button type="button" className="button button-primary" onClick={() => location.reload()}>
        <RotateCcw size={15} aria-hidden /> Try again
      </button>
    </p>
  </main>
)
export default Failed
