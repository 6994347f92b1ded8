/** Events and how they are shown. As kubectl/pkg/cmd/events and describe. */
import { humanDuration } from "@drydock/kubernetes/api"
import type { KubeObject } from "./api.ts"

export interface EventObject extends KubeObject {
  type?: string
  reason?: string
  message?: string
  count?: number
  firstTimestamp?: string | null
  lastTimestamp?: string | null
  eventTime?: string | null
  series?: { count: number; lastObservedTime?: string } | null
  source?: { component?: string }
  reportingComponent?: string
  involvedObject: { kind?: string; name?: string; namespace?: string; uid?: string; fieldPath?: string; apiVersion?: string }
}

const since = (time: string | null | undefined, now: number): string => (time ? humanDuration(now - Date.parse(time)) : "<unknown>")

/** "5s", or "5s (x3 over 1m)". */
export const eventAge = ({ eventTime, firstTimestamp, lastTimestamp, count = 0, series }: EventObject, now: number): string => {
  const first = eventTime ? since(eventTime, now) : since(firstTimestamp, now)
  if (series) return `${since(series.lastObservedTime, now)} (x${series.count} over ${first})`
  return count > 1 ? `${since(lastTimestamp, now)} (x${count} over ${first})` : first
}

/** When it last happened, microseconds; 0: not said. */
export const eventTime = ({ series, lastTimestamp, eventTime: at }: EventObject): number => {
  const text = series ? series.lastObservedTime : (lastTimestamp ?? at)
  const micros = /\.(\d{6})/.exec(text ?? "")?.[1]
  return (Date.parse(text ?? "") || 0) * 1_000 + (micros ? Number(micros) % 1_000 : 0)
}
