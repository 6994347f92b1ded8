/** csv. */
import { defineModule } from "./define-module.ts"

export const csv = defineModule({
  name: "csv",
  source: String.raw`
QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE = 0, 1, 2, 3
class Error(Exception):
    pass
class Dialect:
    pass
def reader(csvfile, dialect="excel", *, delimiter=",", quotechar='"', skipinitialspace=False, **options):
    row, field, quoted = [], "", False
    for line in csvfile:
        i = 0
        started = False
        while i < len(line):
            c = line[i]
            i += 1
            if quoted:
                if c == quotechar:
                    if line[i:i + 1] == quotechar:
                        field += c
                        i += 1
                    else:
                        quoted = False
                else:
                    field += c
            elif c == quotechar and not field:
                quoted = started = True
            elif c == delimiter:
                row.append(field)
                field, started = "", True
                if skipinitialspace:
                    while line[i:i + 1] == " ":
                        i += 1
            elif c not in "\r\n":
                field += c
                started = True
        if quoted:
            continue
        if started or row or field:
            row.append(field)
        yield row
        row, field = [], ""
class _Writer:
    def __init__(self, file, delimiter, quotechar, quoting, lineterminator):
        self._file, self._delimiter, self._quote, self._quoting, self._end = file, delimiter, quotechar, quoting, lineterminator
    def _field(self, value):
        text = "" if value is None else str(value)
        wanted = self._quoting == QUOTE_ALL or self._quoting == QUOTE_NONNUMERIC and not isinstance(value, (int, float)) or any(c in text for c in (self._delimiter, self._quote, "\n", "\r"))
        return self._quote + text.replace(self._quote, self._quote * 2) + self._quote if wanted and self._quoting != QUOTE_NONE else text
    def writerow(self, row):
        row = list(row)
        text = self._delimiter.join(self._field(one) for one in row)
        return self._file.write(('""' if row == [""] or row == [None] else text) + self._end)
    def writerows(self, rows):
        for row in rows:
            self.writerow(row)
def writer(csvfile, dialect="excel", *, delimiter=",", quotechar='"', quoting=QUOTE_MINIMAL, lineterminator="\r\n", **options):
    return _Writer(csvfile, delimiter, quotechar, quoting, lineterminator)
class DictReader:
    def __init__(self, f, fieldnames=None, restkey=None, restval=None, dialect="excel", **options):
        self._rows, self._names, self._restkey, self._restval = reader(f, **options), fieldnames, restkey, restval
    @property
    def fieldnames(self):
        if self._names is None:
            self._names = next(self._rows, None)
        return self._names
    def __iter__(self):
        return self
    def __next__(self):
        names = self.fieldnames
        row = next(self._rows)
        while row == []:
            row = next(self._rows)
        made = dict(zip(names, row))
        if len(row) > len(names):
            made[self._restkey] = row[len(names):]
        for name in names[len(row):]:
            made[name] = self._restval
        return made
class DictWriter:
    def __init__(self, f, fieldnames, restval="", extrasaction="raise", dialect="excel", **options):
        self.fieldnames, self._restval, self._extra, self.writer = fieldnames, restval, extrasaction, writer(f, **options)
    def writeheader(self):
        return self.writer.writerow(self.fieldnames)
    def writerow(self, row):
        wrong = [one for one in row if one not in self.fieldnames]
        if wrong and self._extra == "raise":
            raise ValueError("dict contains fields not in fieldnames: " + ", ".join(map(repr, wrong)))
        return self.writer.writerow([row.get(name, self._restval) for name in self.fieldnames])
    def writerows(self, rows):
        for row in rows:
            self.writerow(row)
`,
})
