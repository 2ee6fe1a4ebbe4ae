"""Phrases of clarification in French, Spanish, Italian and Portuguese.

Each language has the five kinds of ``clarification``, which puts them together with the other languages': meaning,
detail, which, opening, courtesy.
"""

from __future__ import annotations

_FR = (
    (
        "(voulez-vous|veux-tu|vouliez-vous) (dire|parler|savoir)",
        (
            "(parlez-vous|parles-tu|faites-vous référence|fais-tu référence|faites-vous allusion|vous "
            "référez-vous|pensez-vous à)"
        ),
        (
            "(pourriez-vous|pouvez-vous|peux-tu|pourrais-tu) [s'il vous plaît|s'il te plaît|me] (préciser|"
            "clarifier|reformuler|expliciter|expliquer ce que|être plus précis|détailler)"
        ),
        "(merci de|veuillez|prière de) (préciser|clarifier|reformuler)",
        (
            "je ne suis pas [tout à fait|bien|entièrement] (sûr|sûre|certain) (de comprendre|de ce que|d'avoir "
            "compris|de bien comprendre)"
        ),
        "je (ne comprends pas|n'ai pas bien compris|n'ai pas compris|ne saisis pas) [bien|tout à fait|ce]",
        ("(plus de|davantage de|quelques|d'autres|plus d') (précisions|détails|informations|contexte|renseignements)"),
        (
            "(votre|ta) (question|demande) (est|semble|me semble|n'est pas) [un peu|assez|trop|très] (ambiguë|"
            "vague|floue|imprécise|claire|incomplète|générale)"
        ),
        (
            "(de quel|de quelle|de quoi|à quoi|à quel|à quelle|duquel|lequel|laquelle|lesquels) [texte|"
            "document|fichier|version|ville] (parlez-vous|parles-tu|s'agit-il|faites-vous|voulez-vous|"
            "pensez-vous|souhaitez-vous|fais-tu|veux-tu)"
        ),
    ),
    (
        (
            "(pourriez-vous|pouvez-vous|peux-tu|pourrais-tu) [s'il vous plaît|me|m'|le|la|nous] (dire|indiquer|"
            "m'indiquer|donner|fournir|partager|coller|envoyer|m'envoyer|décrire|communiquer|me dire|me donner|"
            "me fournir|me le|m'en dire)"
        ),
        (
            "(merci de|veuillez|dites-moi|dis-moi|indiquez-moi|indique-moi|donnez-moi|donne-moi|précisez|"
            "précise) [me|m'|m'indiquer] [indiquer|fournir|donner|dire|quel|quelle|votre|le|la|communiquer|"
            "envoyer|coller]"
        ),
        (
            "(j'ai|j'aurais|il me faut|il me faudrait|j'ai encore|j'aurais encore) besoin [de|d'|de savoir|de "
            "connaître|de quelques]"
        ),
    ),
    (
        "(pour|en|dans|à|sur|de|vers|avec|par) (quel|quelle|quels|quelles|combien|qui|quoi)",
        (
            "(où|quand|combien|comment|quel|quelle|quels|quelles|que) (souhaitez-vous|voulez-vous|souhaites-tu|"
            "veux-tu|aimeriez-vous|préférez-vous|est votre|est ton|est ta|sont vos|sont tes|type|genre|sorte|"
            "cherchez-vous|comptez-vous|désirez-vous|utilisez-vous|avez-vous)"
        ),
        "(avez-vous|as-tu) (un|une|des) (budget|préférence|préférences|date|dates|idée|contraintes)",
        "(quel|quelle) (est|type|genre|sorte|version|langue|langage) [votre|ton|ta|de]",
    ),
    (
        (
            "(bien sûr|volontiers|avec plaisir|certainement|d'accord|bonjour|merci|pour vous aider|pour mieux|"
            "afin de|super|parfait|avant de|sans problème)"
        ),
    ),
    (
        "(autre chose|d'autres questions|une autre question|d'autre)",
        (
            "(souhaitez-vous|voulez-vous|veux-tu|souhaites-tu|aimeriez-vous|aimerais-tu) (que je|en savoir|"
            "aussi|également|un exemple|savoir comment|continuer|plus)"
        ),
        (
            "(puis-je|dois-je|est-ce que je peux|en quoi puis-je|comment puis-je|que puis-je) [vous|t'|aussi|"
            "aider|faire]"
        ),
        ("(cela|ça|est-ce que cela|est-ce que ça) (vous|t'|te|répond|convient|aide) [aide|aide-t-il|convient|va]"),
        "(n'hésitez pas|n'hésite pas|faites-le moi savoir|dites-moi si|dis-moi si|si vous)",
        (
            "(comment allez-vous|comment ça va|savez-vous|saviez-vous|le saviez-vous|n'est-ce pas|pourquoi pas|"
            "qui suis-je|que suis-je|qu'en pensez-vous|qu'en penses-tu)"
        ),
    ),
)
_ES = (
    (
        (
            "(te refieres|se refiere|quieres decir|quiere decir|a qué te refieres|a qué se refiere|quisiste "
            "decir|quiso decir|te referías)"
        ),
        (
            "(podrías|podría|puedes|puede|pueden) [por favor|usted] (aclarar|aclararme|especificar|precisar|"
            "concretar|reformular|detallar|ser más específico|explicar qué|aclararlo)"
        ),
        ("(por favor) [me] (aclara|aclare|especifica|especifique|precisa|precise|concreta|reformula|reformule)"),
        (
            "no (estoy seguro|estoy segura|me queda claro|tengo claro|sé) [muy bien|bien|del todo] (de "
            "entender|de qué|a qué|qué|cuál|de lo que|si te|si se|de haber)"
        ),
        ("no (entiendo|entendí|he entendido|comprendo|comprendí) [bien|del todo|muy bien] [qué|tu|su|la|lo|a qué]"),
        (
            "(más|algunos|unos cuantos|otros|algo más de|un poco más de) (detalles|información|contexto|datos|"
            "precisiones)"
        ),
        (
            "(tu|su|la) (pregunta|solicitud|petición) (es|parece|resulta|no es|no está) [un poco|algo|muy|"
            "demasiado] (ambigua|vaga|imprecisa|clara|incompleta|general|amplia)"
        ),
        (
            "(a qué|de qué|a cuál|cuál de|sobre qué) [texto|archivo|documento|versión|los|las|ellos|ellas] (te "
            "refieres|se refiere|hablas|habla|trata|prefieres|quieres|se trata|dos)"
        ),
    ),
    (
        (
            "(podrías|podría|puedes|puede) [por favor] (decirme|indicarme|darme|proporcionarme|compartir|pegar|"
            "pegarlo|enviarme|describir|contarme|facilitarme|proporcionar|mencionar|indicar|decir)"
        ),
        (
            "(por favor) (dime|dígame|indícame|indíqueme|dame|deme|comparte|comparta|pega|pegue|envíame|"
            "envíeme|proporciona|proporcione|describe|cuéntame)"
        ),
        (
            "(dime|dígame|indícame|indíqueme|pégalo|péguelo|cuéntame|envíame) [qué|cuál|cuántos|tu|su|el|la|en|"
            "aquí|más|un]"
        ),
        ("(necesito|necesitaría|necesitaré|me falta|me hace falta) [saber|conocer|que me|algunos|unos|algo|un|más]"),
    ),
    (
        "(para|en|a|de|con|por|desde|sobre) (qué|cuál|cuáles|cuántos|cuántas|cuánto|quién|quiénes|dónde)",
        (
            "(a dónde|adónde|dónde|cuándo|cuánto|cuántos|cuántas|cuál|cuáles|qué|cómo) (te|le|quieres|quiere|"
            "desea|deseas|prefieres|prefiere|es tu|es su|son tus|tipo|clase|necesitas|necesita|buscas|busca|"
            "presupuesto|versión|idioma|lenguaje|tono|días|personas|fecha|fechas|tienes|tiene|debería|va)"
        ),
        "(tienes|tiene) (algún|alguna|un|una) (presupuesto|preferencia|fecha|idea|límite)",
    ),
    (
        (
            "(claro|por supuesto|con gusto|con mucho gusto|desde luego|encantado|encantada|de acuerdo|hola|"
            "gracias|para ayudarte|para ayudarle|para poder|antes de|perfecto|genial|sin problema)"
        ),
    ),
    (
        "(algo más|alguna otra|otra cosa|otra pregunta|alguna pregunta|más preguntas|otras preguntas)",
        (
            "(quieres|quiere|te gustaría|le gustaría|deseas|desea) (que te|que le|que|saber más|ver|un ejemplo|"
            "continuar|conocer más|aprender|más)"
        ),
        "(puedo|podría|debo|cómo puedo|en qué puedo|en qué más) [yo|ayudarte|ayudarle|más|también]",
        "(te|le) (ayuda|sirve|parece|sirvió|queda claro)",
        (
            "(no dudes|no dude|avísame|hazme saber|hágame saber|si necesitas|si necesita|si quieres|si tienes|"
            "si me dices)"
        ),
        (
            "(cómo estás|cómo está|sabías|sabía usted|verdad|por qué no|quién soy|qué soy|qué opinas|qué te "
            "parece|qué le parece)"
        ),
    ),
)
_IT = (
    (
        "(intendi|intende|vuoi dire|vuole dire|ti riferisci|si riferisce|intendevi|ti riferivi)",
        (
            "(potresti|potrebbe|puoi|può) [per favore|gentilmente] (chiarire|specificare|precisare|riformulare|"
            "spiegare meglio|essere più specifico|dettagliare)"
        ),
        "(per favore) [mi] (chiarisci|chiarisca|specifica|specifichi|precisa|precisi|riformula)",
        (
            "non (sono sicuro|sono sicura|mi è chiaro|sono certo|so) [bene|del tutto] (di aver|di cosa|cosa|a "
            "cosa|quale|che cosa|a quale|di capire|se)"
        ),
        "non (ho capito|capisco|ho compreso|comprendo) [bene|del tutto] [cosa|che|la|a cosa|quale]",
        (
            "(più|altri|ulteriori|qualche|maggiori|alcuni|alcune) (dettagli|dettaglio|informazioni|"
            "informazione|contesto|precisazioni|indicazioni)"
        ),
        (
            "(la tua|la sua|la) (domanda|richiesta) (è|sembra|risulta|non è) [un po'|un po|abbastanza|troppo] "
            "(ambigua|vaga|chiara|generica|incompleta)"
        ),
        (
            "(a quale|a cosa|a che|quale|quali|di quale|di che) [testo|cosa|file|documento|dei due|delle due] "
            "(ti riferisci|si riferisce|intendi|intende|preferisci|parli|parla)"
        ),
    ),
    (
        (
            "(potresti|potrebbe|puoi|può|mi puoi|mi può) [per favore|gentilmente] (dirmi|indicarmi|darmi|"
            "fornirmi|condividere|incollare|incollarlo|inviarmi|descrivere|fornire|dire|indicare|mandarmi)"
        ),
        (
            "(per favore) (dimmi|mi dica|indicami|mi indichi|dammi|mi dia|condividi|incolla|incolli|inviami|"
            "fornisci|fornisca|descrivi)"
        ),
        "(dimmi|mi dica|indicami|mi indichi|inviami) [quale|quali|quanti|cosa|il|la|in|dove|come]",
        ("(ho bisogno|avrei bisogno|mi serve|mi servono|mi servirebbe|mi servirebbero|dovrei sapere|devo sapere)"),
    ),
    (
        "(per|in|a|da|con|di|su|verso|entro) (quale|quali|quante|quanti|quanto|che ora|che|chi|dove)",
        (
            "(dove|quando|quanto|quanti|quante|quale|quali|cosa|che|come) (vorresti|vorrebbe|vuoi|vuole|"
            "desideri|desidera|preferisci|preferisce|è il tuo|è la tua|sono i tuoi|tipo|genere|ti serve|stai "
            "cercando|cerchi|hai|budget|lingua|linguaggio|versione|tono)"
        ),
        "(hai|ha) (un|una|qualche|delle|dei) (budget|preferenza|preferenze|data|date|idea|richiesta)",
    ),
    (
        (
            "(certo|certamente|volentieri|con piacere|ovviamente|va bene|d'accordo|ciao|salve|grazie|per "
            "aiutarti|per aiutarla|per poter|prima di|perfetto|ottimo|nessun problema)"
        ),
    ),
    (
        "(qualcos'altro|qualcosa altro|altro|altre domande|altra domanda|ulteriori domande)",
        (
            "(vuoi|vuole|vorresti|vorrebbe|desideri|ti piacerebbe|le piacerebbe) (che ti|che le|che|saperne di "
            "più|sapere di più|un esempio|continuare|vedere|anche|imparare)"
        ),
        "(posso|potrei|devo|come posso|in cosa posso) [aiutarti|aiutarla|anche|esserti|fare]",
        "(ti|le) (è utile|aiuta|è chiaro|sembra|va bene|torna)",
        "(non esitare|non esiti|fammi sapere|mi faccia sapere|se vuoi|se hai|se mi dici)",
        ("(come stai|come sta|lo sapevi|sapevi che|vero|perché no|chi sono|cosa sono|che ne pensi|che ne dici)"),
    ),
)
_PT = (
    (
        (
            "(você quer dizer|quer dizer|você se refere|se refere|está se referindo|você está perguntando|"
            "refere-se|a que se refere|você quis dizer|quis dizer)"
        ),
        (
            "(poderia|poderias|pode|podes|você poderia|você pode) [por favor] (esclarecer|especificar|precisar|"
            "reformular|detalhar|ser mais específico|explicar melhor|clarificar|explicar o que)"
        ),
        "(por favor) (esclareça|especifique|precise|reformule|detalhe)",
        (
            "não (tenho certeza|estou certo|estou certa|ficou claro|está claro|sei) [bem|ao certo] (do que|se "
            "entendi|se você|o que|qual|a que|de que|se compreendi)"
        ),
        "não (entendi|compreendi|entendo) [bem|muito bem|direito] [o que|sua|a|qual]",
        "(mais|alguns|algumas|outros) (detalhes|informações|contexto|dados|informação|esclarecimentos)",
        (
            "(sua|a) (pergunta|solicitação|mensagem) (é|parece|está|não está|ficou) [um pouco|muito|bastante|"
            "meio] (ambígua|vaga|clara|incompleta|genérica|ampla)"
        ),
        (
            "(a qual|a que|de qual|de que|qual dos|qual das|sobre qual|a quem) [texto|arquivo|documento|dois|"
            "duas|versão] (você se refere|se refere|está falando|refere-se|você quer|prefere)"
        ),
    ),
    (
        (
            "(poderia|poderias|pode|podes|você poderia|você pode) [por favor|me] (dizer|me dizer|informar|me "
            "informar|fornecer|compartilhar|colar|colá-lo|enviar|me enviar|descrever|dar|me dar|indicar|"
            "mencionar|contar|dizer-me|indicar-me)"
        ),
        ("(por favor) [me] (diga|informe|forneça|compartilhe|cole|envie|descreva|indique|mencione|conte|diga-me)"),
        ("(me diga|diga-me|me informe|informe-me|me conte|indique) [qual|quais|quantos|o|a|em|onde|como|sua|seu]"),
        (
            "(preciso|precisaria|vou precisar|precisarei|falta|necessito) (saber|de|que|de mais|de algumas|de "
            "alguns|conhecer)"
        ),
    ),
    (
        "(para|em|a|de|com|por|sobre|até|desde) (qual|quais|quantas|quantos|que horas|que|quem|onde|quanto)",
        (
            "(onde|quando|quanto|quantos|quantas|qual|quais|que|como|para onde) (você|gostaria|gostarias|"
            "deseja|desejas|quer|queres|prefere|é o seu|é a sua|são os seus|tipo|é seu|é sua|orçamento|idioma|"
            "linguagem|versão|tom)"
        ),
        "(você tem|tem|tens) (algum|alguma|um|uma) (orçamento|preferência|data|ideia|prazo)",
    ),
    (
        (
            "(claro|com certeza|certamente|com prazer|pois não|sem problema|olá|oi|obrigado|obrigada|para "
            "ajudar|para te ajudar|para poder|antes de|perfeito|ótimo|tudo bem)"
        ),
    ),
    (
        (
            "(algo mais|mais alguma coisa|alguma coisa|outra pergunta|mais alguma pergunta|alguma pergunta|"
            "outras perguntas|outra coisa|em algo mais)"
        ),
        (
            "(você quer|quer|gostaria|você gostaria|gostarias|deseja|queres) (que eu|que|saber mais|de saber "
            "mais|de saber|um exemplo|continuar|ver|de ver|aprender|mais)"
        ),
        "(posso|poderia eu|devo|como posso|em que posso|em que mais) [ajudar|te|lhe|ajudá-lo|também]",
        "(isso|isto) (ajuda|ajudou|responde|faz sentido|esclarece|serve)",
        "(não hesite|fique à vontade|me avise|avise-me|se precisar|se quiser|se você|caso)",
        (
            "(como vai|como você está|como está|você sabia|sabia que|não é|por que não|quem sou|o que sou|o "
            "que acha|o que você acha)"
        ),
    ),
)

ROMANCE = (_FR, _ES, _IT, _PT)
