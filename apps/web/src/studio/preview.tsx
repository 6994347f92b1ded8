/** The lesson as its learners will read it, drawn again as it is written; its tasks are those of the lab beside it. */
"use client"
import { useDeferredValue, useMemo } from "react"
import { draftSeed } from "@drydock/course/draft-files"
import type { Lesson } from "@drydock/course/lesson"
import { instantiateLesson } from "@drydock/course/variables"
import { LiveProse } from "../prose/live-prose.tsx"
import { minutesText } from "../site/minutes.ts"

/** @param text lesson.md as it is now, which may have mistakes still */
export const Preview = ({ lesson, text, draft }: { lesson: Lesson | undefined; text: string; draft: string }) => {
  const shown = useDeferredValue(text)
  const prose = useMemo(() => {
    const body = shown.replace(/^\uFEFF?---\r?\n[\s\S]*?\r?\n---[^\n]*(\r?\n|$)/, "")
    return lesson ? instantiateLesson({ lab: lesson.lab, prose: body }, draftSeed(lesson.lab, draft)).prose : body
  }, [shown, lesson, draft])
  return (
    <>
      {lesson && (
        <header className="mb-8 max-w-[68ch]">
          <p className="eyebrow">{minutesText(lesson.header.minutes)}</p>
          <p className="mt-1 text-[26px] leading-tight font-semibold tracking-[-0.02em] text-balance">{lesson.header.title}</p>
          <p className="mt-2 text-base leading-relaxed text-ink-2">{lesson.header.summary}</p>
        </header>
      )}
      <LiveProse markdown={prose} {...(lesson && { title: lesson.header.title })} />
    </>
  )
}
