/** Where a lesson belongs: a course that there is or that there will be, and the lesson's name in its address. */
"use client"
import { useId } from "react"

export interface PlaceOfLesson {
  readonly course: string
  readonly lesson: string
}

/** As the lesson format has it. */
const PATTERN = "[a-z0-9][a-z0-9\\-]{0,62}"
const RULE = "lower-case letters, digits and dashes"

export const PlaceFields = ({
  courses,
  place,
  onChange,
}: {
  courses: readonly { readonly slug: string; readonly title: string }[]
  place: PlaceOfLesson
  onChange: (place: PlaceOfLesson) => void
}) => {
  const list = useId()
  const field = {
    className: "field mt-1 font-mono text-sm",
    required: true,
    pattern: PATTERN,
    title: RULE,
    spellCheck: false,
    autoCapitalize: "none",
  }
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <div>
        <label className="block text-sm font-medium">
          Course
          <input
            {...field}
            list={list}
            aria-describedby={`${list}-course`}
            value={place.course}
            onChange={(event) => onChange({ ...place, course: event.target.value })}
          />
        </label>
        <datalist id={list}>
          {courses.map(({ slug, title }) => (
            <option key={slug} value={slug}>
              {title}
            </option>
          ))}
        </datalist>
        <p id={`${list}-course`} className="mt-1 text-[13px] text-ink-3">
          One that there is, or a new one.
        </p>
      </div>
      <div>
        <label className="block text-sm font-medium">
          Name in the address
          <input
            {...field}
            aria-describedby={`${list}-lesson`}
            value={place.lesson}
            onChange={(event) => onChange({ ...place, lesson: event.target.value })}
          />
        </label>
        <p id={`${list}-lesson`} className="mt-1 text-[13px] text-ink-3">
          {RULE}
        </p>
      </div>
    </div>
  )
}
