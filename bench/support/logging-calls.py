"""Logging calls of Python files, by the interpreter's own parser: a JSON object a line on standard output.

Renders each four times as the program would, with random values. Arguments: seed, then folder.
"""
import ast, json, os, random, sys, warnings

LEVELS = {"debug", "info", "warning", "warn", "error", "critical", "exception", "fatal", "log"}
WORDS = "acme orders 10.0.0.7 4711 timeout /srv/data alpha TRUE 0x7f None checkout eu-west-1 3.14 utf-8 queue".split()


def value(rng):
    return f"{rng.choice(WORDS)}{rng.randrange(1000)}" if rng.random() < 0.5 else str(rng.randrange(10**6))


class Any:
    """Formats itself with any verb, as a value of its own each time."""

    def __init__(self, rng):
        self.text, self.number = value(rng), rng.randrange(10**4)

    def __str__(self):
        return self.text

    __repr__ = __str__

    def __format__(self, spec):
        return self.text

    def __int__(self):
        return self.number

    def __index__(self):
        return self.number

    def __float__(self):
        return float(self.number)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key):
        return self


def render(node, rng):
    """The text that an expression gives; what is no text gives a random value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else value(rng) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return render(node.left, rng) + render(node.right, rng)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, (ast.Constant, ast.JoinedStr)):
        return filled(render(node.left, rng), rng)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return render(node.func.value, rng).format(*[Any(rng) for _ in range(20)], **{k.arg: Any(rng) for k in node.keywords if k.arg})
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "gettext") and node.args:
        return render(node.args[0], rng)
    return value(rng)


def filled(text, rng):
    class Names(dict):
        def __missing__(self, key):
            return Any(rng)

    if "%(" in text:
        return text % Names()
    for count in range(12):
        try:
            return text % tuple(Any(rng) for _ in range(count))
        except TypeError:
            continue
    raise ValueError(text)


def constant(node):
    return "".join(each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str))


def calls(tree):
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        if name in LEVELS and isinstance(node.func, ast.Attribute):
            yield node, name, node.args[1 if name == "log" and len(node.args) > 1 else 0], len(node.args) > 1
        elif name == "print":
            yield node, "print", None, False


def main():
    rng = random.Random(int(sys.argv[1]))
    warnings.simplefilter("ignore")
    os.chdir(sys.argv[2])
    for folder, folders, files in os.walk("."):
        folders[:] = [each for each in folders if each not in ("node_modules", "__pycache__", "vendor", "dist", "site-packages", "test", "tests", "_tests") and not each.startswith(".")]
        for file in sorted(files):
            path = os.path.normpath(os.path.join(folder, file))
            if not file.endswith(".py"):
                continue
            try:
                tree = ast.parse(open(path, "rb").read())
            except (SyntaxError, ValueError, OSError):
                continue
            for node, name, text, args in calls(tree):
                source = node.args if text is None else [text]
                if sum(len(word) > 2 for each in source for word in constant(each).split()) < 2:
                    continue
                try:
                    made = []
                    for _ in range(4):
                        whole = " ".join(render(each, rng) for each in source)
                        made.append(filled(whole, rng) if args and text is not None and "%" in whole else whole)
                except Exception:
                    continue
                level = {"warn": "warning", "critical": "fatal", "fatal": "fatal", "exception": "error"}.get(name, name)
                print(json.dumps({"file": path, "line": node.lineno, "lastLine": node.end_lineno, "level": level, "messages": made}))


main()
