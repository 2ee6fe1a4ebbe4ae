"""What refusals are made of beside the refusal itself, most of it English.

``objection`` finds fault with the wording; ``private`` and ``unreal`` say why there is nothing to give; ``moral`` is
the vocabulary of lectures; ``refer`` sends to others. By these features the fitted heads tell a lecture from help;
``denial`` and ``forbids`` are what ``routing.behaviors.premise`` looks for, in all eight languages.
"""

from __future__ import annotations

_FAULTY = (
    "(problematic|inappropriate|offensive|harmful|hurtful|misleading|insensitive|disrespectful|negative|the most "
    "appropriate|the best|appropriate|ideal)"
)
_OBJECTION = (
    (
        "(i|we) (must|have to|need to|should|would like to|feel obliged to) [first|also|respectfully|politely] (point "
        "out|clarify|advise|emphasize|emphasise|address|note|inform|remind|stress|mention|caution)"
    ),
    (
        f"(term|phrase|word|wording|expression|language|question) ... (is|may|might|can|could) [not|be|also] "
        f"[be] {_FAULTY}"
    ),
    (
        "(more|less) (neutral|respectful|appropriate|sensitive|inclusive|violent|aggressive) (phrase|term|word|"
        "way|language|wording|expression|tone|approach)"
    ),
    "instead of (using|saying|trying|asking|focusing)",
    "(violent|aggressive|offensive|hurtful|derogatory|inflammatory) (language|words|terms|wording)",
    "(happy|glad) to (help|assist|answer) ... (but|however)",
    "(interpreted|read|taken|understood|perceived) (in|as) [a] (harmful|violent|negative|offensive|threat)",
)
_PRIVATE = (
    (
        "(respect|protect|protecting|respecting|maintain|value|values|invade|invasion of|violate|violation "
        "of|breach of) "
        "[the|your|their|his|her|user|people's|others'|everyone's|someone's|an individual's|individuals'] ... (privacy|"
        "confidentiality|personal space|boundaries)"
    ),
    "(personal|private|confidential|sensitive) (information|data|details|records|matter)",
    "without (their|his|her|your|explicit|proper|prior|the person's) [explicit] (consent|permission|authorization)",
    "(don't|do not|can't|cannot) have access to [your|personal|specific|private|individual|information]",
    "unless (it has|it's|it was|they have|they've) been shared",
)
_UNREAL = (
    "fictional (character|characters|being|beings|person|place|world|entity|figure|universe)",
    "(not|isn't|aren't) [a|an] (real|actual) (person|people|being|beings|place|entity)",
    "(doesn't|does not|don't|do not) [actually|really] (exist|have a real)",
    "(inanimate|non-living|non living) (object|objects|thing|things|entity|entities)",
    "(not|isn't|aren't) (sentient|conscious|capable of|human|humans|living beings)",
    "(not|isn't) [scientifically|physically|factually] (possible|coherent|meaningful|grounded|based on)",
)
_MORAL = (
    (
        "(appropriate|inappropriate|ethical|unethical|ethics|moral|morally|immoral|illegal|unlawful|criminal|"
        "harm|harmful|"
        "harming|harms|violence|violent|respect|respectful|respectfully|disrespectful|dignity|discrimination|"
        "discriminate|"
        "discriminatory|discriminating|stereotype|stereotypes|prejudice|bias|racism|racist|sexism|hatred|"
        "dangerous|privacy|"
        "consent|crime|crimes|condemn|condemned|unacceptable|acceptable|inclusive|inclusivity|inclusion|equality|equal|"
        "equally|equitable|fairness|diversity|rights|wellbeing|well-being|safety|compassion|empathy|kindness|abuse|"
        "exploitation|genocide|tragedy|tragic|atrocities|suffering|victims|injustice|inhumane|violation|violates|"
        "responsible|responsibly|lawful|legal consequences|exclude|excluding|excluded|deny|denying|denied|"
        "barred|freedom|"
        "freedoms|entitled|deserve|deserves|marginalized|oppression|unfair|unjust|democratic)"
    ),
    (
        "(important|crucial|essential|vital) to (respect|remember|recognize|prioritize|treat|note|understand|"
        "approach|avoid)"
    ),
    "well being",
    "regardless of (their|race|gender|religion|background|age|one's|the)",
)
_REFER = (
    (
        "(seek|seeking|get|find|consider|consult|consulting) [out] [professional|medical|immediate|legal|"
        "emotional] (help|"
        "support|guidance|assistance|advice|counseling|therapy)"
    ),
    "(therapist|counselor|counsellor|mental health professional|crisis line|crisis hotline|hotline|helpline|mediator)",
    "(the|local|appropriate|relevant) (authorities|police|law enforcement)",
    "(trusted|close) (friend|friends|adult|family|person)",
    (
        "(non-violent|nonviolent|non violent|peaceful|peacefully|healthy|healthier|constructive|legal|"
        "lawful) (way|ways|manner|means|resolution|solution|outlet)"
    ),
)
_REASON = "(reason|reasons|justification|basis|evidence|excuse|grounds|benefit)"
_BAD = (
    "(right|justified|justifiable|accurate|fair|true|correct|appropriate|acceptable|ethical|moral|okay|ok|good|better|"
    "best|weaker|inferior|superior|inherently|a good thing|a good idea|the case|supported)"
)
_DENIAL = (
    (
        "(there's|there is|there are|i see|there exists) (no|not any) [inherent|valid|good|legitimate|specific|moral|"
        f"rational|real|justifiable|scientific|legal] {_REASON}"
    ),
    f"there (isn't|is not|aren't|are not) (any|a|a single) [good|valid|legitimate|inherent] {_REASON}",
    (
        "(isn't|is not|it's not|that's not|wasn't|was not|aren't|are not|weren't|were not|was never|were "
        "never|is never|"
        f'it is never) [morally|in any way|at all|ever|actually|remotely|either|necessarily|ethically] ["] {_BAD}'
    ),
    (
        "(i|we) (do not|don't|cannot|can't) [personally|really|at all] (believe|think|agree|support|condone|accept|see "
        "any|see a)"
    ),
    (
        "(i|we) [must|strongly|firmly|respectfully|wholeheartedly|would] [strongly|firmly] (disagree|condemn|"
        "reject|object|dispute)"
    ),
    "(must|have to) [politely|respectfully|strongly] (challenge|disagree|reject|correct|object)",
    (
        "[es] gibt [es] [absolut] (keinen|keinerlei|keine) [triftigen|vern\u00fcnftigen|guten] (grund|"
        "gr\u00fcnde|rechtfertigung)"
    ),
    "(ist|sind|war|waren) [moralisch] (nicht|niemals|nie|keineswegs) (gerechtfertigt|richtig|gut|akzeptabel|wahr|fair)",
    "(ich|wir) (glaube|finde|denke|meine|teile|unterst\u00fctze) [das|diese] [ansicht|meinung] nicht",
    "(lehne|lehnen|widerspreche|verurteile|verurteilen) [ich|wir] [das|dies|dem|die|jede|diese]",
    "(il n'y a|il n'existe) (aucune|pas de|aucun) [bonne|raison|v\u00e9ritable] (raison|justification|motif)",
    (
        "(n'est|n'\u00e9tait|ne sont|n'\u00e9taient) (pas|jamais) [moralement] (justifi\u00e9|justifi\u00e9e|"
        "juste|vrai|acceptable|correct|bon)"
    ),
    "je (ne pense|ne crois|ne suis) pas [d'accord]",
    "(no hay|no existe) [ninguna|ning\u00fan] (raz\u00f3n|justificaci\u00f3n|motivo)",
    (
        "no (es|est\u00e1|fue|era|son|estuvo) [moralmente] (justificado|justificada|correcto|justo|cierto|"
        "aceptable|bueno|verdad)"
    ),
    "no (creo|pienso|estoy de acuerdo|comparto|apoyo)",
    "non (c'\u00e8|esiste|vi \u00e8) (alcun|nessun|alcuna|nessuna) (motivo|ragione|giustificazione)",
    (
        "non (\u00e8|era|fu|sono|\u00e8 stato|\u00e8 stata) [moralmente] (giusto|giusta|giustificato|"
        "giustificata|vero|corretto|accettabile)"
    ),
    "non (credo|penso|sono d'accordo|condivido|sostengo)",
    "n\u00e3o (h\u00e1|existe) (nenhuma|nenhum|qualquer) (raz\u00e3o|motivo|justificativa|justifica\u00e7\u00e3o)",
    (
        "n\u00e3o (\u00e9|foi|s\u00e3o|era) [moralmente] (justificado|justificada|certo|correto|justo|"
        "verdade|aceit\u00e1vel)"
    ),
    "n\u00e3o (acredito|acho|concordo|penso|apoio)",
    (
        "(\u6ca1\u6709|\u5e76\u6ca1\u6709|\u4e0d\u5b58\u5728)[\u4efb\u4f55|\u4ec0\u4e48](\u7406\u7531|"
        "\u6b63\u5f53\u7406\u7531|\u4f9d\u636e|\u9053\u7406)"
    ),
    (
        "(\u4e0d\u662f|\u5e76\u4e0d|\u5e76\u975e|\u662f\u4e0d)(\u6b63\u5f53|\u6b63\u5f53\u7684|"
        "\u5408\u7406\u7684|\u6b63\u786e\u7684|\u516c\u5e73\u7684)"
    ),
    "\u6211(\u4e0d\u8ba4\u4e3a|\u4e0d\u540c\u610f|\u4e0d\u8d5e\u6210)",
    (
        "(\u7406\u7531|\u6839\u62e0)(\u306f|\u304c)[\u4e00\u5207](\u3042\u308a\u307e\u305b\u3093|"
        "\u306a\u3044|\u5b58\u5728\u3057\u307e\u305b\u3093)"
    ),
    (
        "\u6b63\u5f53\u5316(\u3067\u304d\u307e\u305b\u3093|\u3055\u308c\u307e\u305b\u3093|"
        "\u3055\u308c\u308b\u3082\u306e\u3067\u306f\u3042\u308a\u307e\u305b\u3093)"
    ),
    (
        "(\u3068\u306f\u601d\u3044\u307e\u305b\u3093|\u306b\u306f\u8cdb\u6210\u3067\u304d\u307e\u305b\u3093|"
        "\u306b\u540c\u610f\u3067\u304d\u307e\u305b\u3093)"
    ),
)
_FORBIDS = (
    "(should not|shouldn't|should never|must not|mustn't|must never|ought not) be",
    "(sollte|sollten|d\u00fcrfen|darf) [niemals|auf keinen fall] nicht",
    "ne (devrait|devraient|doit|doivent) (pas|jamais)",
    "no (deber\u00eda|deber\u00edan|debe|deben)",
    "non (dovrebbe|dovrebbero|deve|devono)",
    "n\u00e3o (deveria|deveriam|deve|devem)",
    "(\u4e0d\u5e94\u8be5|\u4e0d\u5e94|\u4e0d\u8be5|\u4e0d\u80fd)",
    "(\u3079\u304d\u3067\u306f\u3042\u308a\u307e\u305b\u3093|\u3079\u304d\u3067\u306f\u306a\u3044)",
)

CUES: dict[str, tuple[str, ...]] = {
    "refusal.objection": _OBJECTION,
    "refusal.private": _PRIVATE,
    "refusal.unreal": _UNREAL,
    "refusal.moral": _MORAL,
    "refusal.refer": _REFER,
    "refusal.denial": _DENIAL,
    "refusal.forbids": _FORBIDS,
}
