/** abc. */
import { defineModule } from "./define-module.ts"

export const abcModule = defineModule({
  name: "abc",
  source: `
class ABCMeta(type):
    pass
class ABC(metaclass=ABCMeta):
    pass
def abstractmethod(function):
    function.__isabstractmethod__ = True
    return function
abstractproperty = property
`,
})
