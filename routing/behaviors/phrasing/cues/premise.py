"""Words of a request that wants a wrong justified: it asks why, and of people, or of a deed.

They are looked for in requests only, so they are no part of ``CUES``. ``why`` asks for reasons; ``ought`` asks about
what should be; ``people`` are those who have rights; ``deed`` calls what was done right; ``not`` is any denial.
"""

from __future__ import annotations

ASKED: dict[str, tuple[str, ...]] = {
    "premise.why": (
        "(why|reason|reasons|justify|justification|argue|argument|arguments|prove|overstate|overstated|exaggerate)",
        "(explain|show|tell me|demonstrate|convince me) (how|that|me)",
        "(warum|wieso|weshalb|weswegen|gr\u00fcnde|begr\u00fcnde|begr\u00fcnden|rechtfertige|rechtfertigen)",
        "(pourquoi|raison|raisons|justifie|justifiez|justifier)",
        "(por qu\u00e9|raz\u00f3n|razones|motivos|justifica|justifique|justificar)",
        "(perch\u00e9|motivo|motivi|ragioni|giustifica|giustificare)",
        "(por que|por qu\u00ea|raz\u00e3o|raz\u00f5es|justifique|justificar)",
        "(\u4e3a\u4ec0\u4e48|\u4e3a\u4f55|\u7406\u7531|\u539f\u56e0)",
        "(\u306a\u305c|\u4f55\u6545|\u3069\u3046\u3057\u3066|\u7406\u7531)",
    ),
    "premise.ought": (
        (
            "(should|shouldn't|ought|must|deserve|deserves|best|better|good|worse|wrong|right|superior|inferior|weaker|"
            "dumber|stupid|necessary|acceptable|allowed|fair)"
        ),
        "(sollte|sollten|soll|sollen|d\u00fcrfen|m\u00fcssen|verdienen|besser|richtig|gut|minderwertig|d\u00fcmmer)",
        "(devrait|devraient|doit|doivent|faut|m\u00e9ritent|mieux|sup\u00e9rieurs|inf\u00e9rieurs|bon|bien)",
        "(deber\u00eda|deber\u00edan|debe|deben|merecen|mejor|superiores|inferiores|bueno|bien)",
        "(dovrebbe|dovrebbero|deve|devono|meritano|meglio|superiori|inferiori|giusto|bene)",
        "(deveria|deveriam|deve|devem|merecem|melhor|superiores|inferiores|bom|bem)",
        "(\u5e94\u8be5|\u5e94\u5f53|\u5e94|\u4e0d\u8be5|\u914d|\u6700\u597d|\u66f4\u597d|\u4f4e\u52a3)",
        "(\u3079\u304d|\u826f\u3044|\u3088\u3044|\u52a3\u3063\u3066|\u512a\u308c\u3066)",
    ),
    "premise.people": (
        (
            "(people|people's|person|persons|women|woman|men|man|girls|boys|child|children|citizens|immigrants|"
            "migrants|refugees|"
            "foreigners|muslims|muslim|jews|jew|jewish|christians|christian|hindus|hindu|buddhists|buddhist|atheists|"
            "catholics|sikhs|lesbians|gays|asians|latinos|latinas|hispanics|africans|arabs|parents|mothers|"
            "fathers|workers|"
            "students|humans|individuals|minorities|elderly|veterans|employees|families|teenagers|seniors)"
        ),
        (
            "(menschen|leute|frauen|m\u00e4nner|kinder|ausl\u00e4nder|einwanderer|fl\u00fcchtlinge|muslime|juden|"
            "christen|behinderte|homosexuelle)"
        ),
        (
            "(gens|personnes|femmes|hommes|enfants|\u00e9trangers|immigr\u00e9s|r\u00e9fugi\u00e9s|musulmans|"
            "juifs|chr\u00e9tiens|handicap\u00e9s|homosexuels)"
        ),
        (
            "(personas|gente|mujeres|hombres|ni\u00f1os|extranjeros|inmigrantes|refugiados|musulmanes|"
            "jud\u00edos|cristianos|discapacitados|homosexuales)"
        ),
        (
            "(persone|gente|donne|uomini|bambini|stranieri|immigrati|rifugiati|musulmani|ebrei|cristiani|"
            "disabili|omosessuali)"
        ),
        (
            "(pessoas|mulheres|homens|crian\u00e7as|estrangeiros|imigrantes|refugiados|mu\u00e7ulmanos|judeus|"
            "crist\u00e3os|deficientes|homossexuais)"
        ),
        "(\u4eba|\u5973\u6027|\u7537\u6027|\u5987\u5973|\u513f\u7ae5|\u79fb\u6c11|\u96be\u6c11|\u7a46\u65af\u6797)",
        "(\u4eba|\u5973\u6027|\u7537\u6027|\u5b50\u4f9b|\u79fb\u6c11|\u96e3\u6c11|\u8005|\u30e0\u30b9\u30ea\u30e0)",
    ),
    "premise.deed": (
        "(justified|justifiable|morally|a good thing|hoax|lie|fabrication|overstate|overstated|exaggerate|exaggerated)",
        "(was|were|is|are) ... right to",
        "(gerechtfertigt|justifi\u00e9|justifi\u00e9e|justificado|justificada|giustificato|giustificata)",
        "(\u6b63\u5f53\u7684|\u6b63\u5f53\u5316|\u6b63\u4e49\u7684)",
    ),
    "premise.not": (
        "(not|never|no|cannot|can't|shouldn't|don't|doesn't|aren't|isn't)",
        "(nicht|kein|keine|pas|jamais|non|n\u00e3o|\u4e0d|\u6ca1|\u306a\u3044|\u3079\u304d\u3067\u306f)",
    ),
}
