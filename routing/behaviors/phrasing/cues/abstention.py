"""Phrases in which a reply says that it does not or cannot know, in eight languages.

``unknown`` says so of the one who speaks; ``nobody`` says it of everyone; ``unsaid`` says that what was given does not
tell; ``access`` that the speaker has no way to look; ``comment`` keeps the answer back. ``ask`` is ignorance of what
the asker means, which is no abstention; ``guess.answer`` answers after all.
"""

from __future__ import annotations

_UNKNOWN = (
    (
        "(i|we) [really|honestly|just|simply|truly|still|personally|actually] (don't|do not|didn't|dunno|"
        "wouldn't|would not|can't|cannot) [really|honestly|actually|currently|quite|reliably|definitively|"
        "possibly|even] (know|recall|remember|have an answer|have the answer|have a definitive|have a "
        "reliable|have a good answer|have any idea|have an idea|have enough information|have sufficient "
        "information|have enough context|have information|have any information|have specific information|"
        "have reliable information|have details|have data|have any data|have that information|have knowledge|"
        "have any knowledge|say for sure|say for certain|say with certainty|tell for sure|be certain|be sure|"
        "answer that with|determine|verify|confirm|predict|provide a definitive|provide an accurate|give a "
        "definitive|give you a definitive|give an accurate|provide a specific|give a specific|answer "
        "definitively|find any)"
    ),
    (
        "(i'm|i am|we're|we are) [really|honestly|just|still|afraid i'm] (not|un) [really|entirely|quite|at "
        "all|completely|100|totally|too] (sure|certain|familiar|aware|positive|able to say|able to determine|"
        "able to verify|able to confirm|able to find|able to predict|privy)"
    ),
    "(i'm|i am) (unsure|uncertain|unaware|unfamiliar|unable to say)",
    "(i'm|i am) (unable|not able) to (determine|verify|confirm|find|predict|say|tell|locate|identify)",
    (
        "(i|we|i've|we've|you) (have|got) no (idea|clue|information|knowledge|way of knowing|way to know|"
        "data|record|records|answer|memory|insight)"
    ),
    (
        "(no idea|no clue|beats me|who knows|dunno|couldn't tell you|search me|hard to "
        "say|tough to say|i wish i knew|not certain)"
    ),
    "(i've|i have) (never|not) (heard of|come across|seen a study|looked into|encountered|been told)",
    (
        "(outside|beyond|past|not within|after) [of] my (knowledge|training|expertise|understanding|"
        "information|cutoff|cut off|scope)"
    ),
    (
        "my (knowledge|information|training|training data|data) [only] (doesn't|does not|ends|cuts|stops|is "
        "limited|may not|cutoff|isn't|goes)"
    ),
    (
        "(i'd|i would|i'll|i will) (have to|need to) (look|check|guess|look it up|look that up|look into|"
        "find out|get back)"
    ),
    "(i'd|i would) (only|just) be (guessing|speculating|making it up)",
    (
        "(ich|wir) [ehrlich gesagt|leider|wirklich] (weiß|weiss|wissen|wüsste) [es|das|leider|darüber|auch|aber] "
        "[leider|selbst|ehrlich gesagt] (nicht|nichts|keine)"
    ),
    "[das|da|dazu|darüber] (weiß|weiss|wissen) [ich|wir] [das|es|leider|aber|selbst] [auch|leider] (nicht|nichts)",
    (
        "(keine ahnung|keinen schimmer|keinen blassen|da bin ich überfragt|überfragt|keine angaben|keine "
        "kenntnis|keine information)"
    ),
    "(bin|wäre) [ich] [mir] [da|dabei|leider|dessen|darüber] (nicht|un) (sicher|ganz sicher|gewiss)",
    (
        "(mir|uns) [leider] (nicht bekannt|unbekannt|liegen keine|liegt keine|fehlen|fehlt|ist nicht bekannt|"
        "ist das nicht)"
    ),
    (
        "(liegen mir|liegt mir|habe ich|hab ich|ich habe|ich hab|wir haben) [dazu|darüber|hierzu|leider|"
        "darauf] [leider|auch] (keine|keinen|nicht genug|nicht genügend) (informationen|information|daten|"
        "ahnung|antwort|kenntnis|kenntnisse|angaben|zugang|zugriff|verlässlichen|gesicherten|genauen|details|"
        "idee)"
    ),
    (
        "(kann|könnte) (ich|man|niemand|das) [dir|ihnen|das|leider|nicht] ... (nicht|nur raten|niemand) [mit "
        "sicherheit|genau|sicher|sagen] (sagen|wissen|beantworten|vorhersagen|bestätigen|beurteilen|"
        "feststellen|nachprüfen|prüfen|raten|vorhersehen)"
    ),
    "(übersteigt|außerhalb) (mein|meines|meinem) (wissen|wissens|kenntnisstand|kenntnis|wissensstands)",
    (
        "je [honnêtement] (ne sais|n'en sais|ne le sais|ne connais|ne me souviens|ne m'en souviens) [vraiment|"
        "malheureusement|hélas] (pas|rien|plus)"
    ),
    (
        "je (ne|n'en) suis [vraiment|malheureusement|pas] [pas] [du tout|tout à fait|entièrement] (sûr|sûre|certain|"
        "certaine|au courant)"
    ),
    (
        "je n'(ai|en ai) [malheureusement] (pas|aucune) [la|de|d'] (réponse|idée|information|informations|donnée|"
        "d'informations|d'information|de réponse|d'idée)"
    ),
    "(je ne sais|je sais) pas [trop|vraiment]",
    (
        "(j'ignore|je l'ignore|aucune idée|aucune information|pas la moindre idée|je n'en sais rien|je n'en "
        "ai aucune|n'en ai pas la|sais pas)"
    ),
    (
        "(je ne|n') (dispose|ai|possède|détiens) [malheureusement] (pas|d'aucune|aucune) [de|d'|assez] "
        "[suffisamment|assez] (d'informations|d'information|de données|informations|information|donnée|"
        "données|réponse|connaissance|d'éléments|accès)"
    ),
    ("(impossible|difficile) (de|à) (dire|savoir|le dire|déterminer|prédire|prévoir|vérifier|le savoir|répondre avec)"),
    (
        "(je ne peux|je ne saurais|on ne peut|je ne suis pas en mesure) [pas] [de|d'] (dire|affirmer|vous "
        "dire|te dire|confirmer|prédire|prévoir|déterminer|vérifier|savoir|répondre avec)"
    ),
    "(dépasse|au delà de|en dehors de|hors de) (mes|ma) (connaissances|connaissance|données|compétences)",
    "no (lo|la|le|te|me|los|se|sé) (sé|sabría|sabemos|recuerdo|consta|sabe) [decir|decirte|decirle|exactamente]",
    (
        "[yo] no (sé|sabría|sabemos|conozco|recuerdo|tengo ni idea|tengo idea|estoy seguro|estoy segura|"
        "estamos seguros|tengo claro|tengo información|tengo datos|dispongo de|tengo conocimiento|tengo "
        "constancia|tengo forma de|tengo la respuesta|cuento con|tengo suficiente|tengo una respuesta|tengo "
        "certeza|poseo)"
    ),
    ("(ni idea|lo desconozco|desconozco|lo ignoro|ni la menor idea|quién sabe|no tengo ni la menor|difícil saberlo)"),
    (
        "(no puedo|no es posible|no podría|no se puede|es imposible|imposible|es difícil) (saber|saberlo|"
        "decir|decirlo|afirmar|confirmar|predecir|asegurar|determinar|verificar|precisar|garantizar)"
    ),
    "(fuera|más allá) de mi (conocimiento|conocimientos|alcance|información)",
    (
        "[io] non (lo so|so|saprei|ne ho idea|ho idea|ho la minima|sono sicuro|sono sicura|sono certo|sono "
        "certa|ricordo|conosco|ho informazioni|ho abbastanza|ho sufficienti|dispongo di|ho dati|ho una "
        "risposta|ho la risposta|ho modo di|ne sono|sono a conoscenza|possiedo|ho elementi|mi risulta|lo "
        "ricordo|ne so)"
    ),
    "(nessuna idea|boh|chi lo sa|lo ignoro|ignoro|chissà|non se ne sa)",
    (
        "(non posso|non è possibile|non si può|impossibile|è impossibile|difficile|è difficile|non riesco a) "
        "(sapere|saperlo|dire|dirlo|affermare|confermare|prevedere|determinare|verificare|stabilire|"
        "stabilirlo)"
    ),
    "(al di fuori|oltre|esula) (delle|dalle|le) mie (conoscenze|competenze|informazioni)",
    (
        "[eu] não (sei|saberia|faço ideia|faço a menor|tenho certeza|tenho ideia|estou certo|estou certa|me "
        "lembro|lembro|conheço|tenho informações|tenho informação|tenho dados|disponho de|tenho a resposta|"
        "tenho uma resposta|tenho conhecimento|tenho como saber|tenho como|possuo|tenho acesso|tenho a "
        "certeza|tenho elementos|sabemos|há como saber)"
    ),
    "(nem ideia|desconheço|ignoro|sei lá|quem sabe|não há como|nem faço ideia|sem ideia)",
    (
        "(não posso|não é possível|não consigo|não se pode|impossível|é impossível|difícil|é difícil) (saber|"
        "dizer|afirmar|confirmar|prever|determinar|verificar|garantir|precisar)"
    ),
    "(fora|além) (do meu|dos meus|das minhas) (conhecimento|conhecimentos|alcance|informações|dados)",
    "(我|我们|本人|这个我|对此我)[真的|也|确实|暂时|目前|并|还|实在|其实]不(知道|清楚|了解|确定|太清楚|太确定|太了解|大清楚|晓得|记得|能确定|是很清楚|掌握|敢肯定|敢确定)",
    "(不知道|不清楚|不太清楚|不确定|说不准|说不好|不得而知|不太确定|不了解|不晓得|没听说过|没把握|拿不准|不好说|很难说|难以确定|无从得知|不详)",
    (
        "(没有|缺乏|缺少|未掌握|不掌握|尚无|查不到|找不到)[任何|足够|足够的|相关|相关的|可靠的|可靠|确切|确切的|关于|具体|具体的|这方面的|这方面|准确的|充分的](信息|资料|数据|"
        "答案|依据|消息|记录|了解|线索|把握)"
    ),
    (
        "(无法|不能|难以|没法|没办法)[准确|确切|完全|明确|百分之百|可靠地|准确地|直接](确定|判断|预测|得知|知道|知晓|证实|核实|确认|确知|预知|断定|给出确切|给出准确|肯定|验证|"
        "预见|了解到|查证|获知)"
    ),
    "(超出|不在|超过)[了]我的(知识|了解|能力|认知|信息)",
    "(わかり|分かり|判り|知り|存じ|存じ上げ|覚えてい|把握してい|見当がつき|確信が持て|自信があり|確証があり|聞いたことがあり)(ません|ませんでした|かねます)",
    "(わからない|分からない|知らない|判らない|不明|わかんない|分かんない|定かでは|さっぱり|見当もつか|見当がつか|何とも言え|なんとも言え|何とも申し上げ|はっきりしない)",
    (
        "(情報|データ|資料|記録|知識|手がかり|根拠|答え|詳細)(が|は|を|も)[十分に|一切|特に|手元に|まったく](ありません|ない|ございません|持っていません|持ち合わせて|不足|"
        "見つかりません|見当たりません|得られ|含まれて|足り|把握して)"
    ),
    "(確認|判断|特定|予測|断言|断定|検証|確定|お答え|回答|正確に)[を|は|が|することは|することが|に|すること](でき|出来|難し|困難|しかね|いたしかね|差し控え)",
    "(知識|学習データ|情報)(の範囲|の対象|は)[を|外|に|より](超え|です|含まれ|限ら|以降)",
)
_NOBODY = (
    (
        "(nobody|no one|no-one|none of us|noone) [really|truly|actually|currently|can|knows|could|yet] "
        "(knows|know|can say|can tell|say|predict|tell|can predict|sure|be sure|knows for)"
    ),
    (
        "(it's|it is|that's|that is|this is|remains|remain) [currently|still|largely|simply|"
        "generally|just|really|very|also|quite] (unknown|not known|unclear|impossible to know|impossible to "
        "say|impossible to tell|not clear|uncertain|unknowable|a mystery|anyone's guess|not publicly known|"
        "hard to say|difficult to say|hard to tell|not possible to|unanswerable|undetermined|up for debate|"
        "not publicly available|not documented|unproven)"
    ),
    (
        "(the|an|its|their|his|her) [exact|precise|true|real|final] (answer|cause|reason|number|date|origin|"
        "author|outcome) (is|remains) [still|currently|simply|not yet|as yet] (unknown|not known|known to no one|"
        "unclear|uncertain|disputed|anyone's guess|a mystery)"
    ),
    (
        "(impossible|hard|difficult|not possible|tough|tricky) (to|for me to|for anyone to) (know|say|tell|"
        "predict|determine|answer definitively|say for|say with|give a)"
    ),
    (
        "(there is|there's|there are|we have|exists) [currently|simply|as yet] no (way to know|way of "
        "knowing|definitive answer|definite answer|evidence either|reliable information|information "
        "available|information about|data on|record of|consensus|clear answer|known answer|way to tell|"
        "scientific consensus)"
    ),
    ("there (isn't|is not) [currently|yet] (enough|sufficient|a definitive|a clear|any reliable|a known|any way)"),
    "(niemand|keiner) (weiß|kann|weiss) [das|es|genau|sicher|mit|wissen|sagen|vorhersagen]",
    (
        "(ist|bleibt|sind) [bis heute|derzeit|noch|weiterhin|leider|bislang] (unbekannt|nicht bekannt|"
        "ungewiss|unklar|ungeklärt|nicht geklärt|nicht vorhersehbar|nicht überliefert)"
    ),
    "(personne|nul) ne (sait|le sait|peut|connaît|pourrait)",
    (
        "(est|reste|demeure|sont) [encore|toujours|actuellement] (inconnu|inconnue|incertain|incertaine|"
        "inconnus|un mystère|inconnues|impossible à)"
    ),
    "(nadie) (lo sabe|sabe|puede|conoce|lo puede)",
    (
        "(se desconoce|se ignora|es desconocido|es desconocida|sigue siendo un misterio|no se sabe|es "
        "incierto|no está claro|es una incógnita|es un misterio)"
    ),
    "(nessuno) (lo sa|sa|può|conosce|lo può)",
    (
        "(non si sa|è sconosciuto|è sconosciuta|è ignoto|è ignota|rimane un mistero|resta un mistero|è "
        "incerto|non è noto|non è nota|non è chiaro|rimane sconosciuto)"
    ),
    "(ninguém) (sabe|o sabe|pode|conhece|consegue)",
    (
        "(não se sabe|é desconhecido|é desconhecida|é incerto|não está claro|é um mistério|permanece "
        "desconhecido|continua sendo um mistério|desconhece se|ainda é incerto)"
    ),
    "(没有人|没人|无人|谁也|谁都|任何人都)(知道|能知道|能确定|能预测|能说|清楚|无法|不知道|知晓|说不准|能回答)",
    "(尚|仍|还|至今|目前|依然)[仍|还|是](未知|不明|不清楚|不为人知|是个谜|无定论|没有定论|不确定|没有答案)",
    "(未知数|没有定论|尚无定论|是个谜|未有定论)",
    "(誰も|誰にも|誰一人)(知り|わかり|分かり|わから|分から|知ら|予測|断言)",
    "(不明です|謎です|謎に包まれ|未知です|明らかになっていません|解明されていません|知られていません|判明していません|定かではありません|わかっていません|分かっていません)",
)
_UNSAID = (
    (
        "(the|this|that|your|provided|given) (context|passage|text|document|article|information|documents|"
        "question|conversation|source|sources|data|excerpt|image|story|table) [provided|given|above|you "
        "provided|you've provided] (doesn't|does not|do not|don't|didn't|did not|never|isn't|is not) "
        "[explicitly|actually|directly|contain|specifically] (mention|say|specify|contain|provide|include|"
        "state|give|tell|indicate|address|cover|enough|sufficient|any|information)"
    ),
    (
        "(not|isn't|wasn't|never|aren't) [explicitly|specifically|directly] (mentioned|stated|specified|"
        "provided|given|disclosed|indicated|included|covered|answerable) [in|by|anywhere]"
    ),
    (
        "(not enough|insufficient|too little|no relevant|without more|without additional|without further) "
        "(information|context|data|details|detail|evidence)"
    ),
    (
        "based on the (information|context|text|passage) [provided|given|available] ... (cannot|can't|unable|"
        "not possible|impossible)"
    ),
    (
        "(der|dem|im|die|das|aus dem|den) [bereitgestellten|gegebenen|vorliegenden] (text|kontext|dokument|"
        "abschnitt|artikel|informationen|angaben|quelle) ... (nicht|keine|lässt|geht|nichts) (hervor|erwähnt|"
        "genannt|enthalten|angegeben|auskunft|angaben|informationen|nicht|entnehmen|dazu)"
    ),
    (
        "(le|ce|du|les) (texte|contexte|document|passage|informations) [fourni|fournies|fournis] ne "
        "(mentionne|précise|contient|permet|dit|permettent|fournit|indique) (pas|rien|aucune)"
    ),
    (
        "(el|este|la|los) (texto|contexto|documento|pasaje|información|fragmento) [proporcionado|"
        "proporcionada] no (menciona|especifica|contiene|dice|indica|incluye|permite|proporciona|aclara)"
    ),
    (
        "(il|questo|le|nel) (testo|contesto|documento|brano|informazioni) [fornito|fornite] non (menziona|"
        "specifica|contiene|dice|indica|include|permette|fornisce|riporta|viene)"
    ),
    (
        "(o|este|a|as) (texto|contexto|documento|trecho|informações|passagem) [fornecido|fornecidas] não "
        "(menciona|especifica|contém|diz|indica|inclui|permite|fornece|informa)"
    ),
    "(文中|文章|上下文|原文|资料|材料|文本|题目|所给信息|提供的信息|文档)[中](没有|未|并未|并没有)[明确|直接](提到|提及|说明|提供|给出|指出|包含|涉及|说)",
    (
        "(文章|本文|文脈|資料|文書|テキスト|提供された情報|記事|問題文)(に|には|では|から|中に|からは)[明確に|具体的に|直接](記載|書かれて|触れられて|言及|示され|述べられて|"
        "判断でき|読み取れ|含まれて)"
    ),
)
_ACCESS = (
    (
        "(i|we) (don't|do not|can't|cannot) [currently|actually] (have access|have real time|have the "
        "ability to|have visibility|access|browse|look up|see your|have direct access|check) [to|real|the|"
        "current|live|your|any]"
    ),
    "(i'm|i am) (not able|unable) to (access|browse|look up|check|see) [real|the|current|live|your]",
    "(real time|real-time|up to date|live|current) (information|data|access|updates|weather|news|prices)",
    "(keinen|nicht) (zugriff|zugang) (auf|zu)",
    "(pas|aucun) (accès) (à|aux|au)",
    "no (tengo|dispongo de|puedo tener|cuento con) acceso",
    "non (ho|dispongo di) accesso",
    "não (tenho|possuo|disponho de) acesso",
    "(没有|无法|不能)[权限|直接|实时](访问|获取|联网|查看|查询)[实时|最新|您的|你的|互联网]",
    "(リアルタイム|最新|インターネット|外部|個人)[の][情報|データ](に|へ)(アクセス|接続)",
    "アクセス(でき|する手段|する方法|がありません|権)",
)
_COMMENT = (
    ("(i|we) (have|had) no [further|additional|particular|opinion] (comment|comments|opinion|answer|response)"),
    (
        "(no comment|no further comment|can't comment|cannot comment|won't comment|i'd rather not say|"
        "decline to comment|prefer not to say|i'll pass)"
    ),
    "(kein kommentar|keinen kommentar|dazu äußere ich mich nicht|kann ich nicht kommentieren)",
    "(sans commentaire|pas de commentaire|aucun commentaire|je n'ai pas de commentaire|je préfère ne pas)",
    (
        "(sin comentarios|ningún comentario|no tengo comentarios|prefiero no comentar|prefiero no opinar|"
        "prefiero no decir)"
    ),
    (
        "(nessun commento|no comment|non ho commenti|preferisco non commentare|preferisco non dire|"
        "preferisco non esprimermi)"
    ),
    (
        "(sem comentários|nenhum comentário|não tenho comentários|prefiro não comentar|prefiro não dizer|"
        "prefiro não opinar)"
    ),
    "(无可奉告|不予置评|不予评论|不便评论|没什么可说|不作评论|不做评论|没有意见)",
    "(ノーコメント|コメントは控え|コメントは差し控え|コメントはでき|コメントはいたしかね|コメントを控え|コメントを差し控え|申し上げられません)",
)
_ASK = (
    "(not|un) (sure|certain|clear) (what|which|if) (you|you're|you are|you mean|exactly you|that's what)",
    "(not sure|don't) (i|quite) (understand|follow|get)",
    "(could|can|would) you (please|clarify|specify|tell|provide|give|share|let|elaborate|explain)",
    "what do you mean",
)
_GUESS = (
    (
        "i [would|do|'d] (think|believe|guess|suspect|suppose|imagine|assume|bet) [that] (it|it's|its|that's|"
        "he|he's|she|"
        "she's|they|they're|there|there's|this|these|the|a|an|most|some|maybe|probably|about|around|in|we're)"
    ),
    (
        "(ich glaube|ich denke|ich vermute|ich tippe|vermutlich|wahrscheinlich) [dass|auf] (es|er|sie|das|"
        "war|ist|der|die|in|auf)"
    ),
    "je (crois|pense|suppose|dirais) (que c'est|que c'était|que|qu'il|qu'elle|que le|que la)",
    "(creo|supongo|pienso|diría) que (es|era|fue|se|está|el|la|los|las)",
    "(credo|penso|suppongo|direi) che (sia|fosse|sia stato|sia stata|il|la|lo|si)",
    "(acho|creio|suponho|penso|diria) que (é|era|foi|seja|o|a|os|as)",
    "我(想|觉得|认为|猜|估计)(是|应该是|可能是|大概是)",
    "(だ|である|です)(と思います|と思う|かと思います)",
)

CUES: dict[str, tuple[str, ...]] = {
    "guess.answer": _GUESS,
    "abstention.unknown": _UNKNOWN,
    "abstention.nobody": _NOBODY,
    "abstention.unsaid": _UNSAID,
    "abstention.access": _ACCESS,
    "abstention.comment": _COMMENT,
    "abstention.ask": _ASK,
}
