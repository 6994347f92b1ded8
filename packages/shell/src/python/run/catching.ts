/** Which exceptions an except clause catches. */
import { BASE_EXCEPTION } from "../objects/exceptions.ts"
import { typeError } from "../objects/raise.ts"
import { type PyClass, type PyException, Tuple, type Value } from "../objects/values.ts"

/** Whether an except clause of `type` takes an exception. Throws TypeError. */
export const takes = (error: PyException, type: Value): boolean => {
  if (type instanceof Tuple) return type.items.some((one) => takes(error, one))
  const cls = type as PyClass
  if (typeof type !== "object" || type === null || !("mro" in type) || !cls.isSubclass(BASE_EXCEPTION))
    throw typeError("catching classes that do not inherit from BaseException is not allowed")
  return error.cls.isSubclass(cls)
}
