/** time: the world's clock. */
import { integer, toFloat } from "../objects/numbers.ts"
import { typeError, valueError } from "../objects/raise.ts"
import { PyFloat, Tuple, TUPLE, type Value } from "../objects/values.ts"
import { nativeClass } from "../objects/define.ts"
import { defineModule } from "./define-module.ts"
import { namedTuple } from "./sys.ts"
import { type Moment, momentAt, momentOf, readMoment, writeMoment } from "./moments.ts"

const STRUCT = nativeClass("time", "struct_time", [TUPLE])
const NAMES = ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"]

const structOf = ({ year, month, day, hour, minute, second, weekday, yearday }: Moment): Tuple => {
  const made = namedTuple(STRUCT, NAMES, [year, month, day, hour, minute, second, weekday, yearday, 0])
  made.attrs?.map.set("tm_zone", "UTC").set("tm_gmtoff", 0)
  return made
}

const given = (value: Value, now: number): Moment => {
  if (value === undefined || value === null) return momentAt(now)
  if (value instanceof Tuple && value.items.length >= 6) {
    const [year, month, day, hour, minute, second] = value.items.map((item) => Number(item))
    return momentOf(year, month, day, hour, minute, second)
  }
  throw typeError("Tuple or struct_time argument required")
}

const atSeconds = (value: Value, now: number): Moment => momentAt(value === undefined || value === null ? now : toFloat(value) * 1_000)

const asctime = (moment: Moment): string => writeMoment("%a %b %e %H:%M:%S %Y", moment)

export const time = defineModule({
  name: "time",
  functions: {
    time: ["", (python) => new PyFloat(python.process.now() / 1_000)],
    time_ns: ["", (python) => integer(BigInt(Math.round(python.process.now())) * 1_000_000n)],
    monotonic: ["", (python) => new PyFloat((python.process.now() % 1e9) / 1_000)],
    monotonic_ns: ["", (python) => integer(BigInt(Math.round(python.process.now() % 1e9)) * 1_000_000n)],
    perf_counter: ["", (python) => new PyFloat((python.process.now() % 1e9) / 1_000)],
    perf_counter_ns: ["", (python) => integer(BigInt(Math.round(python.process.now() % 1e9)) * 1_000_000n)],
    process_time: ["", () => new PyFloat(0.02)],
    sleep: [
      "seconds",
      function* (python, [seconds]) {
        const wanted = toFloat(
          seconds,
          `'${typeof seconds === "string" ? "str" : seconds === null ? "NoneType" : "object"}' object cannot be interpreted as an integer`,
        )
        if (wanted < 0) throw valueError("sleep length must be non-negative")
        yield* python.sleep(wanted * 1_000)
        return null
      },
    ],
    strftime: ["format, t=", (python, [format, value]) => writeMoment(String(format), given(value, python.process.now()))],
    strptime: [
      "string, format=",
      (_, [text, format]) => structOf(readMoment(String(text), format === undefined ? "%a %b %d %H:%M:%S %Y" : String(format))),
    ],
    gmtime: ["seconds=", (python, [value]) => structOf(atSeconds(value, python.process.now()))],
    localtime: ["seconds=", (python, [value]) => structOf(atSeconds(value, python.process.now()))],
    ctime: ["seconds=", (python, [value]) => asctime(atSeconds(value, python.process.now()))],
    asctime: ["t=", (python, [value]) => asctime(given(value, python.process.now()))],
    mktime: ["t", (python, [value]) => new PyFloat(given(value, python.process.now()).at / 1_000)],
    tzset: ["", () => null],
  },
  values: () => ({ struct_time: STRUCT, timezone: 0, altzone: 0, daylight: 0, tzname: new Tuple(["UTC", "UTC"]) }),
})
