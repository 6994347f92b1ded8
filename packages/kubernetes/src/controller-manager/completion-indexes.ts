/** The indexes of an Indexed Job: which are done, in intervals ("0-2,4"). As pkg/controller/job/indexed_job_utils.go. */
import type { Pod } from "../api/index.ts"

export const INDEX_KEY = "batch.kubernetes.io/job-completion-index"

export const indexOf = (pod: Pod): number => {
  const text = ((pod.metadata.annotations ?? {}) as Record<string, string>)[INDEX_KEY]
  return text === undefined ? -1 : Number(text)
}

export const parseIndexes = (text: string | undefined): Set<number> => {
  const indexes = new Set<number>()
  for (const interval of (text ?? "").split(",").filter((part) => part !== "")) {
    const [first, last = first] = interval.split("-").map(Number)
    for (let index = first; index <= last; index++) indexes.add(index)
  }
  return indexes
}

export const formatIndexes = (indexes: ReadonlySet<number>): string => {
  const sorted = [...indexes].sort((a, b) => a - b)
  const intervals: string[] = []
  for (let at = 0; at < sorted.length; ) {
    let end = at
    while (sorted[end + 1] === sorted[end] + 1) end++
    intervals.push(end === at ? `${sorted[at]}` : end === at + 1 ? `${sorted[at]},${sorted[end]}` : `${sorted[at]}-${sorted[end]}`)
    at = end + 1
  }
  return intervals.join(",")
}
