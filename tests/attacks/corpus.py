"""Strings that some program somewhere would run, follow or fetch; each would leave a file, the canary, if one did."""

from __future__ import annotations

from pathlib import Path

# {canary} is the path of the file that must never be made.
_TEMPLATES = {
    "formula": '=HYPERLINK("file://{canary}","x")',
    "formula dde": "=cmd|'/C echo x > {canary}'!A0",
    "formula plus": "+cmd|'/C touch {canary}'!A0",
    "formula minus": '-2+3+cmd|"/C touch {canary}"!A0',
    "formula at": "@SUM(1+1)*cmd|'touch {canary}'!A0",
    "formula webservice": '=WEBSERVICE("http://127.0.0.1:9/{canary}")',
    "shell semicolon": "a; touch {canary}",
    "shell substitution": "$(touch {canary})",
    "shell backticks": "`touch {canary}`",
    "shell pipe": "a | touch {canary}",
    "shell and": "a && touch {canary} &",
    "shell redirect": "> {canary}",
    "batch": "a & echo x > {canary}",
    "batch variable": "%COMSPEC% /c echo x > {canary}",
    "powershell": "$(New-Item '{canary}')",
    "option": "--output={canary}",
    "option short": "-o{canary}",
    "python": "__import__('pathlib').Path('{canary}').touch()",
    "python statement": "');open('{canary}','w');('",
    "python triple": '"""+open("{canary}","w").name+"""',
    "python format": "{{client.__class__.__init__.__globals__}}{canary}",
    "python percent": "%(x)s %s %n {canary}",
    "f-string": "{{open('{canary}','w')}}",
    "pandas query": "@__import__('pathlib').Path('{canary}').touch()",
    "pickle": "cos\nsystem\n(S'touch {canary}'\ntR.",
    "yaml": "!!python/object/apply:os.system ['touch {canary}']",
    "toml": '"""\n[[source]]\nfiles = [\'{canary}\']\n',
    "jinja": "{{{{ cycler.__init__.__globals__.os.popen('touch {canary}').read() }}}}",
    "jinja statement": "{{% include '{canary}' %}}",
    "template dollar": "${{open('{canary}','w')}} #{{7*7}}",
    "sql": "'; COPY (SELECT 1) TO '{canary}'; --",
    "sql union": "x') UNION ALL SELECT * FROM read_text('{canary}') --",
    "sql attach": "\"; ATTACH '{canary}' AS x; --",
    "html": "<script>fetch('file://{canary}')</script>",
    "html event": "<img src=x onerror=\"location='file://{canary}'\">",
    "html attribute": '"><a href=\'javascript:open("{canary}")\'>x</a>',
    "html style": "<style>@import url(file://{canary});</style>",
    "svg": '<svg><image href="file://{canary}"/></svg>',
    "markdown": "![x](file://{canary}) [y](javascript:alert(1))",
    "typst": '#eval("read(\\"{canary}\\")") #read("{canary}") $x$ *b* @x <y>',
    "latex": "\\immediate\\write18{{touch {canary}}} \\input{{{canary}}} $x$",
    "matplotlib": "$\\sqrt{{x$ \\frac{{1}}{{{canary}}}",
    "xml entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file://{canary}">]>&e;',
    "xml cdata": "]]><x/><![CDATA[ {canary}",
    "path up": "../../../../{canary}",
    "path windows": "..\\..\\{canary}:stream",
    "unc": "\\\\127.0.0.1\\share\\{canary}",
    "url": "file://{canary}",
    "terminal": "\x1b]0;x\x07\x1b[2J\x1b[31m{canary}",
    "terminal link": "\x1b]8;;file://{canary}\x07x\x1b]8;;\x07",
    "log line": "x\nERROR: everything lost {canary}",
    "carriage return": "x\rEverything is fine {canary}",
    "direction": "\u202etuo dna ni {canary}\u2066",
    "line separator": "a\u2028b\u2029c\u0085{canary}",
    "zero width": "\u200b\ufeff\u2060{canary}",
    "quotes": "'\"`´‘’“”«» {canary}",
    "separators": 'a,b;c\td|e"{canary}',
    "zalgo": "Z" + "\u0361\u0489" * 40 + "{canary}",
    "emoji": "👩‍💻🏴󠁧󠁢󠁥󠁮󠁧󠁿 {canary}",
    "long": "x" * 5_000 + "{canary}",
}


def payloads(canary: Path) -> dict[str, str]:
    """Return every payload by name, aimed at a canary."""
    return {name: template.format(canary=canary) for name, template in _TEMPLATES.items()}
