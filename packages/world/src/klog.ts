/** Lines of a log in klog's form. */

/**
 * "E file.go:1] …" with klog's time and process number: "E0105 08:00:01.000000    1234 file.go:1] …".
 * @param at ms since the epoch
 */
export const klog = (at: number, pid: number, message: string): string => {
  const [, month, day, time] = /^\d+-(\d+)-(\d+)T([\d:.]+)Z$/.exec(new Date(Math.floor(at)).toISOString()) ?? []
  return message.replace(/^([IWEF]) (?=[\w.-]+\.go:\d+\])/, `$1${month}${day} ${time}000 ${String(pid).padStart(7)} `)
}
