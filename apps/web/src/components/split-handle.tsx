/** The line between two panes: dragged, or moved with the arrow keys. The WAI-ARIA window splitter. */
"use client"
import type { KeyboardEvent, PointerEvent } from "react"

const STEP = 2

/** @param value percent of the box that the first pane takes */
export const SplitHandle = ({
  orientation,
  value,
  min,
  max,
  label,
  controls,
  onChange,
  className = "",
}: {
  /** Of the line: a vertical line moves left and right. */
  orientation: "vertical" | "horizontal"
  value: number
  min: number
  max: number
  label: string
  controls: string
  onChange: (value: number) => void
  className?: string
}) => {
  const set = (next: number) => onChange(Math.round(Math.min(max, Math.max(min, next)) * 10) / 10)

  const drag = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return
    event.preventDefault()
    const handle = event.currentTarget
    const box = handle.parentElement?.getBoundingClientRect()
    if (!box) return
    handle.setPointerCapture(event.pointerId)
    const move = (moved: globalThis.PointerEvent) =>
      set(orientation === "vertical" ? (100 * (moved.clientX - box.left)) / box.width : (100 * (moved.clientY - box.top)) / box.height)
    const end = () => {
      handle.removeEventListener("pointermove", move)
      handle.removeEventListener("pointerup", end)
      handle.removeEventListener("pointercancel", end)
    }
    handle.addEventListener("pointermove", move)
    handle.addEventListener("pointerup", end)
    handle.addEventListener("pointercancel", end)
  }

  const press = (event: KeyboardEvent) => {
    const [less, more] = orientation === "vertical" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"]
    const next = { [less]: value - STEP, [more]: value + STEP, Home: min, End: max }[event.key]
    if (next === undefined) return
    event.preventDefault()
    set(next)
  }

  const splitter = {
    role: "separator",
    tabIndex: 0,
    onPointerDown: drag,
    onKeyDown: press,
    "aria-orientation": orientation,
    "aria-label": label,
    "aria-controls": controls,
    "aria-valuemin": min,
    "aria-valuemax": max,
    "aria-valuenow": Math.round(value),
  }

  return (
    <div
      {...splitter}
      className={`group relative z-10 touch-none ${orientation === "vertical" ? "-mx-[3px] w-[7px] cursor-col-resize" : "-my-[3px] h-[7px] cursor-row-resize"} ${className}`}
    >
      <div
        className={`absolute bg-line transition-colors group-hover:bg-accent group-focus-visible:bg-accent group-active:bg-accent ${orientation === "vertical" ? "inset-y-0 left-[3px] w-px group-hover:left-[2px] group-hover:w-[3px]" : "inset-x-0 top-[3px] h-px group-hover:top-[2px] group-hover:h-[3px]"}`}
      />
    </div>
  )
}
