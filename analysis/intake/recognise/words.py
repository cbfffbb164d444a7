"""What columns are called in English, Dutch, German, French and Spanish, by what they hold."""

from __future__ import annotations

from collections.abc import Mapping


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split("|") if word.strip())


PERSON = _words(
    "agent|agent id|agent name|user|user id|user name|username|login|log in|login id|logon|login name|employee|employee id|employee number|emp id|"
    "staff|staff id|staff member|advisor|adviser|representative|rep|operator|worker|resource|assignee|assigned to|handler|handled by|owner|clerk|"
    "person|colleague|medewerker|medewerkernummer|mdw|personeelsnummer|personeelsnr|persoon|gebruiker|gebruikersnaam|inlognaam|adviseur|"
    "behandelaar|uitvoerder|agentnaam|mitarbeiter|mitarbeiterin|mitarbeiternummer|personalnummer|personalnr|benutzer|benutzername|bearbeiter|"
    "sachbearbeiter|kennung|anmeldename|utilisateur|identifiant|conseiller|collaborateur|matricule|salarie|teleconseiller|gestionnaire|"
    "usuario|agente|empleado|trabajador|asesor|operador|gestor|server|name|full name|naam|nom|nombre"
)
START = _words(
    "start|start time|starttime|start date|start at|started|started at|begin|begin time|begins|from|from time|since|in|time in|start timestamp|"
    "begintijd|starttijd|begintijdstip|aanvang|van|vanaf|ingang|startmoment|beginn|startzeit|anfang|von|ab|beginnzeit|debut|heure debut|"
    "heure de debut|de|inicio|hora inicio|hora de inicio|desde|interval start|start of interval"
)
END = _words(
    "end|end time|endtime|end date|end at|ended|ended at|to|until|till|finish|finished|stop|out|time out|end timestamp|eind|einde|eindtijd|"
    "eindtijdstip|tot|tot en met|t m|eindmoment|ende|endzeit|bis|fin|heure fin|heure de fin|jusqu a|a|hora fin|hora de fin|hasta"
)
MOMENT = _words(
    "time|timestamp|date time|datetime|moment|date|event time|tijd|tijdstip|datum|datum tijd|zeit|zeitpunkt|zeitstempel|datum uhrzeit|heure|"
    "horodatage|date heure|hora|fecha|fecha hora"
)
INTERVAL = _words(
    "interval|interval start|interval start time|start of interval|interval time|period|half hour|time slot|slot|kwartier|halfuur|halfuurs|"
    "intervalstart|tijdvak|interval begin|intervall|zeitfenster|halbstunde|intervallbeginn|intervalle|tranche|tranche horaire|creneau|"
    "intervalo|franja|franja horaria"
)
STATE = _words(
    "state|status|agent state|agent status|state name|status name|reason|reason code|aux|aux code|aux reason|activity|activity code|mode|presence|"
    "not ready reason|toestand|reden|redencode|activiteit|bezigheid|agentstatus|dienst|diensttype|soort dienst|zustand|grund|aktivitat|"
    "tatigkeit|schichtart|etat|statut|motif|activite|estado|motivo|actividad|shift type|shift code"
)
DURATION = _words(
    "duration|elapsed|elapsed time|length|time in state|time in status|state duration|duur|tijdsduur|dauer|zeitdauer|duree|temps passe|duracion|"
    "tiempo|handling time|processing time|bewerkingstijd|behandeltijd|bearbeitungszeit|minutes|seconds|seconden|sekunden|minuten|secondes|segundos"
)
CHANNEL = _words("channel|media|media type|kanaal|kanal|medium|canal|contact type|interaction type")
DIRECTION = _words("direction|richting|richtung|sens|sentido|direccion|inbound outbound|call direction")
QUEUE = _words(
    "queue|queue name|line|skill group|split|split skill|vdn|campaign|contact service queue|csq|hunt group|call type|wachtrij|wachtrijnaam|lijn|"
    "warteschlange|schlange|linie|file|file d attente|ligne|cola|nombre de cola|linea|campana|service|skill"
)
OFFERED = _words(
    "offered|calls offered|contacts offered|offered calls|contacts|calls|volume|call volume|contact volume|incoming|incoming contact volume|received|"
    "nco|forecast offered|forecast volume|forecast calls|aangeboden|aangeboden gesprekken|aantal aangeboden|inkomend|ontvangen|gesprekken|"
    "aantal gesprekken|verwacht aantal|angeboten|angebotene anrufe|eingehend|anrufe|erwartete anrufe|presentes|appels presentes|appels recus|recus|"
    "appels|appels prevus|ofrecidas|llamadas ofrecidas|entrantes|llamadas|recibidas"
)
ANSWERED = _words(
    "answered|handled|calls answered|calls handled|contacts handled|accepted|beantwoord|aangenomen|afgehandeld|opgenomen|beantwortet|angenommen|"
    "bearbeitet|traites|repondus|decroches|appels traites|atendidas|contestadas|respondidas"
)
ABANDONED = _words(
    "abandoned|calls abandoned|abandons|lost|aban|verlaten|opgehangen|afgehaakt|verloren|aufgelegt|abgebrochen|abandonnes|abandons|perdus|"
    "abandonadas|perdidas|is abandoned"
)
WITHIN = _words(
    "answered within|answered in time|within service level|in service level|within threshold|answered within threshold|within sl|acceptable|"
    "beantwoord binnen|binnen norm|binnen servicelevel|binnen service level|innerhalb|im servicelevel|dans le delai|dentro"
)
SHORT = _words("short abandoned|short abandons|short calls|kort opgehangen|kurze abbrecher|abandons courts")
HANDLE = _words(
    "handle time|total handle time|handling time|total handling time|forecast handle time|sum handle time|totale afhandeltijd|afhandeltijd|"
    "totale behandeltijd|gesamtbearbeitungszeit|temps de traitement|duree totale de traitement|tiempo total de gestion"
)
REQUIRED_AGENTS = _words(
    "required|required agents|agents required|staff required|requirement|needed|benodigd|benodigde agents|bezetting nodig|bedarf|benotigt|requis|"
    "agents requis|requeridos|necesarios"
)
MADE = _words(
    "made at|made on|forecast date|forecast made|created|published|version date|gemaakt op|aangemaakt|erstellt am|cree le|creado"
)
LENGTH = _words(
    "interval length|length|interval duration|interval minutes|interval seconds|granularity|intervallengte|intervallange|duree intervalle"
)
CONTACT = _words(
    "contact|contact id|call id|call|conversation|conversation id|interaction|interaction id|session|session id|ucid|segment|gesprek|gespreks id|"
    "gespreksnummer|gesprek id|oproep|anruf|anruf id|gesprach|gesprachs id|vorgang|appel|id appel|llamada|id llamada|ticket|chat id"
)
ARRIVAL = _words(
    "offered at|offered|offered on|queued|queued at|queue time|enqueue|enqueued|arrived|arrival|arrival time|received|received at|received on|initiated|initiation|"
    "call start|call time|entered|created|created at|created on|opened|opened at|submitted|aankomst|binnengekomen|binnenkomst|ontvangen|ontvangen op|"
    "ontvangstdatum|aangemaakt|aangemaakt op|ingediend|aangeboden om|eingang|eingegangen|eingangsdatum|erstellt|erstellt am|angelegt|arrivee|recu|recu le|"
    "date de reception|cree le|creation|llegada|recibido|fecha de recepcion|creado|entrada"
)
ANSWER_AT = _words(
    "answered at|answered|answer time|answered on|connected|connect time|connected at|accepted at|pick up|picked up|pickup|aangenomen|aangenomen om|"
    "beantwoord om|opgenomen om|angenommen|angenommen um|decroche a|repondu a|contestada|atendida"
)
END_AT = _words(
    "ended at|disconnect|disconnected|disconnect time|hang up|hung up|call end|released|opgehangen|opgehangen om|beeindigd|beendet|aufgelegt um|"
    "raccroche|finalizada"
)
TALK = _words(
    "talk|talk time|talking|conversation time|gesprekstijd|gespreksduur|gesprachszeit|gesprachsdauer|temps de conversation|duree de conversation|"
    "tiempo de conversacion|tiempo hablado"
)
HOLD = _words(
    "hold|hold time|on hold|held|in de wacht|wachtstand|haltezeit|halten|mise en attente|temps de garde|retencion|tiempo en espera"
)
WRAP = _words(
    "wrap|wrap up|wrap time|wrap up time|after call|after call work|after contact work|acw|acw time|work time|nawerk|nawerktijd|naverwerking|nabewerking|"
    "nachbearbeitung|nachbearbeitungszeit|post appel|temps post appel|trabajo posterior|post llamada"
)
ITEM = _words(
    "item|item id|case|case id|case number|ticket|ticket id|ticket number|claim|claim id|claim number|order|order id|request|request id|number|reference|"
    "document|document id|work item|task id|job|zaak|zaaknummer|zaak id|dossier|dossiernummer|aanvraag|aanvraagnummer|kenmerk|referentie|nummer|"
    "polisnummer|vorgang|vorgangsnummer|fall|fallnummer|aktenzeichen|antrag|belegnummer|numero|numero de dossier|demande|expediente|"
    "numero de expediente|solicitud"
)
TYPE = _words(
    "type|item type|kind|category|work type|process|process name|procedure|product|task|task type|activity|soort|soort zaak|zaaktype|categorie|werksoort|"
    "processtap|taak|typ|art|vorgangsart|kategorie|aufgabe|prozess|genre|tache|tipo|clase|tarea|proceso|categoria"
)
ENDED = _words(
    "ended|ended at|end|end time|completed|completed at|completed on|completion|closed|closed at|closed on|close date|finished|resolved|resolved at|done|"
    "gesloten|gesloten op|afgesloten|afgehandeld|afgehandeld op|gereed|gereed op|afgerond|einde|eind|eindtijd|erledigt|erledigt am|abgeschlossen|"
    "geschlossen|ende|termine|cloture|clos le|fin|traite le|cerrado|finalizado|terminado"
)
STARTED = _words(
    "started|started at|start|start time|work start|begun|opened by agent|in progress since|begin|begintijd|begin behandeling|start behandeling|gestart|"
    "in behandeling|beginn|begonnen|start bearbeitung|debut|commence|inicio|iniciado"
)
DUE = _words(
    "due|due date|due at|deadline|target date|sla date|promise date|uiterste datum|streefdatum|termijn|einddatum termijn|fallig|fallig am|frist|zieldatum|"
    "echeance|date limite|vencimiento|fecha limite"
)
TEAM = _words(
    "team|team name|group|group name|department|unit|afdeling|groep|teamnaam|abteilung|gruppe|equipe|groupe|service|departement|equipo|grupo|departamento"
)
SITE = _words(
    "site|location|office|branch|city|locatie|vestiging|standort|niederlassung|lieu|agence|sede|centro|ubicacion"
)
ZONE = _words("time zone|timezone|tz|tijdzone|zeitzone|fuseau horaire|zona horaria")
CONTRACT = _words(
    "contract|contract hours|contract h|hours per week|weekly hours|contracturen|uren per week|contract uren|wochenstunden|vertragsstunden|"
    "heures contrat|heures par semaine|horas contrato|horas semanales"
)
GRADE = _words("grade|seniority|job level|role|function|functie|schaal|stufe|funktion|fonction|echelon|grado|puesto")
POPULATION = _words("population")
VALID_FROM = _words(
    "valid from|from|effective from|start date|hire date|in service|ingangsdatum|geldig vanaf|datum in dienst|in dienst|gultig ab|eintritt|"
    "eintrittsdatum|date d entree|date d embauche|valable du|fecha de alta|valido desde"
)
VALID_TO = _words(
    "valid to|valid until|to|effective to|end date|leave date|einddatum|geldig tot|datum uit dienst|uit dienst|gultig bis|austritt|austrittsdatum|"
    "date de sortie|date de fin|fecha de baja|valido hasta"
)
PERIOD_START = _words(
    "period start|week start|week|week beginning|week of|from|start|date|month|weekstart|week van|begin week|periode|datum|maand|woche|wochenbeginn|monat|"
    "debut de semaine|semaine|mois|semana|inicio de semana|mes"
)
PERIOD_END = _words(
    "period end|week end|week ending|to|end|until|einde week|week tot|weekeinde|wochenende|fin de semaine|fin de semana"
)
PAID_H = _words(
    "paid hours|paid h|hours paid|hours|worked hours|betaalde uren|gewerkte uren|uren|bezahlte stunden|stunden|heures payees|heures|horas pagadas|horas"
)
NON_WORK_H = _words(
    "hours without work|own hours without work|non work hours|idle hours|hours not worked|uren zonder werk|uren niet gewerkt|stunden ohne arbeit|"
    "leerlaufstunden|heures sans travail|horas sin trabajo"
)
REFERENCE = _words(
    "reference look|reference|second look|second observer|tweede waarneming|tweede waarnemer|zweite beobachtung|zweiter beobachter|seconde observation|"
    "segunda observacion"
)
VOLUME = _words(
    "volume|count|number|items|quantity|completed|aantal|hoeveelheid|stuks|anzahl|menge|stuckzahl|nombre|quantite|cantidad|numero"
)
SKILL = _words(
    "skill|skill name|queue|vaardigheid|competentie|fahigkeit|kompetenz|competence|habilidad|competencia|queue or type"
)
LEVEL = _words("level|proficiency|skill level|priority|niveau|prioriteit|stufe|priorite|nivel")
PAID = _words("paid|is paid|betaald|bezahlt|paye|remunere|pagado|remunerado")
ROUND = _words("round|round id|tour|ronde|rondgang|rundgang|runde|tournee|ronda")
OBSERVED_AT = _words(
    "observed at|observed|time observed|seen at|waargenomen|waargenomen op|beobachtet|beobachtet am|observe a|observado"
)
OBSERVER = _words("observer|observed by|waarnemer|beobachter|observateur|observador")
CHECKED = _words("checked|items checked|audited|sample|gecontroleerd|gepruft|controles|revisados")
ERRORS = _words("errors|faults|defects|fouten|fehler|erreurs|errores")
REWORKED = _words("reworked|rework|herstelwerk|nacharbeit|reprises|retrabajo")
COMPLAINTS = _words("complaints|klachten|beschwerden|reclamations|quejas|reclamaciones")
STANDARD = _words(
    "standard|standard time|norm time|usual time|normtijd|vorgabezeit|standardzeit|temps standard|temps alloue|tiempo estandar"
)
INTERRUPTIBLE = _words("interruptible|can be interrupted|onderbreekbaar|unterbrechbar|interruptible|interrumpible")
RESUME = _words("resume|resume time|hervattijd|wiederaufnahme|reprise|reanudacion")
MAX_WAIT = _words("max wait|maximum wait|maximale wachttijd|hochstwartezeit|attente max|espera maxima")
REGULATED = _words("regulated|gereguleerd|reguliert|reglemente|regulado")
OFF_DESK = _words("off desk|away from desk|buiten bureau|nicht am platz|hors bureau|fuera del puesto")
HELP_NEEDED = _words("help needed|needs help|hulp nodig|hilfe notig|aide necessaire|necesita ayuda")
ACCESS = _words("access|agents may have access|toegang|zugang|acces|acceso")

OUTCOME = _words(
    "outcome|result|disposition|end reason|disconnect reason|uitkomst|resultaat|afloop|ergebnis|resultat|resultado|disposicion"
)
# Parts of an outcome that say that the caller left.
LOST_WORDS = _words(
    "abandon|hang|hung|caller left|verlaten|opgehangen|afgehaakt|aufgelegt|abgebrochen|abbruch|perdu|raccroch|colg"
)

# Words without which a file of volumes is no forecast.
FORECAST = _words(
    "forecast|forecasts|forecasted|expected|planned|predicted|prognose|verwacht|verwachting|voorspelling|vorhersage|erwartet|geplant|prevision|prevu|prevus|"
    "previsto|pronostico|required|benodigd"
)

# table -> our column -> words; our own names count always.
ROLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "spells": {"agent": PERSON, "start": START + MOMENT, "end": END, "state": STATE, "duration": DURATION, "channel": CHANNEL},
    "state_totals": {
        "agent": PERSON, "interval_start": INTERVAL + START + MOMENT, "length_s": LENGTH, "state": STATE, "us": DURATION, "channel": CHANNEL,
    },
    "contacts": {
        "contact": CONTACT, "channel": CHANNEL, "direction": DIRECTION, "queue": QUEUE, "offered_at": ARRIVAL + START + MOMENT,
        "answered_at": ANSWER_AT, "ended_at": END_AT + END, "abandoned": ABANDONED, "agent": PERSON, "talk_us": TALK, "hold_us": HOLD,
        "wrap_us": WRAP,
    },
    "volumes": {
        "queue": QUEUE, "start": INTERVAL + START + MOMENT, "length_s": LENGTH, "offered": OFFERED, "answered": ANSWERED,
        "answered_within": WITHIN, "abandoned": ABANDONED, "short_abandoned": SHORT, "handle_us": HANDLE,
    },
    "forecasts": {
        "queue": QUEUE, "start": INTERVAL + START + MOMENT, "length_s": LENGTH, "offered": OFFERED, "handle_us": HANDLE,
        "required": REQUIRED_AGENTS, "made_at": MADE,
    },
    "work_items": {
        "item": ITEM, "type": TYPE, "agent": PERSON, "arrived": ARRIVAL, "started": STARTED + START, "ended": ENDED + END, "due": DUE,
        "duration": DURATION,
    },
    "observations": {
        "round": ROUND, "observed_at": OBSERVED_AT + MOMENT, "observer": OBSERVER, "agent": PERSON, "team": TEAM, "state": STATE,
        "reference": REFERENCE,
    },
    "self_reports": {
        "agent": PERSON, "team": TEAM, "period_start": PERIOD_START, "period_end": PERIOD_END, "paid_h": PAID_H, "non_work_h": NON_WORK_H,
    },
    "workload": {"team": TEAM, "period_start": PERIOD_START, "period_end": PERIOD_END, "paid_h": PAID_H, "type": TYPE, "volume": VOLUME},
    "quality": {
        "team": TEAM, "period_start": PERIOD_START, "type": TYPE, "checked": CHECKED, "errors": ERRORS, "reworked": REWORKED,
        "complaints": COMPLAINTS,
    },
    "roster": {
        "agent": PERSON, "team": TEAM, "site": SITE, "time_zone": ZONE, "contract_h": CONTRACT, "grade": GRADE, "population": POPULATION,
        "valid_from": VALID_FROM, "valid_to": VALID_TO,
    },
    "schedule": {"agent": PERSON, "start": START + MOMENT, "end": END, "state": STATE, "paid": PAID, "duration": DURATION},
    "skills": {"agent": PERSON, "queue_or_type": SKILL + TYPE, "level": LEVEL, "valid_from": VALID_FROM, "valid_to": VALID_TO},
    "item_types": {
        "type": TYPE, "standard_s": STANDARD, "interruptible": INTERRUPTIBLE, "resume_s": RESUME, "max_wait_h": MAX_WAIT,
        "regulated": REGULATED, "off_desk": OFF_DESK, "help_needed": HELP_NEEDED, "access": ACCESS,
    },
    "answers": dict.fromkeys(("criterion", "rater", "role", "rating", "evidence", "basis", "type"), ()),
    "listening": dict.fromkeys(("heard_on", "role", "team", "concern", "theme", "asks", "read_back_on", "agreed", "kind"), ()),
    "expectations": dict.fromkeys(("rater", "role", "population", "quantity", "guess", "low", "high", "stated_on"), ()),
    "to_hear": dict.fromkeys(("role", "team", "people", "planned_on"), ()),
    "responses": dict.fromkeys(("theme", "changed", "owner_role", "changed_on"), ()),
}  # fmt: skip

# Words in a file's name or banner that speak for a table.
HINTS: Mapping[str, tuple[str, ...]] = {
    "schedule": _words("schedule|schedules|shift|shifts|planning|rooster|roosters|dienstrooster|inzet|dienstplan|schichtplan|einsatzplan|planification|horario|turnos"),
    "spells": _words("state|states|status|statussen|timeline|agentstatus|toestanden|statusverloop|aux|zustande|etats|estados"),
    "state_totals": _words("interval|intervals|totals|summary|intervall|intervallen|totalen|summen"),
    "contacts": _words("calls|contacts|call log|call detail|gesprekken|oproepen|anrufe|appels|llamadas|conversations|interactions"),
    "volumes": _words("volume|volumes|queue|queues|wachtrij|wachtrijen|aantallen|warteschlangen|interval volumes"),
    "forecasts": _words("forecast|forecasts|prognose|verwachting|voorspelling|vorhersage|prevision|pronostico"),
    "work_items": _words("work items|items|cases|tickets|zaken|dossiers|werkvoorraad|vorgange|workflow|expedientes"),
    "roster": _words("roster|staff|personnel|employees|personeel|medewerkers|medewerkerslijst|personal|mitarbeiterliste|effectif|plantilla|hr"),
    "skills": _words("skills|skill|vaardigheden|competenties|fahigkeiten|competences|habilidades"),
    "observations": _words("observation|observations|observaties|waarnemingen|rounds|ronden|beobachtungen"),
    "workload": _words("workload|weekly|werklast|weekcijfers|auslastung|charge"),
    "self_reports": _words("self reports|self report|own estimates|survey|zelfrapportage|enquete|selbsteinschatzung|umfrage|auto declaration|sondage|encuesta"),
    "quality": _words("quality|kwaliteit|qualitat|qualite|calidad|audit"),
    "item_types": _words("item types|types|normtijden|standard times|vorgabezeiten"),
    "answers": _words("readiness|answers|ratings"),
    "listening": _words("listening|concerns"),
    "expectations": _words("expectations|guesses"),
    "to_hear": _words("to hear|interviews"),
    "responses": _words("responses|what changed"),
}  # fmt: skip
