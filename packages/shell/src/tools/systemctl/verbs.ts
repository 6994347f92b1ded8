/** What systemctl says of a verb that it does not know. As verbs.c of systemd 255. */

const VERBS =
  "list-units list-unit-files list-sockets list-timers list-jobs list-machines list-dependencies get-default set-default status show cat start stop restart try-restart reload reload-or-restart kill is-active is-failed is-enabled is-system-running enable reenable disable mask unmask edit daemon-reload daemon-reexec reset-failed isolate show-environment reboot poweroff halt rescue emergency suspend".split(
    " ",
  )

/** Levenshtein's distance; both words are short. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]
}

/** No word further than this is offered in its place. As strv_find_closest. */
const [FAR, LONGEST] = [5, 40]

export const unknownVerb = (verb: string): string => {
  const [closest] = verb.length > LONGEST ? [] : VERBS.map((one) => ({ one, far: distance(verb, one) })).sort((x, y) => x.far - y.far)
  return `Unknown command verb '${verb}'${closest && closest.far <= FAR ? `, did you mean '${closest.one}'?` : "."}\n`
}
