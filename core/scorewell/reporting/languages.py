"""What is said of a score beside people's own words, in other languages: by the English sentence, as gettext has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from babel import Locale

__all__ = ["LANGUAGES", "said_in"]

LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "de": {
        "{} point lost": "{} Punkt verloren",
        "{} points lost": "{} Punkte verloren",
        "{} point gained": "{} Punkt gewonnen",
        "{} points gained": "{} Punkte gewonnen",
        "no data": "keine Daten",
        "nothing costs points": "nichts kostet Punkte",
        "No score": "Kein Score",
        "Too little data for a score": "Zu wenig Daten für einen Score",
        "No score: none of the scorecard's metrics applies": "Kein Score: keine Kennzahl der Scorecard trifft zu",
        "No score: no segment takes this customer": "Kein Score: der Kunde gehört zu keinem Segment",
        "No score: not an active customer": "Kein Score: kein aktiver Kunde",
        "No score: it could not be computed this time": "Kein Score: diesmal nicht zu berechnen",
        "A person’s decision": "Entscheidung einer Person",
        "Rule of the score": "Regel des Scores",
        "Rule of ": "Regel von ",
    },
    "es": {
        "{} point lost": "{} punto perdido",
        "{} points lost": "{} puntos perdidos",
        "{} point gained": "{} punto ganado",
        "{} points gained": "{} puntos ganados",
        "no data": "sin datos",
        "nothing costs points": "nada resta puntos",
        "No score": "Sin puntuación",
        "Too little data for a score": "Datos insuficientes para una puntuación",
        "No score: none of the scorecard's metrics applies": "Sin puntuación: ninguna métrica es aplicable",
        "No score: no segment takes this customer": "Sin puntuación: el cliente no está en ningún segmento",
        "No score: not an active customer": "Sin puntuación: cliente no activo",
        "No score: it could not be computed this time": "Sin puntuación: esta vez no se pudo calcular",
        "A person’s decision": "Decisión de una persona",
        "Rule of the score": "Regla de la puntuación",
        "Rule of ": "Regla de ",
    },
    "fr": {
        "{} point lost": "{} point perdu",
        "{} points lost": "{} points perdus",
        "{} point gained": "{} point gagné",
        "{} points gained": "{} points gagnés",
        "no data": "pas de données",
        "nothing costs points": "rien ne coûte de points",
        "No score": "Pas de score",
        "Too little data for a score": "Trop peu de données pour un score",
        "No score: none of the scorecard's metrics applies": "Pas de score : aucun indicateur ne s’applique",
        "No score: no segment takes this customer": "Pas de score : le client n’est dans aucun segment",
        "No score: not an active customer": "Pas de score : client non actif",
        "No score: it could not be computed this time": "Pas de score : impossible à calculer cette fois",
        "A person’s decision": "Décision d’une personne",
        "Rule of the score": "Règle du score",
        "Rule of ": "Règle de ",
    },
}
"""Every sentence of each language beside English, which is the key."""

_PREFIX = "Rule of "


def said_in(locale: Locale) -> Callable[[str], str]:
    """What says an English sentence in the language of ``locale``; where it is none of ours, or not ours to say, as it
    is: an exception's reason is in the project's own words."""
    words = LANGUAGES.get(locale.language, {})

    def say(sentence: str) -> str:
        if sentence in words or not sentence.startswith(_PREFIX):
            return words.get(sentence, sentence)
        return words.get(_PREFIX, _PREFIX) + sentence.removeprefix(_PREFIX)

    return say
