/** One dot a task, and the points; a dot leads to its task. */
"use client"
import { usePlayer } from "./player-context.tsx"
import { useTasks } from "./task-state.ts"

export const Points = () => {
  const tasks = useTasks()
  const { showPane } = usePlayer()
  if (tasks.length === 0) return null
  const total = tasks.reduce((sum, task) => sum + task.points, 0)
  // Parts of a task, and what help cost, are in what the lab says.
  const earned = tasks.reduce(
    (sum, task) => sum + (task.done && task.live?.state !== "done" ? task.points : (task.live?.earned ?? (task.done ? task.points : 0))),
    0,
  )
  return (
    <div className="flex items-center gap-2.5">
      <ol className="flex items-center max-sm:hidden" aria-label="Tasks">
        {tasks.map((task) => (
          <li key={task.id}>
            <a
              href={`#task-${task.id}`}
              onClick={() => showPane("lesson")}
              className="flex size-6 items-center justify-center"
              aria-label={`Task ${task.number}, ${task.title}: ${task.done ? "done" : "open"}`}
              title={task.title}
            >
              <span
                className={`size-2.5 rounded-full transition-colors duration-250 ${task.done ? "bg-success" : "border-[1.5px] border-ink-3 bg-transparent"}`}
              />
            </a>
          </li>
        ))}
      </ol>
      <p className="text-[13px] font-medium whitespace-nowrap text-ink-2 tabular-nums">
        <span className="sr-only">Points: </span>
        <span className={earned === total ? "text-success" : "text-ink"}>{earned}</span>
        <span className="text-ink-3">/{total}</span>
      </p>
    </div>
  )
}
