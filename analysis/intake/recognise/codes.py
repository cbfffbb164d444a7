"""What a state code probably means, by words of five languages: proposals that a person confirms."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.foundation.assets import assets
from analysis.intake.recognise.names import key
from analysis.intake.states import FIELDS

CONFIRM = "please confirm"
MAP_COLUMNS: tuple[str, ...] = (*FIELDS, "rows", "hours", "please_confirm")

# Looked at in this order: what a code says of itself (not ready, logged out) comes before the work it may name.
BUCKET_WORDS: Mapping[str, str] = {
    "OFF": "logged out|log out|logout|logged off|log off|logoff|signed off|offline|off shift|uitgelogd|afgemeld|uitloggen|roostervrij|vrije dag|abgemeldet|"
    "ausgeloggt|deconnecte|deconnexion|hors ligne|desconectado",
    "AWAY": "not ready|unavailable|not available|aux|away|personal|private|toilet|locked|not responding|no answer|missed|unanswered|niet gereed|"
    "niet beschikbaar|afwezig|persoonlijk|prive|geen antwoord|niet opgenomen|nicht bereit|nicht verfugbar|personlich|keine antwort|indisponible|"
    "absent du poste|personnel|no disponible|no listo|ausente|default code|idle timeout",
    "OUTAGE": "outage|system issue|system down|system problem|technical|it problem|error|storing|systeemstoring|systeem|technisch|storung|technik|"
    "systemausfall|panne|probleme technique|incident|averia|fallo|problema tecnico",
    "ABSENT": "sick|sickness|ill|leave|vacation|holiday|absence|absent|day off|ziek|ziekte|verlof|vakantie|verzuim|krank|krankheit|urlaub|abwesenheit|"
    "maladie|conge|conges|vacances|absence|enfermo|enfermedad|baja|vacaciones|permiso|special leave|doctor|dokter|arzt",
    "BREAK": "break|lunch|coffee|meal|dinner|rest|pauze|lunchpauze|koffie|koffiepauze|middagpauze|pause|mittag|mittagspause|kaffee|mittagessen|dejeuner|repas|pausa|"
    "descanso|comida|almuerzo|tea",
    "SUPPORT": "meeting|training|coaching|team talk|briefing|one to one|1 1|feedback|course|education|e learning|project|vergadering|overleg|werkoverleg|teamoverleg|"
    "opleiding|cursus|scholing|begeleiding|bila|besprechung|teambesprechung|schulung|weiterbildung|projekt|reunion|formation|accompagnement|reunion|formacion|"
    "curso|proyecto|admin meeting",
    "RESERVED": "ringing|ring|alerting|reserved|offering|rinkelen|gaat over|overgaan|klingelt|klingeln|reserviert|sonnerie|sonne|timbrando|reservado",
    "HANDLING": "talk|talking|on call|in call|on contact|call|calling|handling|interacting|communicating|connected|chat|chatting|hold|on hold|acw|wrap|wrap up|after call|"
    "after call work|after contact work|busy|dialling|outbound|inbound|gesprek|in gesprek|gesprekken|bellen|telefoon|telefonie|in de wacht|wachtstand|nawerk|nawerktijd|nabewerking|"
    "afhandelen|uitgaand|gesprach|im gesprach|telefonat|telefonie|halten|nacharbeit|nachbearbeitung|appel|en appel|en communication|communication|en ligne|"
    "post appel|attente client|llamada|en llamada|hablando|conversacion|retencion",
    "ITEM_WORK": "back office|backoffice|email|e mail|mail|post|correspondence|case|cases|casework|case work|administration|admin|paperwork|work item|processing|"
    "administratie|zaken|zaakbehandeling|dossier|dossiers|behandelen|correspondentie|brieven|werkvoorraad|verwerking|sachbearbeitung|vorgang|vorgange|"
    "schriftverkehr|bearbeitung|courrier|traitement|dossiers|tramitacion|expedientes|correo",
    "IDLE": "no work|no work available|nothing to do|geen werk|geen aanbod|keine arbeit|kein vorgang|pas de travail|aucun travail|sin trabajo|idle|available|ready|waiting|wait|avail|free|on queue waiting|beschikbaar|gereed|wachten|wacht|wacht op gesprek|vrij|verfugbar|bereit|warten|wartend|frei|"
    "disponible|pret|en attente|attente|libre|listo|esperando|espera",
    "WORK": "work|working|shift|on duty|duty|logged in|login|signed on|present|on queue|attended|dienst|werk|werken|aanwezig|ingelogd|arbeit|schicht|angemeldet|anwesend|travail|"
    "present|connecte|trabajo|turno|conectado|presente|early|late|vroege dienst|late dienst|dagdienst|avonddienst|fruhschicht|spatschicht",
}  # fmt: skip
_PHRASES: tuple[tuple[str, str], ...] = tuple(
    (bucket, word) for bucket, text in BUCKET_WORDS.items() for word in text.split("|")
)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


_AVERAGES = _set(
    "average|avg|mean|gemiddeld|gemiddelde|durchschnitt|durchschnittlich|moyenne|moyen|promedio|media|aht|asa|dmt|tmo"
)
_COUNTS = _AVERAGES | _set(
    "count|counts|number|nr|no|calls|contacts|aantal|gesprekken|anzahl|anrufe|nombre|appels|cantidad|llamadas|pct|percent|percentage|share|rate|occupancy|"
    "utilization|id|code"
)
_SUMS = _set(
    "login|logged|logon|staffed|staff|total|online|totaal|ingelogd|inlogtijd|aangemeld|gesamt|angemeldet|anmeldezeit|connecte|connexion|conectado|signed|"
    "paid|shift|sum|somme"
)


def bucket_of(code: str) -> str:
    """Return the part of the time ladder that a code's words speak for; empty where they say nothing.

    Examples
    --------
    >>> bucket_of("Lunchpauze"), bucket_of("In gesprek"), bucket_of("Nicht bereit"), bucket_of("Geen werk"), bucket_of("X7")
    ('BREAK', 'HANDLING', 'AWAY', 'IDLE', '')
    """
    text = key(code)
    best, length = "", 0
    for bucket, word in _PHRASES:
        if f" {word} " in f" {text} " and len(word) > length:
            best, length = bucket, len(word)
    if best:
        return best
    for bucket, word in _PHRASES:
        if len(word) >= 5 and word in text and len(word) > length:
            best, length = bucket, len(word)
    return best


def is_count(text: str) -> bool:
    """Return whether a column's name says that it counts or averages, so that it holds no sum of time."""
    return bool(_COUNTS & set(key(text).split()))


def is_average(text: str) -> bool:
    """Return whether a column's name says that it holds an average."""
    return bool(_AVERAGES & set(key(text).split()))


def is_sum(text: str) -> bool:
    """Return whether a column's name says that it holds the time of all states together."""
    return bool(_SUMS & set(key(text).split())) or key(text) in ("time", "tijd", "zeit")


@dataclass(frozen=True, slots=True)
class Code:
    """A state code of the client's, what it holds, and the part of the time ladder proposed for it.

    Attributes
    ----------
    code, rows, hours
        The code, its rows, and the time in them [h].
    bucket
        Part of the time ladder; empty where its words say nothing.
    confirmed
        Whether a person has said so.
    """

    code: str
    rows: int
    hours: float
    bucket: str = ""
    confirmed: bool = False


def state_map_text(codes: Iterable[Code], *, before: Sequence[Mapping[str, str]] = ()) -> str:
    """Return a state map as CSV: what stands in it already, then one line a code; lines to confirm say so in their last column.

    Parameters
    ----------
    codes
        Codes that need a line.
    before
        Lines that are kept as they are.
    """
    usual = usual_fields()
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, MAP_COLUMNS, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(before)
    for one in codes:
        held = {"rows": str(one.rows), "hours": f"{one.hours:.1f}", "please_confirm": "" if one.confirmed else CONFIRM}
        # a blank in front, which reading takes away, keeps spreadsheets from taking a code for a formula
        code = f" {one.code}" if one.code[:1] in "=+-@" else one.code
        writer.writerow({**usual.get(one.bucket, {}), "state_raw": code, "ladder_bucket": one.bucket, **held})
    return out.getvalue()


def usual_fields() -> dict[str, dict[str, str]]:
    """Return what usually holds for each part of the time ladder: paid, planned and the rest."""
    path = assets() / "templates" / "state_maps" / "generic.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["ladder_bucket"]: dict(row) for row in csv.DictReader(stream)}


def map_lines(text: str) -> list[dict[str, str]]:
    """Return the lines of a state map."""
    text = text.removeprefix("\ufeff")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in text.split("\n", 1)[0] else ",")
    return [{name: value or "" for name, value in row.items() if name} for row in reader]
