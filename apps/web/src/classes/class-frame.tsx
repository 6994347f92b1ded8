/** What the pages of one class share: its name, its course, and the way between them. */
import Link from "next/link"
import type { ReactNode } from "react"
import { PageFrame } from "../site/page-frame.tsx"

const PAGES = [
  { slug: "", label: "Board" },
  { slug: "/gradebook", label: "Gradebook" },
  { slug: "/people", label: "People" },
  { slug: "/messages", label: "Messages" },
] as const

export type ClassPage = (typeof PAGES)[number]["label"]

export interface FramedClass {
  readonly id: string
  readonly name: string
  readonly archived: boolean
  readonly course: { readonly slug: string; readonly title: string }
}

export const ClassFrame = ({ of, page, children }: { of: FramedClass; page: ClassPage; children: ReactNode }) => (
  <PageFrame wide>
    <p className="text-sm">
      <Link href="/classes" className="link">
        Classes
      </Link>
    </p>
    <div className="mt-3 flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
      <div className="min-w-0">
        <h1 className="text-3xl leading-tight font-semibold tracking-[-0.02em] break-words">{of.name}</h1>
        <p className="mt-1 text-[15px] text-ink-2">
          <Link href={`/learn/${of.course.slug}`} className="link">
            {of.course.title}
          </Link>
          {of.archived && <span className="ml-3 rounded bg-sunken px-1.5 py-0.5 text-[13px] font-medium">Archived</span>}
        </p>
      </div>
      <nav aria-label="Class" className="flex max-w-full gap-1 overflow-x-auto text-sm font-medium">
        {PAGES.map(({ slug, label }) => (
          <Link
            key={label}
            href={`/classes/${of.id}${slug}`}
            {...(label === page && { "aria-current": "page" as const })}
            className={`rounded-md px-3 py-1.5 whitespace-nowrap ${label === page ? "bg-accent-soft text-accent" : "text-ink-2 hover:bg-sunken hover:text-ink"}`}
          >
            {label}
          </Link>
        ))}
      </nav>
    </div>
    <div className="mt-8">{children}</div>
  </PageFrame>
)
