/** Everything that is wrong with a draft, each thing a way to its line. */
"use client"
import { CircleCheck, CircleX, TriangleAlert } from "lucide-react"
import type { Problem } from "@drydock/course/lesson"

export const ProblemList = ({ problems, onGo }: { problems: readonly Problem[]; onGo: (path: string, line: number) => void }) =>
  problems.length === 0 ? (
    <p className="flex items-center gap-2 p-4 text-sm text-ink-2">
      <CircleCheck size={16} aria-hidden className="text-success" /> Nothing wrong in what is written.
    </p>
  ) : (
    <ul aria-label="Problems" className="py-1">
      {problems.map((problem) => {
        const { file, line, column, message, severity } = problem
        const Icon = severity === "error" ? CircleX : TriangleAlert
        return (
          <li key={`${file}:${line}:${column}:${message}`}>
            <button
              type="button"
              onClick={() => onGo(file, line)}
              className="flex w-full items-start gap-2 px-3 py-1.5 text-left text-[13px] leading-snug -outline-offset-2 hover:bg-sunken"
            >
              <Icon size={14} className={`mt-0.5 shrink-0 ${severity === "error" ? "text-failure" : "text-attention"}`} aria-hidden />
              <span className="min-w-0 flex-1 break-words">
                <span className="sr-only">{severity === "error" ? "Mistake: " : "Warning: "}</span>
                {message}
              </span>
              <span className="shrink-0 font-mono text-xs text-ink-3">
                {file}:{line}
              </span>
            </button>
          </li>
        )
      })}
    </ul>
  )
