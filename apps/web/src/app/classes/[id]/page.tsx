/** A class: the live board for its teachers; for a learner, whose class it is and what was said. */
import { ArrowRight } from "lucide-react"
import type { Metadata } from "next"
import Link from "next/link"
import { Board } from "../../../classes/board.tsx"
import { ClassFrame } from "../../../classes/class-frame.tsx"
import { findClass } from "../../../classes/find-class.ts"
import { LeaveClass } from "../../../classes/leave-class.tsx"
import { MyMessages } from "../../../classes/my-messages.tsx"
import { api } from "../../../server/context.ts"
import { PageFrame } from "../../../site/page-frame.tsx"

export const dynamic = "force-dynamic"
interface Props {
  params: Promise<{ id: string }>
}

export const generateMetadata = async ({ params }: Props): Promise<Metadata> => ({ title: (await findClass(params)).name })

const ClassPage = async ({ params }: Props) => {
  const found = await findClass(params)
  const { id } = found
  if (found.role === "learner")
    return (
      <PageFrame>
        <p className="text-sm">
          <Link href="/classes" className="link">
            Classes
          </Link>
        </p>
        <h1 className="mt-3 text-3xl leading-tight font-semibold tracking-[-0.02em] break-words">{found.name}</h1>
        <p className="mt-2 text-[15px] text-ink-2">
          {found.course.title}, with {found.teachers.join(", ")}
        </p>
        <p className="mt-4 max-w-2xl text-[15px] leading-relaxed text-ink-2">
          Your teachers see which tasks you have done, where you are, and which hints you opened. They may look into your lab; you are told
          when they do, and they type there only while you let them.
        </p>
        <div className="mt-6 flex flex-wrap gap-3">
          <Link href={`/learn/${found.course.slug}`} className="button button-primary h-10 px-4">
            To the course <ArrowRight size={16} aria-hidden />
          </Link>
          <LeaveClass id={id} />
        </div>
        <MyMessages of={id} />
      </PageFrame>
    )
  const caller = await api()
  const [columns, board] = await Promise.all([caller.classes.columns({ id }), caller.classes.board({ id })])
  return (
    <ClassFrame of={found} page="Board">
      <Board key={columns.stamp} id={id} columns={columns} initial={board} />
    </ClassFrame>
  )
}
export default ClassPage
