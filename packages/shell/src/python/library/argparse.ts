/** argparse. */
import { defineModule } from "./define-module.ts"

export const argparse = defineModule({
  name: "argparse",
  source: String.raw`
import sys, os
SUPPRESS, OPTIONAL, ZERO_OR_MORE, ONE_OR_MORE, REMAINDER = "==SUPPRESS==", "?", "*", "+", "..."
class ArgumentError(Exception):
    def __init__(self, argument, message):
        self.argument, self.message = argument, message
    def __str__(self):
        return f"argument {self.argument._label()}: {self.message}" if self.argument else self.message
class ArgumentTypeError(Exception):
    pass
class Namespace:
    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)
    def __repr__(self):
        return "Namespace(" + ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items()) + ")"
    def __eq__(self, other):
        return vars(self) == vars(other)
    def __contains__(self, key):
        return key in self.__dict__
class HelpFormatter:
    pass
class RawDescriptionHelpFormatter(HelpFormatter):
    pass
class RawTextHelpFormatter(HelpFormatter):
    pass
class ArgumentDefaultsHelpFormatter(HelpFormatter):
    pass
class Action:
    def __init__(self, flags, dest, nargs=None, const=None, default=None, type=None, choices=None, required=False, help=None, metavar=None, action="store", version=None):
        self.option_strings, self.dest, self.nargs, self.const, self.default, self.type = flags, dest, nargs, const, default, type
        self.choices, self.required, self.help, self.metavar, self.action, self.version = choices, required, help, metavar, action, version
    def _label(self):
        return "/".join(self.option_strings) if self.option_strings else self.metavar or self.dest
    def _name(self):
        if self.metavar is not None:
            return self.metavar
        if self.choices is not None:
            return "{" + ",".join(str(one) for one in self.choices) + "}"
        return self.dest.upper() if self.option_strings else self.dest
    def _takes(self):
        return self.action in ("store", "append", "extend")
    def _shape(self):
        name = self._name()
        if self.nargs is None:
            return name
        if self.nargs == "?":
            return f"[{name}]"
        if self.nargs == "*":
            return f"[{name} ...]"
        if self.nargs == "+":
            return f"{name} [{name} ...]"
        if self.nargs == "...":
            return "..."
        return " ".join([name] * self.nargs)
class _Group:
    def __init__(self, parser, title=None, required=False, exclusive=False):
        self._parser, self.title, self.required, self.exclusive, self._actions = parser, title, required, exclusive, []
    def add_argument(self, *flags, **options):
        made = self._parser._make(flags, options)
        self._actions.append(made)
        self._parser._actions.append(made)
        return made
    def add_mutually_exclusive_group(self, required=False):
        return self._parser.add_mutually_exclusive_group(required=required)
class _Sub:
    def __init__(self, parser, action, options):
        self._parser, self._action, self._options, self._parsers, self._help = parser, action, options, {}, []
    def add_parser(self, name, help=None, aliases=(), **options):
        made = ArgumentParser(prog=f"{self._parser._usage_prefix()} {name}", **options)
        for one in (name, *aliases):
            self._parsers[one] = made
        if help is not None:
            self._help.append((name, help))
        self._action.choices = self._parsers
        return made
class ArgumentParser:
    def __init__(self, prog=None, usage=None, description=None, epilog=None, parents=(), formatter_class=HelpFormatter, prefix_chars="-", fromfile_prefix_chars=None, argument_default=None, conflict_handler="error", add_help=True, allow_abbrev=True, exit_on_error=True):
        self.prog = prog or os.path.basename(sys.argv[0] if sys.argv and sys.argv[0] else "python3")
        self.usage, self.description, self.epilog, self._raw = usage, description, epilog, issubclass(formatter_class, (RawDescriptionHelpFormatter, RawTextHelpFormatter))
        self._shows_defaults = issubclass(formatter_class, ArgumentDefaultsHelpFormatter)
        self._actions, self._groups, self._exclusive, self._sub, self._defaults = [], [], [], None, {}
        if add_help:
            self.add_argument("-h", "--help", action="help", help="show this help message and exit")
        for parent in parents:
            self._actions.extend(one for one in parent._actions if one.action != "help")
    def _usage_prefix(self):
        return " ".join([self.prog] + [one._shape() for one in self._actions if not one.option_strings])
    def _make(self, flags, options):
        action = options.pop("action", "store")
        if flags and flags[0].startswith("-"):
            dest = options.pop("dest", None)
            if dest is None:
                long = [one for one in flags if one.startswith("--")]
                dest = (long[0] if long else flags[0]).lstrip("-").replace("-", "_")
            names = list(flags)
        else:
            names, dest = [], flags[0] if flags else options.pop("dest")
        if not isinstance(action, str):
            action = "boolean" if action is BooleanOptionalAction else "store"
        if action == "boolean":
            names += ["--no-" + one[2:] for one in names if one.startswith("--")]
        if action == "store_true":
            options.setdefault("default", False)
        if action == "store_false":
            options.setdefault("default", True)
        return Action(names, dest, action=action, **options)
    def add_argument(self, *flags, **options):
        made = self._make(flags, options)
        self._actions.append(made)
        return made
    def add_argument_group(self, title=None, description=None):
        made = _Group(self, title)
        self._groups.append(made)
        return made
    def add_mutually_exclusive_group(self, required=False):
        made = _Group(self, None, required, True)
        self._exclusive.append(made)
        return made
    def add_subparsers(self, title=None, description=None, dest=None, required=False, help=None, metavar=None, **options):
        action = Action([], dest or SUPPRESS, nargs=None, required=required, help=help, metavar=metavar, choices={}, action="sub")
        self._actions.append(action)
        self._sub = _Sub(self, action, {"title": title})
        return self._sub
    def set_defaults(self, **values):
        self._defaults.update(values)
    def get_default(self, name):
        return next((one.default for one in self._actions if one.dest == name), self._defaults.get(name))
    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: error: {message}\n")
    def exit(self, status=0, message=None):
        if message:
            sys.stderr.write(message)
        sys.exit(status)
    def _convert(self, action, text):
        try:
            value = action.type(text) if action.type else text
        except ArgumentTypeError as problem:
            raise ArgumentError(action, str(problem))
        except (TypeError, ValueError):
            raise ArgumentError(action, f"invalid {getattr(action.type, '__name__', repr(action.type))} value: {text!r}")
        if action.choices is not None and value not in action.choices:
            shown = ", ".join(map(repr, action.choices))
            raise ArgumentError(action, f"invalid choice: {value!r} (choose from {shown})")
        return value
    def _option(self, word):
        name, mark, value = word.partition("=")
        for one in self._actions:
            if name in one.option_strings:
                return one, name, value if mark else None
        if word.startswith("--"):
            near = [(one, flag) for one in self._actions for flag in one.option_strings if flag.startswith(name)]
            if len(near) == 1:
                return near[0][0], near[0][1], value if mark else None
            if len(near) > 1:
                self.error(f"ambiguous option: {word} could match {', '.join(flag for _, flag in near)}")
        elif len(word) > 2:
            for one in self._actions:
                if word[:2] in one.option_strings:
                    return one, word[:2], word[2:]
        return None
    def _is_option(self, word):
        if not word.startswith("-") or word == "-":
            return False
        if self._option(word):
            return True
        if word[1:].replace(".", "", 1).isdigit():
            return False
        return " " not in word
    def parse_known_args(self, args=None, namespace=None):
        words = list(sys.argv[1:] if args is None else args)
        space = namespace or Namespace()
        for one in self._actions:
            if one.dest != SUPPRESS and one.default != SUPPRESS and one.action not in ("help", "version") and not hasattr(space, one.dest):
                setattr(space, one.dest, one.default)
        for name, value in self._defaults.items():
            setattr(space, name, value)
        try:
            return self._parse(words, space)
        except ArgumentError as problem:
            self.error(str(problem))
    def _parse(self, words, space):
        positional = [one for one in self._actions if not one.option_strings]
        seen, extra, plain = set(), [], []
        only = False
        sub = None
        while words:
            word = words.pop(0)
            if word == "--" and not only:
                only = True
                continue
            if only or not self._is_option(word):
                if self._sub and len(plain) >= sum(1 for one in positional if one.action != "sub" and positional.index(one) < positional.index(self._sub._action)):
                    sub = word
                    if word not in self._sub._parsers:
                        raise ArgumentError(self._sub._action, f"invalid choice: {word!r} (choose from {', '.join(map(repr, self._sub._parsers))})")
                    rest = words
                    words = []
                    break
                plain.append(word)
                continue
            found = self._option(word)
            if not found:
                extra.append(word)
                continue
            action, flag, attached = found
            seen.add(action.dest)
            self._exclude(action, seen)
            if action.action == "help":
                self.print_help()
                self.exit()
            if action.action == "version":
                print(action.version.replace("%(prog)s", self.prog))
                self.exit()
            if not action._takes():
                if attached and not flag.startswith("--"):
                    words.insert(0, "-" + attached)
                elif attached is not None:
                    raise ArgumentError(action, f"ignored explicit argument {attached!r}")
                if action.action == "count":
                    setattr(space, action.dest, (getattr(space, action.dest) or 0) + 1)
                elif action.action == "append_const":
                    setattr(space, action.dest, (getattr(space, action.dest) or []) + [action.const])
                elif action.action == "boolean":
                    setattr(space, action.dest, not flag.startswith("--no-"))
                else:
                    setattr(space, action.dest, {"store_true": True, "store_false": False}.get(action.action, action.const))
                continue
            given = [] if attached is None else [attached]
            most = 1 if action.nargs in (None, "?") else action.nargs if isinstance(action.nargs, int) else 10 ** 9
            while attached is None and words and len(given) < most and not self._is_option(words[0]) and words[0] != "--":
                given.append(words.pop(0))
            if not given and action.nargs == "?":
                value = action.const
            elif not given and action.nargs is None:
                raise ArgumentError(action, "expected one argument")
            elif not given and action.nargs == "+":
                raise ArgumentError(action, "expected at least one argument")
            elif isinstance(action.nargs, int) and len(given) != action.nargs:
                raise ArgumentError(action, f"expected {action.nargs} argument{'' if action.nargs == 1 else 's'}")
            else:
                value = [self._convert(action, one) for one in given]
                if action.nargs in (None, "?"):
                    value = value[0]
            if action.action == "append":
                value = list(getattr(space, action.dest) or []) + [value]
            elif action.action == "extend":
                value = list(getattr(space, action.dest) or []) + value
            setattr(space, action.dest, value)
        missing = []
        wanted = [one for one in positional if one.action != "sub"]
        for index, action in enumerate(wanted):
            later = sum(one.nargs if isinstance(one.nargs, int) else 1 if one.nargs in (None, "+") else 0 for one in wanted[index + 1:])
            room = max(0, len(plain) - later)
            if action.nargs is None:
                if not plain:
                    missing.append(action._label())
                    continue
                setattr(space, action.dest, self._convert(action, plain.pop(0)))
            elif action.nargs == "?":
                if room:
                    setattr(space, action.dest, self._convert(action, plain.pop(0)))
                elif isinstance(action.default, str) and action.type:
                    setattr(space, action.dest, self._convert(action, action.default))
            else:
                count = action.nargs if isinstance(action.nargs, int) else room
                taken, plain = plain[:count], plain[count:]
                if len(taken) < (action.nargs if isinstance(action.nargs, int) else 1 if action.nargs == "+" else 0):
                    missing.append(action._label())
                elif taken or action.default is None:
                    setattr(space, action.dest, [self._convert(action, one) for one in taken])
        for action in self._actions:
            if action.option_strings and action.required and action.dest not in seen:
                missing.append(action._label())
            if action.option_strings and action.dest not in seen and isinstance(action.default, str) and action.type and getattr(space, action.dest, None) is action.default:
                setattr(space, action.dest, self._convert(action, action.default))
        if self._sub:
            if sub is not None:
                if self._sub._action.dest != SUPPRESS:
                    setattr(space, self._sub._action.dest, sub)
                inner, more = self._sub._parsers[sub].parse_known_args(rest)
                for name, value in vars(inner).items():
                    setattr(space, name, value)
                extra += more
            elif self._sub._action.required:
                missing.append(self._sub._action._label() if self._sub._action.dest != SUPPRESS else self._sub._action._name())
        if missing:
            self.error("the following arguments are required: " + ", ".join(missing))
        for group in self._exclusive:
            if group.required and not any(one.dest in seen for one in group._actions):
                self.error("one of the arguments " + " ".join(one._label() for one in group._actions) + " is required")
        return space, extra + plain
    def _exclude(self, action, seen):
        for group in self._exclusive:
            if action in group._actions:
                for one in group._actions:
                    if one is not action and one.dest in seen and one.dest != action.dest:
                        raise ArgumentError(action, f"not allowed with argument {one._label()}")
    def parse_args(self, args=None, namespace=None):
        space, extra = self.parse_known_args(args, namespace)
        if extra:
            self.error("unrecognized arguments: " + " ".join(extra))
        return space
    def format_usage(self):
        if self.usage:
            return f"usage: {self.usage.replace('%(prog)s', self.prog)}\n"
        options, words = [], []
        for one in self._actions:
            if one.help == SUPPRESS:
                continue
            if not one.option_strings:
                words.append(one._shape() + (" ..." if one.action == "sub" else ""))
                continue
            shown = " | ".join(one.option_strings) if one.action == "boolean" else one.option_strings[0]
            if one._takes():
                shown += " " + one._shape()
            options.append(shown if one.required else f"[{shown}]")
        text = " ".join([self.prog] + options + words)
        if len(text) + 7 <= int(os.environ.get("COLUMNS", 80)) - 2:
            return f"usage: {text}\n"
        indent = " " * (len("usage: " + self.prog) + 1)
        lines, line = [], ""
        for group in (options, words):
            for part in group:
                if line and len(indent) + len(line) + 1 + len(part) > int(os.environ.get("COLUMNS", 80)) - 2:
                    lines.append(line)
                    line = ""
                line = f"{line} {part}" if line else part
            if line:
                lines.append(line)
                line = ""
        return f"usage: {self.prog} " + f"\n{indent}".join(lines) + "\n"
    def print_usage(self, file=None):
        print(self.format_usage(), end="", file=file or sys.stdout)
    def _row(self, label, help):
        import textwrap
        if not help:
            return f"  {label}\n"
        lines = textwrap.wrap(help, 54)
        if len(label) > 20:
            return f"  {label}\n" + "".join(f"{'':24}{line}\n" for line in lines)
        return f"  {label:<22}{lines[0]}\n" + "".join(f"{'':24}{line}\n" for line in lines[1:])
    def _help_of(self, action):
        text = action.help
        if text is None:
            return None
        if self._shows_defaults and "%(default)" not in text and action.default not in (None, SUPPRESS) and action.action != "help" and (action.option_strings or action.nargs in ("?", "*")):
            text += " (default: %(default)s)"
        return text % {**vars(action), "prog": self.prog} if "%" in text else text
    def format_help(self):
        import textwrap
        text = self.format_usage()
        if self.description:
            text += "\n" + (self.description.strip("\n") if self._raw else textwrap.fill(self.description.replace("%(prog)s", self.prog), 78)) + "\n"
        grouped = [one for group in self._groups for one in group._actions]
        words = [one for one in self._actions if not one.option_strings and one.help != SUPPRESS and one not in grouped]
        if words:
            text += "\npositional arguments:\n"
            for one in words:
                text += self._row(one._name(), self._help_of(one))
                if one.action == "sub":
                    for name, help in self._sub._help:
                        text += self._row("  " + name, help)
        options = [one for one in self._actions if one.option_strings and one.help != SUPPRESS and one not in grouped]
        if options:
            text += "\noptions:\n"
            for one in options:
                text += self._row(self._invocation(one), self._help_of(one))
        for group in self._groups:
            if group._actions:
                text += f"\n{group.title}:\n" + "".join(self._row(self._invocation(one), self._help_of(one)) for one in group._actions)
        if self.epilog:
            text += "\n" + (self.epilog.strip("\n") if self._raw else textwrap.fill(self.epilog, 78)) + "\n"
        return text
    def _invocation(self, one):
        if not one.option_strings:
            return one._name()
        if not one._takes():
            return ", ".join(one.option_strings)
        return ", ".join(f"{flag} {one._shape()}" for flag in one.option_strings)
    def print_help(self, file=None):
        print(self.format_help(), end="", file=file or sys.stdout)
class BooleanOptionalAction:
    pass
def FileType(mode="r", **options):
    def opened(path):
        if path == "-":
            return sys.stdin if "r" in mode else sys.stdout
        return open(path, mode)
    return opened
`,
})
