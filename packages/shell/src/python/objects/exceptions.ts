/** The built-in exceptions: what inherits from what. */
import { OBJECT, PyClass } from "./values.ts"

/** Name, then those that inherit from it. */
const TREE = `BaseException
 BaseExceptionGroup
 GeneratorExit
 KeyboardInterrupt
 SystemExit
 Exception
  ArithmeticError
   FloatingPointError
   OverflowError
   ZeroDivisionError
  AssertionError
  AttributeError
  BufferError
  EOFError
  ImportError
   ModuleNotFoundError
  LookupError
   IndexError
   KeyError
  MemoryError
  NameError
   UnboundLocalError
  OSError
   BlockingIOError
   ChildProcessError
   ConnectionError
    BrokenPipeError
    ConnectionAbortedError
    ConnectionRefusedError
    ConnectionResetError
   FileExistsError
   FileNotFoundError
   InterruptedError
   IsADirectoryError
   NotADirectoryError
   PermissionError
   ProcessLookupError
   TimeoutError
  ReferenceError
  RuntimeError
   NotImplementedError
   RecursionError
  StopAsyncIteration
  StopIteration
  SyntaxError
   IndentationError
    TabError
  SystemError
  TypeError
  ValueError
   UnicodeError
    UnicodeDecodeError
    UnicodeEncodeError
  Warning
   BytesWarning
   DeprecationWarning
   FutureWarning
   ImportWarning
   PendingDeprecationWarning
   ResourceWarning
   RuntimeWarning
   SyntaxWarning
   UnicodeWarning
   UserWarning`

export const EXCEPTIONS: ReadonlyMap<string, PyClass> = (() => {
  const classes = new Map<string, PyClass>()
  const parents: PyClass[] = [OBJECT]
  for (const line of TREE.split("\n")) {
    const name = line.trim()
    const depth = line.length - name.length
    const made = new PyClass(name, [parents[depth]])
    classes.set(name, made)
    parents[depth + 1] = made
  }
  return classes
})()

/** A built-in exception class that is known to be there. */
export const exceptionClass = (name: string): PyClass => EXCEPTIONS.get(name) as PyClass

export const BASE_EXCEPTION = exceptionClass("BaseException")
export const EXCEPTION = exceptionClass("Exception")
export const STOP_ITERATION = exceptionClass("StopIteration")
export const GENERATOR_EXIT = exceptionClass("GeneratorExit")
export const OS_ERROR = exceptionClass("OSError")
export const KEY_ERROR = exceptionClass("KeyError")
export const ATTRIBUTE_ERROR = exceptionClass("AttributeError")
