/** How large a lesson may be, wherever it comes from: a folder, a zip, a browser. */

/** Bytes; a lesson is text. */
export const LARGEST_FILE = 1024 * 1024
export const LARGEST_LESSON = 8 * 1024 * 1024
export const MOST_FILES = 500

const amount = (bytes: number): string =>
  bytes >= 1024 * 1024
    ? `${Math.round((bytes / 1024 / 1024) * 10) / 10} MiB`
    : bytes >= 1024
      ? `${Math.round(bytes / 1024)} KiB`
      : `${bytes} bytes`

/** Why one more file of `size` bytes is too much beside the `files` of together `bytes`; undefined when it is not. */
export const sizeProblem = ({ size, files, bytes }: { size: number; files: number; bytes: number }): string | undefined => {
  if (size > LARGEST_FILE) return `this file has ${amount(size)}; a file of a lesson may have ${amount(LARGEST_FILE)}`
  if (files >= MOST_FILES) return `this is one file too many; a lesson may have ${MOST_FILES}`
  if (bytes + size > LARGEST_LESSON) return `with this file the lesson has more than ${amount(LARGEST_LESSON)}`
  return undefined
}
