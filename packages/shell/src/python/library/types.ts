/** types. */
import { defineModule } from "./define-module.ts"

export const typesModule = defineModule({
  name: "types",
  source: `
class SimpleNamespace:
    def __init__(self, **values):
        self.__dict__.update(values)
    def __repr__(self):
        return "namespace(" + ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items()) + ")"
    def __eq__(self, other):
        return self.__dict__ == other.__dict__
FunctionType = type(lambda: None)
LambdaType = FunctionType
GeneratorType = type(one for one in ())
BuiltinFunctionType = type(len)
NoneType = type(None)
ModuleType = type(__import__("sys"))
MethodType = type(SimpleNamespace().__repr__)
def MappingProxyType(mapping):
    return mapping
`,
})
