/** A learner's terminal as they have it: their size, made to fit, and typed in only while they allow it. */
"use client"
import { Unicode11Addon } from "@xterm/addon-unicode11"
import { Terminal } from "@xterm/xterm"
import "@xterm/xterm/css/xterm.css"
import { useEffect, useRef } from "react"
import type { Lab } from "../lab/lab.ts"
import type { TerminalTab } from "../lab/state.ts"
import { TERMINAL_FONT, TERMINAL_THEME } from "../terminal/look.ts"

const USUAL = { columns: 80, rows: 24 }

export const WatchedTerminal = ({ lab, tab, typing, visible }: { lab: Lab; tab: TerminalTab; typing: boolean; visible: boolean }) => {
  const frame = useRef<HTMLDivElement>(null)
  const host = useRef<HTMLDivElement>(null)
  const terminal = useRef<Terminal>(undefined)
  const fit = useRef(() => {})
  const mayType = useRef(typing)
  mayType.current = typing
  const { columns, rows } = tab.size ?? USUAL

  useEffect(() => {
    const [around, element] = [frame.current, host.current]
    if (!around || !element) return
    const xterm = new Terminal({
      ...{ allowProposedApi: true, cols: USUAL.columns, rows: USUAL.rows, disableStdin: true, cursorInactiveStyle: "outline" },
      ...{ fontFamily: `${TERMINAL_FONT}, ui-monospace, Menlo, monospace`, fontSize: 14, lineHeight: 1.25, scrollback: 5000 },
      ...{ theme: TERMINAL_THEME, minimumContrastRatio: 4.5 },
    })
    terminal.current = xterm
    xterm.loadAddon(new Unicode11Addon())
    xterm.unicode.activeVersion = "11"
    const drop: (() => void)[] = []
    // The learner's columns stay: lines break where they break for them.
    fit.current = () => {
      const screen = element.querySelector<HTMLElement>(".xterm-screen")
      if (!screen || screen.offsetWidth === 0 || around.clientWidth === 0) return
      const scale = Math.min(1, (around.clientWidth - 24) / (screen.offsetWidth + 16), (around.clientHeight - 16) / screen.offsetHeight)
      element.style.transform = `scale(${scale})`
    }
    const begin = () => {
      if (terminal.current !== xterm) return
      xterm.open(element)
      drop.push(
        lab.attach(tab.id, (text, reset) => {
          if (reset) xterm.reset()
          xterm.write(text)
        }),
      )
      xterm.onData((data) => {
        if (mayType.current) lab.keys(tab.id, data)
      })
      const watch = new ResizeObserver(() => fit.current())
      watch.observe(around)
      watch.observe(element)
      drop.push(() => watch.disconnect())
      fit.current()
    }
    const faces = document.fonts.load(`14px ${TERMINAL_FONT}`).catch(() => [])
    void Promise.race([faces, new Promise((resolve) => setTimeout(resolve, 600))]).then(begin)
    return () => {
      for (const end of drop) end()
      terminal.current = undefined
      xterm.dispose()
    }
  }, [lab, tab.id])

  useEffect(() => {
    terminal.current?.resize(columns, rows)
    fit.current()
  }, [columns, rows])

  useEffect(() => {
    const xterm = terminal.current
    if (!xterm) return
    xterm.options.disableStdin = !typing
    xterm.textarea?.setAttribute("aria-label", `The learner's terminal on ${tab.machine}${typing ? "" : ", to look at"}`)
    if (typing && visible) xterm.focus()
  }, [typing, visible, tab.machine])

  useEffect(() => {
    if (visible) fit.current()
  }, [visible])

  return (
    <div ref={frame} className={`absolute inset-0 overflow-hidden py-2 pl-3 ${visible ? "" : "invisible"}`} data-terminal={tab.id}>
      <div ref={host} className="w-max origin-top-left" />
    </div>
  )
}
