"""Phrases that voice doubt in French, Spanish, Italian and Portuguese.

Each language has the four kinds of ``hedging``, which puts them together with the other languages': doubt, likely,
modal, idle.
"""

from __future__ import annotations

_FR = (
    (
        (
            "(je ne suis|ne suis|je suis) (pas|plus) [tout à fait|totalement|entièrement|complètement|"
            "absolument|vraiment|très|trop] (sûr|sûre|certain|certaine)"
        ),
        "(je suis) (presque|à peu près|quasiment|assez|plutôt) (sûr|sûre|certain|certaine)",
        "(pas|ni) (sûr|sûre|certain|certaine) (que|de|si|du tout|à)",
        (
            "(je crois|je pense|je suppose|j'imagine|je dirais|il me semble|je présume|je soupçonne|me "
            "semble-t|j'ai l'impression|je parierais|je serais tenté|je m'attends)"
        ),
        (
            "(sauf erreur|à ma connaissance|autant que je sache|d'après ce que je sais|pour autant que je "
            "sache|si je ne m'abuse|si mes souvenirs|de mémoire|à vue de nez|à mon avis|d'après mes "
            "informations|si ma mémoire)"
        ),
        "si je ne me trompe [pas]",
        "(je peux|je pourrais|je me trompe|je puis) [peut-être|me] (me tromper|tromper|faire erreur)",
        "(je ne sais|je l'ignore|j'ignore) [pas|si] [avec|exactement|si] [certitude]",
        (
            "(je ne peux|je ne puis|on ne peut|ne peux) [pas] (confirmer|vérifier|garantir|affirmer|l'affirmer|"
            "être sûr|être certain|le confirmer)"
        ),
        "(difficile|dur|compliqué) (à|de le) (dire|savoir|prédire|affirmer|estimer)",
        (
            "(sous toutes réserves|sous réserve|à prendre avec|je n'en mettrais pas|aucune idée|à vérifier|"
            "simple supposition|je vous conseille de vérifier)"
        ),
        ("(ma|mes) [dernière|dernières] (mise à jour|connaissances|estimation|intuition|supposition|hypothèse)"),
    ),
    (
        (
            "(probablement|peut-être|sans doute|vraisemblablement|apparemment|possiblement|éventuellement|"
            "sûrement|prétendument|il se peut|il se pourrait|semble-t-il|improbable|selon toute vraisemblance|"
            "en toute vraisemblance|d'aucuns)"
        ),
        "peut être que",
        (
            "(il est|c'est|est|semble|reste|demeure) [fort|tout à fait|assez|très|peu|encore] (probable|"
            "possible que|plausible|incertain|incertaine|incertains|incertaines|flou|controversé|controversée|"
            "débattu|discuté|vraisemblable|difficile de dire|envisageable)"
        ),
        "(semble|semblent|semblerait|sembleraient|paraît|paraîtrait|il paraît)",
        (
            "(pourrait|pourraient|devrait|doit) [bien|aussi|également|très bien|s'agir|avoir|y avoir] (être|"
            "s'agir|avoir|provenir|venir|indiquer|signifier|expliquer)"
        ),
        "(aurait|auraient|serait|seraient) [peut-être|probablement|été|dû|apparemment]",
        "(il n'est|n'est|ce n'est) pas (certain|sûr|clair|établi|exclu|évident|impossible|avéré)",
        (
            "(les|des) (historiens|experts|spécialistes|avis|sources|estimations) [ne|sont] (divergent|"
            "débattent|partagés|varient|s'accordent|diffèrent)"
        ),
        ("(on ignore|on pense que|on estime que|laisse penser|laissent penser|suggère que|suggèrent que|dépend de)"),
    ),
    (("(environ|à peu près|plus ou moins|généralement|souvent|en général|approximativement|pourrait|pourraient)"),),
    (
        "je crois en",
        "(vous|tu|on|nous) (pourriez|pourrais|pourrait|pouvez|peux|peut)",
        "(pourriez|pourrais|pourrions) [vous|tu|nous]",
        "sans doute possible",
        "je pense à",
        "(que|qu'en) (pensez|penses) [vous|tu]",
        "il paraît en",
        "(serait|seriez|serais) (ravi|heureux|utile|bon)",
    ),
)
_ES = (
    (
        (
            "no (estoy|me siento) [del todo|completamente|totalmente|muy|tan|100|absolutamente|plenamente] "
            "(seguro|segura|cierto|convencido)"
        ),
        "(no|ni) (lo sé|sé) [con|a ciencia|si|exactamente|muy] [certeza|cierta|bien]",
        "(estoy|casi) (casi|bastante) (seguro|segura)",
        (
            "(creo que|pienso que|supongo que|imagino que|me parece que|diría que|diría yo|sospecho que|me "
            "imagino|me da la impresión|tengo entendido|tengo la impresión|apostaría|me inclino|intuyo|quiero "
            "decir que era|yo diría|estimo que|calculo que|creo)"
        ),
        (
            "(que yo sepa|hasta donde sé|hasta donde yo sé|por lo que sé|según tengo entendido|si no me "
            "equivoco|si mal no recuerdo|salvo error|si la memoria|si recuerdo bien|a mi entender|a ojo|hasta "
            "donde alcanzo|según mi conocimiento)"
        ),
        (
            "(puedo|podría|puede que) [me|estar] (equivocarme|estar equivocado|estar equivocada|equivocado|"
            "equivoque|confundirme|confundido)"
        ),
        (
            "(no puedo|no podría|no puede) [del todo] (confirmar|confirmarlo|verificar|verificarlo|asegurar|"
            "asegurarlo|garantizar|garantizarlo|afirmar|estar seguro)"
        ),
        "(difícil|complicado) (de|decir|saber) [decir|saber|precisar|predecir]",
        (
            "(no pondría|no me hagas|tómalo con|tómelo con|ni idea|es solo una suposición|es sólo una "
            "suposición|es una suposición|con cautela)"
        ),
        "(mi|mis) (mejor|última|últimos) (estimación|suposición|actualización|conocimientos)",
    ),
    (
        (
            "(probablemente|quizás|quizá|tal vez|posiblemente|aparentemente|seguramente|presumiblemente|"
            "supuestamente|acaso|a lo mejor|al parecer|puede que|podría ser|puede ser que|en principio|"
            "improbable|por lo visto|tal vez)"
        ),
        (
            "(es|sea|fuera|resulta|muy) [muy|bastante|poco|más] (probable|posible que|plausible|incierto|"
            "dudoso|discutible|difícil decir|difícil saber)"
        ),
        "(parece|parecen|parecería|pareciera) [que|ser|haber|indicar|estar|como]",
        ("(podría|podrían|debe de|deben de|pudo|pudiera) (ser|tratarse|deberse|haber|estar|indicar|significar|tener)"),
        ("no (está|es|queda) [del todo|muy|aún|todavía] (claro|cierto|seguro|clara|establecido|confirmado|definido)"),
        (
            "(los|las) (historiadores|expertos|fuentes|estimaciones|opiniones|académicos) (discrepan|debaten|"
            "varían|difieren|no se ponen)"
        ),
        ("(se cree|se piensa|se estima|se desconoce|se supone|sugiere que|sugieren que|depende de|sin confirmar)"),
        "habría (sido|tenido|estado)",
    ),
    (("(aproximadamente|más o menos|alrededor de|en general|generalmente|a menudo|suele|suelen|podría|podrían)"),),
    (
        "creo en",
        "(usted|tú|uno|se|nosotros) (puede|podría|puedes|podrías|podemos)",
        "(podría|podrías|podrían) (usted|tú|ustedes|enviarme|decirme|indicarme|darme|por favor|ayudarme)",
        "(qué|si|cómo) (crees|cree|piensas|piensa) [que]",
        "creo (un|una|el|la|los|las) (nuevo|nueva|archivo|carpeta|tabla)",
        "(si|lo antes|siempre que sea|en lo|es|sea) posible",
        "cuando parezca",
    ),
)
_IT = (
    (
        (
            "non (sono|ne sono|ne sono del tutto|mi sento) [del tutto|completamente|molto|così|affatto|proprio|"
            "pienamente] (sicuro|sicura|certo|certa|convinto)"
        ),
        "(sono|ne sono) (quasi|abbastanza|piuttosto) (sicuro|sicura|certo|certa)",
        (
            "(credo|penso|suppongo|immagino|presumo|ritengo|sospetto|direi|mi sembra|mi pare|ho l'impressione|"
            "scommetterei|ipotizzo|stimo|temo) [che|di|sia]"
        ),
        (
            "(per quanto ne so|per quanto ne sappia|a quanto ne so|che io sappia|se non sbaglio|se non erro|se "
            "non vado errato|se ricordo bene|se la memoria|salvo errore|salvo errori|a memoria|a occhio|a mio "
            "avviso|a quanto mi risulta|per quanto mi risulta)"
        ),
        "(potrei|posso) [anche] (sbagliarmi|sbagliare|essere in errore|avere torto|confondermi)",
        "non (so|lo so|saprei) [dire|con certezza|se|bene|di preciso|esattamente]",
        (
            "non (posso|riesco a|sono in grado di) (confermare|confermarlo|verificare|verificarlo|garantire|"
            "garantirlo|dirlo con|esserne certo|affermare)"
        ),
        "(difficile|dura) (dirlo|dire|saperlo|da dire|prevedere|stabilire)",
        (
            "(prendilo con|prendetelo con|non ci metterei|nessuna idea|è solo un'ipotesi|con le pinze|con "
            "cautela|boh|non ne ho idea)"
        ),
        "(la mia|le mie) (stima|ipotesi|impressione|supposizione|conoscenze|ultima)",
    ),
    (
        (
            "(probabilmente|forse|magari|possibilmente|apparentemente|presumibilmente|verosimilmente|"
            "eventualmente|presunto|a quanto pare|può darsi|potrebbe darsi|può essere che|improbabile|chissà|a "
            "quanto sembra)"
        ),
        (
            "(è|sia|appare|resta|rimane) [molto|assai|abbastanza|poco|anche|più] (probabile|possibile che|"
            "plausibile|incerto|incerta|dubbio|discusso|controverso|difficile dire|verosimile)"
        ),
        "(sembra|sembrano|sembrerebbe|pare|parrebbe|sembrerebbero) [che|essere|proprio|di]",
        ("(potrebbe|potrebbero|dovrebbe|deve) (essere|trattarsi|dipendere|avere|esserci|indicare|significare)"),
        "non è [del tutto|ancora|affatto] (chiaro|certo|sicuro|noto|escluso|detto|stabilito|accertato)",
        (
            "(gli|le) (storici|esperti|fonti|stime|studiosi|opinioni) (discutono|divergono|variano|dissentono|"
            "concordano)"
        ),
        ("(si ritiene|si pensa|si ignora|si crede|si stima|suggerisce che|suggeriscono che|dipende da|non si sa)"),
        "sarebbe (stato|stata|dovuto)",
    ),
    (
        (
            "(circa|più o meno|all'incirca|approssimativamente|in genere|generalmente|spesso|di solito|"
            "tendenzialmente|potrebbe|potrebbero)"
        ),
    ),
    (
        "credo in",
        ("(potrebbe|potresti|potreste) (inviarmi|dirmi|darmi|mandarmi|per favore|per cortesia|indicarmi|aiutarmi)"),
        "(tu|lei|si|voi|noi) (può|puoi|potrebbe|potresti|possiamo)",
        "(che ne|cosa) (pensi|pensa|pensate|credi)",
        "(se|il prima|appena|non appena|quanto) possibile",
        "penso a",
    ),
)
_PT = (
    (
        (
            "não (tenho|estou) [muita|total|absoluta|plena|completamente|totalmente|bem|muito|tão|100] "
            "(certeza|certo|certa|seguro|segura|convencido)"
        ),
        "(estou|tenho) (quase|razoavelmente|praticamente) (certo|certa|certeza|seguro|segura)",
        (
            "(acho|acredito|creio|penso|suponho|imagino|presumo|suspeito|diria|eu diria|me parece|parece-me|eu "
            "chutaria|chutaria|tenho a impressão|estimo|aposto|desconfio) [que|eu]"
        ),
        (
            "(que eu saiba|até onde sei|até onde eu sei|pelo que sei|tanto quanto sei|se não me engano|se bem "
            "me lembro|salvo engano|salvo erro|se a memória|se não estou enganado|se me lembro bem|pelo que "
            "entendi|ao meu ver|no meu entender|a meu ver)"
        ),
        (
            "(posso|poderia|talvez) [eu|também] (estar errado|estar enganado|estar errada|estar enganada|me "
            "enganar|estar equivocado|esteja errado|esteja enganado)"
        ),
        "não (sei|saberia) [dizer|ao certo|se|bem|com certeza|exatamente]",
        "não (posso|consigo|tenho como) (confirmar|verificar|garantir|afirmar|ter certeza|assegurar)",
        "(difícil|complicado) (dizer|de dizer|saber|prever|afirmar)",
        (
            "(não ponho|não colocaria|não me cobre|sem garantia|nem ideia|não faço ideia|é só um palpite|é "
            "apenas um palpite|com cautela|é um palpite|com um pé atrás)"
        ),
        "(meu|minha|minhas) (palpite|estimativa|suposição|impressão|última)",
    ),
    (
        (
            "(provavelmente|talvez|possivelmente|aparentemente|presumivelmente|supostamente|porventura|quiçá|"
            "decerto|ao que parece|pode ser que|quem sabe|ao que tudo indica|improvável|pelo visto|tudo indica)"
        ),
        (
            "(é|seja|parece|permanece|continua) [muito|bem|bastante|pouco|bem|mais] (provável|possível que|"
            "plausível|incerto|incerta|duvidoso|discutível|difícil dizer|controverso)"
        ),
        "(parece|parecem|pareceria|aparenta|aparentam) [que|ser|ter|estar|haver|indicar]",
        (
            "(pode|podem|poderia|poderiam|deve) [também|muito bem|bem] (ser|tratar-se|dever-se|ter sido|haver|"
            "indicar|significar|estar relacionado)"
        ),
        (
            "não (está|é|fica|ficou) [totalmente|muito|ainda|bem|inteiramente] (claro|certo|clara|estabelecido|"
            "confirmado|sabido|conhecido)"
        ),
        (
            "(os|as) (historiadores|especialistas|fontes|estimativas|opiniões|estudiosos) (discordam|divergem|"
            "debatem|variam)"
        ),
        (
            "(acredita-se|estima-se|supõe-se|desconhece-se|pensa-se|sugere que|sugerem que|depende de|não se "
            "sabe|teria sido)"
        ),
    ),
    (
        (
            "(aproximadamente|mais ou menos|cerca de|em torno de|por volta de|geralmente|em geral|muitas vezes|"
            "costuma|costumam|poderia|poderiam|uns|umas)"
        ),
    ),
    (
        "(acredito|creio) em",
        "(você|o senhor|a senhora|se|a gente) (pode|poderia)",
        "(poderia|poderiam|podes|pode) (me|enviar|por favor|dizer|informar|enviar-me|dizer-me)",
        "(o que|se) (acha|você acha|pensa)",
        "(se|assim que|quando|sempre que|o mais breve) possível",
        "deve ser (feito|enviado|feita|usado)",
    ),
)

ROMANCE = (_FR, _ES, _IT, _PT)
