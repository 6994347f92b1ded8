/** What stands at the end of a lesson: the debrief once all is done, and the way on. */
"use client"
import { ArrowRight, Flag } from "lucide-react"
import Link from "next/link"
import { useRouter } from "next/navigation"
import { type ReactNode, useEffect, useRef } from "react"
import { useTasks } from "./task-state.ts"

/** @param children the debrief, which the server tells when every task is done */
export const Debrief = ({
  next,
  children,
}: {
  next: { readonly href: string; readonly title: string; readonly minutes: number } | undefined
  children?: ReactNode
}) => {
  const tasks = useTasks()
  const router = useRouter()
  const all = tasks.length > 0 && tasks.every((task) => task.done)
  const missing = all && !children
  const asked = useRef(0)
  useEffect(() => {
    if (!missing || asked.current >= 4) return
    // The lab writes progress down a moment after it shows it.
    const timer = setTimeout(
      () => {
        asked.current++
        router.refresh()
      },
      600 * (asked.current + 1),
    )
    return () => clearTimeout(timer)
  }, [missing, router])
  return (
    <footer className="mt-12 max-w-[68ch]">
      {all && (
        <section
          aria-label="Debrief"
          className="mb-6 rounded-card border border-success/45 bg-success-soft p-5 motion-safe:animate-[arrive_250ms]"
        >
          <h2 className="flex items-center gap-2 text-lg font-semibold">
            <Flag size={18} className="text-success" aria-hidden /> Every task is done
          </h2>
          {children && <div className="mt-3">{children}</div>}
        </section>
      )}
      {next ? (
        <Link href={next.href} className="card group flex items-center gap-4 p-5 hover:border-accent">
          <span className="min-w-0">
            <span className="eyebrow block">Next lesson, {next.minutes} minutes</span>
            <span className="mt-0.5 block font-semibold">{next.title}</span>
          </span>
          <ArrowRight
            size={20}
            className="ml-auto shrink-0 text-ink-3 transition-transform duration-150 group-hover:translate-x-1 group-hover:text-accent"
            aria-hidden
          />
        </Link>
      ) : (
        <Link href="/" className="link text-sm">
          All courses
        </Link>
      )}
    </footer>
  )
}
