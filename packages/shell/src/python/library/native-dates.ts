/** The calendar behind datetime. */
import { toCount } from "../objects/numbers.ts"
import { Tuple, type Value } from "../objects/values.ts"
import { defineModule } from "./define-module.ts"
import { dateOf, dayNumber, isoWeek, momentOf, readMoment, writeMoment } from "./moments.ts"

const moment = (parts: Value, offset: Value) => {
  const [year, month, day, hour, minute, second, micro] = (parts as Tuple).items.map(Number)
  return momentOf(year, month, day, hour, minute, second, micro, offset === null ? undefined : toCount(offset))
}

export const nativeDates = defineModule({
  name: "_dates",
  functions: {
    ordinal: ["year, month, day", (_, [year, month, day]) => dayNumber(toCount(year), toCount(month), toCount(day)) + 719_163],
    date: ["ordinal", (_, [ordinal]) => new Tuple([...dateOf(toCount(ordinal) - 719_163)])],
    write: [
      "format, parts, offset, name",
      (_, [format, parts, offset, name]) => writeMoment(String(format), moment(parts, offset), String(name)),
    ],
    read: [
      "text, format",
      (_, [text, format]) => {
        const { year, month, day, hour, minute, second, microsecond, offset } = readMoment(String(text), String(format))
        return new Tuple([year, month, day, hour, minute, second, microsecond, offset ?? null])
      },
    ],
    week: ["parts", (_, [parts]) => new Tuple([...isoWeek(moment(parts, null))])],
    now: ["", (python) => Math.round(python.process.now() * 1_000)],
  },
})
