/** A terminal's kernel side: line discipline, foreground process group, window size. */
import type { OpenFile } from "../kernel/open-file.ts"

export interface TtyModes {
  /** Cooked (line editing by the kernel, ^D ends input) or raw. */
  canonical: boolean
  echo: boolean
  /** ^C ^Z ^\ become signals. */
  signals: boolean
  /** Output: \n becomes \r\n. */
  outputProcessing: boolean
  /** TOSTOP: a background process that writes is stopped (SIGTTOU). Default: off. */
  stopsBackgroundOutput?: boolean
}

export interface Tty {
  /** "pts/0" */
  readonly name: string
  columns: number
  rows: number
  readonly modes: TtyModes
  setModes(modes: Partial<TtyModes>): void
  foregroundGroup: number
  /** The session that it controls, 0 when none. */
  session: number
  /** Opens another description of it, as opening /dev/pts/N does. */
  open(): OpenFile

  // The master side: what a terminal emulator does.
  /** Bytes typed. ^C and the like act at once. */
  input(data: Uint8Array | string): void
  /** Bytes that can be typed now without loss; a long paste is handed over in portions that fit. */
  readonly inputSpace: number
  /** Sends SIGWINCH to the foreground group. */
  resize(columns: number, rows: number): void
  /** Bytes to show, as they come. Output faster than `outputLimit` bytes per virtual second waits. */
  onOutput: (data: Uint8Array) => void
  /** The emulator went away: SIGHUP to the session. */
  hangUp(): void
}
