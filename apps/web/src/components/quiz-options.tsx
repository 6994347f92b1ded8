/** What a question is answered with: choices, an order to bring about, or a line of text. */
"use client"
import { ChevronDown, ChevronUp } from "lucide-react"
import { useId } from "react"

export const QuizOptions = ({
  quiz,
  chosen,
  choose,
}: {
  quiz: { readonly kind: "single" | "several" | "text" | "order"; readonly options: readonly string[] }
  chosen: readonly string[]
  choose: (next: readonly string[]) => void
}) => {
  const group = useId()
  if (quiz.kind === "text")
    return (
      <input
        className="field mt-3 font-mono text-sm"
        aria-label="Your answer"
        value={chosen[0] ?? ""}
        onChange={(event) => choose([event.target.value])}
        autoComplete="off"
        spellCheck={false}
      />
    )
  if (quiz.kind === "order") {
    const move = (at: number, by: number) => {
      const next = [...chosen]
      next.splice(at + by, 0, ...next.splice(at, 1))
      choose(next)
    }
    return (
      <ol className="mt-3 space-y-1">
        {chosen.map((option, at) => (
          <li key={option} className="flex items-center gap-2 rounded-md bg-sunken px-2 py-1 text-[15px] leading-snug">
            <span className="w-5 shrink-0 text-[13px] text-ink-3 tabular-nums">{at + 1}.</span>
            <span className="min-w-0 flex-1">{option}</span>
            <button
              type="button"
              className="button button-quiet size-8 p-0"
              aria-label={`Move up: ${option}`}
              disabled={at === 0}
              onClick={() => move(at, -1)}
            >
              <ChevronUp size={16} aria-hidden />
            </button>
            <button
              type="button"
              className="button button-quiet size-8 p-0"
              aria-label={`Move down: ${option}`}
              disabled={at === chosen.length - 1}
              onClick={() => move(at, 1)}
            >
              <ChevronDown size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ol>
    )
  }
  const several = quiz.kind === "several"
  return (
    <div className="mt-3 space-y-1">
      {quiz.options.map((option) => (
        <label
          key={option}
          className="flex items-start gap-2.5 rounded-md px-2 py-1.5 text-[15px] leading-snug has-[:checked]:bg-accent-soft hover:not-has-[:disabled]:bg-sunken"
        >
          <input
            type={several ? "checkbox" : "radio"}
            name={group}
            className="mt-0.5 size-4 shrink-0 accent-[var(--accent)]"
            checked={chosen.includes(option)}
            onChange={(event) =>
              choose(several ? (event.target.checked ? [...chosen, option] : chosen.filter((known) => known !== option)) : [option])
            }
          />
          {option}
        </label>
      ))}
    </div>
  )
}
