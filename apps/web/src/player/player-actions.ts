/** Every action of the player by its name, for the palette. */
import type { TerminalTab } from "../lab/state.ts"
import { setTheme } from "../theme/theme.ts"
import { LOWER } from "./lower-pane.tsx"
import type { Action } from "./palette.tsx"
import type { Pane, PlayerView } from "./player-context.tsx"

export interface ActionsOptions {
  readonly view: PlayerView
  readonly hasLesson: boolean
  readonly terminals: readonly TerminalTab[]
  readonly machines: readonly string[]
  readonly session: string | undefined
  readonly paused: boolean
  readonly screenReader: boolean
  focusPane(pane: Pane): void
  addTerminal(machine: string): void
  find(): void
  setScreenReader(on: boolean): void
  restart(): void
  showKeys(): void
}

export const playerActions = (options: ActionsOptions): Action[] => {
  const { view, hasLesson, terminals, machines, session, paused, screenReader, focusPane } = options
  const { lab, showUpper, showLower } = view
  const goTo = (name: string, show: () => void, pane: Pane): Action => ({
    group: "Go to",
    name,
    run: () => {
      show()
      focusPane(pane)
    },
  })
  const clock = (name: string, part: { action: "pause" | "resume" | "skip" | "forward"; speed?: number; by?: number }): Action => ({
    group: "Clock",
    name,
    run: () => lab.send({ type: "clock", ...part }),
  })
  return [
    ...(hasLesson ? [{ group: "Go to", name: "Lesson", keys: "F6", run: () => focusPane("lesson") }] : []),
    ...view.tasks.map(({ id, title }, at) => ({
      group: "Go to",
      name: `Task ${at + 1}, ${title}`,
      run: () => {
        view.showPane("lesson")
        // Drawn first: on a narrow screen it was hidden until now.
        requestAnimationFrame(() => document.getElementById(`task-${id}`)?.focus())
      },
    })),
    ...terminals.map(({ id, machine }) =>
      goTo(
        `Terminal on ${machine}${terminals.filter((known) => known.machine === machine).length > 1 ? ` (${id})` : ""}`,
        () => showUpper({ kind: "terminal", id }),
        "upper",
      ),
    ),
    goTo("Files", () => showUpper({ kind: "files" }), "upper"),
    goTo("Browser", () => showUpper({ kind: "browser" }), "upper"),
    ...LOWER.map(({ id, label }) => goTo(label, () => showLower(id), "lower")),
    ...machines.map((machine) => ({ group: "Terminal", name: `New terminal on ${machine}`, run: () => options.addTerminal(machine) })),
    { group: "Terminal", name: "Find in the terminal", keys: "Ctrl Shift F", run: options.find },
    {
      group: "Terminal",
      name: screenReader ? "Ordinary terminal" : "Terminal for screen readers",
      run: () => options.setScreenReader(!screenReader),
    },
    clock(paused ? "Let the clock run" : "Pause the clock", { action: paused ? "resume" : "pause" }),
    clock("Normal speed", { action: "resume", speed: 1 }),
    clock("Ten times as fast", { action: "resume", speed: 10 }),
    clock("Skip to the next event", { action: "skip" }),
    clock("Skip one minute", { action: "forward", by: 60_000 }),
    clock("Skip five minutes", { action: "forward", by: 300_000 }),
    { group: "Lab", name: "Follow the last change", run: () => view.follow(undefined) },
    ...(session ? [{ group: "Lab", name: "Download a kubeconfig", run: () => location.assign(`/kubeconfig/${session}`) }] : []),
    { group: "Lab", name: "Start the lab over", run: options.restart },
    { group: "Appearance", name: "Light", run: () => setTheme("light") },
    { group: "Appearance", name: "Dark", run: () => setTheme("dark") },
    { group: "Appearance", name: "As the system", run: () => setTheme("system") },
    { group: "Help", name: "Keys", keys: "?", run: options.showKeys },
  ]
}
