"""Phrases in which a speaker takes something back, in eight languages.

``retract`` takes back what was just said; ``mistake`` owns an error; ``restart`` does it again; ``halt`` stops short
("wait") and counts only at the start of a sentence that is no instruction; ``slip`` counts only between two numbers;
``doubt`` finds that something does not fit; ``other`` holds the same words about somebody else, or about waiting and
errors as such.
"""

from __future__ import annotations

_EN_RETRACT = (
    "(scratch|strike) that",
    (
        "(scratch|strike|ignore|disregard|forget) (what i said|what i just said|my previous|my last|my earlier|"
        "that last|the above)"
    ),
    "(actually|oops|wait|hmm|hm|um|hold on|hang on) (no|nope)",
    "no (wait|hang on|hold on|sorry|scratch)",
    (
        "(no|actually|but|well|hmm|hm|wait|sorry|oops|ah) (that|this|it) (isn't|is not|can't|cannot|doesn't|does "
        "not|won't|wouldn't|wasn't) [quite|make|seem|be|look|add|seem to be] (right|correct|sense|up|possible|"
        "work|fit)"
    ),
    "(no|actually|hmm|hm|wait|sorry|oops|ah) (that|this|it) (was|is) (wrong|incorrect|off)",
    (
        "(no|actually|but|well|hmm|hm|wait|sorry|oops|ah) that's (wrong|incorrect|not right|not correct|not "
        "quite right|not it|not possible|impossible|not true|off|too high|too low|the old|not what|another|a "
        "different)"
    ),
    "(sorry|oops|or rather|i mean|ah) i (mean|meant|should have said|meant to say|misspoke)",
    "i (meant|misspoke) [to say|to write|to type]",
    "that's (wrong|incorrect|not right|not correct) (i|let|it|the|because|since)",
    (
        "(let me|i need to|i should|i must|i have to|i'd like to|allow me to|i want to|i will|i'll) (correct|"
        "amend|retract|take back|revise|fix) (that|this|myself|my|it|what i|the above|the previous)"
    ),
    "i (stand corrected|take that back|take it back|retract that|correct myself|must correct myself)",
    "(on|upon) [second|further] (thought|thoughts|reflection|reconsideration)",
    (
        "(on|upon) (closer|second|further) (inspection|look|examination|review) (i|my|the earlier|that|this|it "
        "turns|the previous|the first)"
    ),
    (
        "(apologies|apologize|sorry|oops|hmm|ah) (that|this|it) was (wrong|incorrect|not right|not correct|a "
        "mistake|my mistake|off)"
    ),
    "(hmm|oops|ah) actually",
    "(the above|what i wrote|what i said) (is|was) (wrong|incorrect|not right|not correct)",
    "(oops|whoops|ah) (that|it|this) should",
    "correction",
    ("(come to think of it|now that i think about it|thinking about it more|thinking again|thinking about it again)"),
)
_EN_MISTAKE = (
    (
        "(i|i've|i have|we|we've|we have) [just|actually|also|clearly] (made|make|introduced|spotted|noticed|"
        "found) (a|an|another|one|some|the) [small|slight|silly|careless|minor|big|little|calculation|arithmetic|"
        "sign|similar] (mistake|error|mistakes|errors|typo|slip|blunder|miscalculation)"
    ),
    (
        "(i|i've|i have|we've) [just|actually|mistakenly|accidentally|incorrectly|wrongly|carelessly|clearly|"
        "apparently|completely|initially|previously] (misread|misunderstood|miscounted|miscalculated|"
        "misremembered|misspoke|misstated|misinterpreted|mistyped|overlooked|overcounted|undercounted|"
        "double-counted|messed up|mixed up|mixed them up|confused|got it wrong|got that wrong|slipped up|dropped "
        "a|dropped the|forgot to|forgot the|forgot a|forgot that|missed the|missed a|missed that|skipped|flipped|"
        "swapped|used the wrong|gave you the wrong|gave the wrong|wrote the wrong|counted the|picked the wrong|"
        "applied the wrong|assumed wrongly|erred|said it wrong|was mistaken|was wrong|was incorrect|was off|was "
        "in error)"
    ),
    "i mistakenly (said|stated|wrote|used|assumed|added|gave|thought|counted|included|claimed)",
    (
        "i (previously|earlier|initially|first|incorrectly|wrongly) (said|stated|wrote|claimed|assumed|gave|"
        "calculated|counted|told|suggested)"
    ),
    "i said (earlier|before|above|previously|that wrong)",
    (
        "(my|the) (previous|earlier|last|first|initial|prior|above|original) (answer|response|message|statement|"
        "reply|claim|calculation|result|explanation|code|solution|attempt|figure|step|line|reasoning) (was|is|"
        "were|contained|contains|had|has|does not hold|doesn't hold|doesn't work) [not|a|an|in] (wrong|incorrect|"
        "mistaken|error|mistake|bug|flawed|off|inaccurate|correct|right|hold|work|bad|errors|mistakes)"
    ),
    "(earlier|previous) (claim|statement|answer) (does not|doesn't|didn't) (hold|work|stand)",
    (
        "(apologize|apologies|sorry|apologise) for (the|my|that|any|this) [earlier|previous|initial|above|"
        "careless] (mistake|error|mix-up|oversight|miscalculation|incorrect|wrong|mix|slip|inaccuracy)"
    ),
    (
        "(apologize|apologies|sorry|apologise) for (the|my|any) [earlier|previous|initial] (confusion|"
        "misunderstanding) (in my|earlier|above|caused|in the previous|in my previous|i gave|i said|i made)"
    ),
    ("for (the|my|any) (confusion|misunderstanding) . (the correct|you're right|you are right|it should|the right)"),
    (
        "(error|mistake|typo|bug|slip|flaw) in my (calculation|calculations|answer|response|previous|last|"
        "earlier|reasoning|work|code|above|reply|math|arithmetic|first|logic|initial|message|solution)"
    ),
    "my (mistake|bad|apologies i|error|oversight|fault)",
    "(you're|you are) [absolutely|completely|quite|totally] right i",
    (
        "(you're|you are) [absolutely|completely|quite|totally] right (to point|that i|my|and i|the|there|thank|"
        "sorry|it should)"
    ),
    ("(thank you|thanks) for (pointing|catching|spotting|the correction|correcting|noticing|letting me know about)"),
    "good catch",
    "(oops|whoops)",
)
_EN_RESTART = (
    (
        "let me (recompute|recalculate|redo|rethink|reconsider|re-examine|reexamine|re-evaluate|reevaluate|"
        "restart|start over|start again|try again|try that again|re-read|reread|recount|rephrase that|backtrack|"
        "think again|revise|rework|re-do|re-check that|go back|fix that|fix this|take that again|do that again|"
        "rewrite that|approach this differently|think about this differently|try a different|try another)"
    ),
    (
        "(redoing|recomputing|recalculating|reconsidering|rechecking|starting over|let's redo|let's recompute|"
        "let's recalculate|let's start over|let's reconsider|let's try again|let's rethink|let's backtrack)"
    ),
    (
        "i (need|have|should|'ll have|must) to (redo|recompute|recalculate|rethink|reconsider|start over|start "
        "again|backtrack|revise|fix)"
    ),
    ("i (should|must|'ll|will) (redo|recompute|recalculate|rethink|reconsider|start over|start again|backtrack)"),
)
_EN_SLIP = ("(i mean|make that|or rather|rather|no|sorry|er|uh)",)
_EN_HALT = (
    "wait",
    "(but|oh|no|hmm|ah|hm|okay|ok|so|uh) wait",
    "(hold on|hang on)",
    "(but|oh|no|hmm|ah|hm) (hold on|hang on)",
    "oh no",
    "hmm no",
)
_EN_DOUBT = (
    (
        "(that|this|it) (doesn't|does not|can't|cannot|didn't|isn't|is not|couldn't) [quite|seem|look|be|sound|"
        "make|add] (right|correct|sense|up|match|work|fit|possible|seem right|seem correct|look right|make sense|"
        "be right|be correct|quite right)"
    ),
    "that's (not|wrong|incorrect) [right|correct|quite right|possible|wrong]",
    "something (is|'s|went|seems) (wrong|off|not right|amiss)",
    "something's (wrong|off|not right|amiss)",
    ("(there|here) (is|seems to be|must be|appears to be|was) (a|an|some) (mistake|error|contradiction|discrepancy)"),
    "(which|this) (contradicts|is a contradiction)",
    ("(but|though) (it should|that should|the problem says|the question says|the sum should|the total should|it says)"),
    "but (actually|in fact)",
)
_EN_OTHER = (
    (
        "(wait|hold on|hang on) (for|until|till|a|an|at|about|while|one|two|three|five|ten|1|2|3|5|10|15|20|30|"
        "60|times|time|list|to|and|before|in|no|by|here|there's|its|until|your|some|another|as|longer|patiently|"
        "up|is|tight|on|with|states|staff|room|times)"
    ),
    (
        "(can't|please|must|should|to|will|you|then|and|or|not|don't|long|worth|couldn't|cannot|of|the|just|your|"
        "would|could) wait"
    ),
    "(please|just|and|to) (hold on|hang on)",
    "but wait there's",
    "actually no (one|other|longer|matter|need|such|problem|two|single)",
    "for catching up",
    "good catch (phrase|phrases|all|basin)",
    "wait there's more",
    (
        "if (i|we|you) (made|make|misread|misunderstood|forgot|missed|overlooked|was|get|got|'ve made|have made) "
        "[a|an|any|the|some] [mistake|error|wrong]"
    ),
    (
        "(you|he|she|they|who|author|authors|engineer|team|company|writer|student|paper|code|it) (made|make|"
        "makes|made up|had made|has made) (a|an|one|some|another) (mistake|error)"
    ),
    ("(you|he|she|they) (said|stated|wrote|claimed|misread|misunderstood|miscounted|forgot|overlooked|confused)"),
    (
        "(error|color|auto|printed a|published a|issued a|a|the|this|for|market|price|spelling|grammar|your|"
        "needs|ready for) correction"
    ),
    "correction (code|codes|fluid|factor|tape|term|facility|of|to the|is|was|rate|in the)",
    "what i (mean|meant)",
    "i mean (it|that|business|well|by)",
    "(how|what|that) i mean",
    "(wait|actually) not",
    "(sorry|apologize|apologies|apologise) for (the|any) (inconvenience|wait|delay|trouble|long)",
    "no (not|that's fine|that's all|that's okay|it is not|it isn't|this is not)",
    "(you're|you are) right (to be|to ask|about the|to worry|to feel|to think)",
    "(thank you|thanks) for (letting me know|noticing me)",
    "(i|we) never (said|meant)",
    "(not|no) oops",
    "print oops",
)
_DE = (
    (
        "(streich|streiche|streichen) [sie] (das|dies)",
        "(nein|moment|halt|warte|stopp|hoppla|ach|äh) (das|nein|doch|so|ich|es|falsch|stimmt|ist|da)",
        "(korrektur|pardon|ich meine|ich meinte|besser gesagt|genauer gesagt|vielmehr|ich nehme das zurück)",
        "(muss|möchte|darf) ich (mich|das|mir) [selbst|hier] (korrigieren|berichtigen|verbessern)",
        "(ich|da) (muss|möchte) (mich|das) [selbst|hier] (korrigieren|berichtigen|verbessern)",
        "(bei näherer|bei genauerer) (betrachtung|überlegung|hinsehen|prüfung)",
    ),
    (
        (
            "(habe|hatte) (ich|mich) [mich|da|hier|oben|leider] (geirrt|verrechnet|vertan|verlesen|verzählt|"
            "verschrieben|getäuscht|übersehen|verwechselt)"
        ),
        (
            "ich (habe|hatte) [mich|da|hier|oben|leider|einen] [einen|mich] (geirrt|verrechnet|vertan|verlesen|"
            "verzählt|verschrieben|getäuscht|fehler gemacht|falsch gerechnet|etwas übersehen|etwas verwechselt)"
        ),
        "(mein|mir ist ein|da ist mir ein) (fehler|irrtum|versehen) [unterlaufen]",
        ("(meine) (vorherige|vorige|frühere|erste|letzte) (antwort|aussage|rechnung|nachricht) (war|ist|enthielt)"),
        (
            "(entschuldigung|entschuldigen sie|verzeihung) [sie] (für|den|das) [den|meinen|die] (fehler|irrtum|"
            "verwechslung|versehen)"
        ),
        "sie haben recht ich",
        "du hast recht ich",
    ),
    (
        "(noch einmal|nochmal) (von vorn|von vorne|rechnen|nachrechnen)",
        (
            "(ich rechne|lass mich|lassen sie mich|rechnen wir) [das] (noch einmal|nochmal|neu|nachrechnen|"
            "überdenken|korrigieren)"
        ),
        "(ich|da) fange [ich] (neu|noch einmal|von vorn)",
    ),
    ("(moment mal|warte mal|halt moment)",),
    ("(das|da) (kann|stimmt|passt|geht) [ja|so|doch|aber] nicht [stimmen|sein|auf]",),
    ("(sie|du) (haben|hast) [sich|dich] (geirrt|verrechnet|vertan)", "einen moment bitte"),
)
_FR = (
    (
        "(attendez|attends|non|oups|ah|euh|minute) (non|ce n'est|c'est faux|c'est incorrect|je me|j'ai|pas)",
        (
            "(correction|rectification|je voulais dire|ou plutôt|plus exactement|je rectifie|je me corrige|je retire|"
            "oubliez ce que)"
        ),
        "(à la réflexion|réflexion faite|à y regarder de plus près|après réflexion)",
        "(je dois|permettez-moi de) (me corriger|corriger|rectifier)",
    ),
    (
        "je me suis (trompé|trompée|emmêlé|mal exprimé)",
        ("j'ai (fait une erreur|commis une erreur|mal lu|mal compris|mal calculé|confondu|oublié de|mal compté)"),
        "(erreur de ma part|c'est mon erreur|mon erreur|au temps pour moi|autant pour moi)",
        "ma (réponse|affirmation) (précédente|antérieure) (était|contenait|est)",
        "(désolé|pardon|excuses|excusez-moi) pour (l'erreur|la confusion|cette erreur|mon erreur)",
        "vous avez raison (je|j'ai)",
    ),
    (
        (
            "(je recommence|recommençons|reprenons|recalculons|je recalcule|je reprends|je refais) [le calcul|depuis "
            "le début]"
        ),
        "laissez-moi (recalculer|reprendre|recommencer|corriger)",
    ),
    ("(attendez|attends|un instant|une minute)",),
    ("(ça|cela|ce) (ne va|n'est|ne peut|ne colle) pas [être] [juste|correct|possible|exact]",),
    ("(attendez|attends) (que|le|la|les|votre|un|une|jusqu'à|avant|quelques|de|cinq|dix)", "vous vous êtes trompé"),
)
_ES = (
    (
        "(espera|espere|no|perdón|ups|ay|eh) (no|eso no|está mal|me equivoqué|me he|quise|eso está)",
        "(corrección|rectifico|quise decir|quería decir|mejor dicho|me corrijo|me retracto|olvida lo que)",
        "(pensándolo bien|pensándolo mejor|mirándolo bien)",
        "(debo|déjame|permítame|permíteme) (corregirme|corregir|rectificar|corregirlo)",
    ),
    (
        (
            "(me equivoqué|me he equivocado|me confundí|me he confundido|cometí un error|he cometido un error|leí "
            "mal|he leído mal|calculé mal|conté mal|fue mi error|es mi error|error mío|fallo mío|se me olvidó|"
            "entendí mal)"
        ),
        "mi (respuesta|afirmación|mensaje) anterior (era|fue|contenía|tenía|estaba)",
        ("(perdón|disculpa|disculpe|disculpas|lamento|siento) [por] (el error|la confusión|mi error|el lapsus)"),
        "(tienes|tiene) razón (me|cometí|yo)",
    ),
    (
        (
            "(vuelvo a|volvamos a|voy a|déjame|vamos a) (calcular|calcularlo|empezar|recalcular|rehacer|hacerlo de "
            "nuevo|revisarlo)"
        ),
        "(empecemos|empiezo) de nuevo",
    ),
    ("(espera|espere|un momento)",),
    ("eso no (es correcto|puede ser|está bien|cuadra|tiene sentido)",),
    (
        "(espera|espere) (a|que|el|la|unos|cinco|diez|un|una|hasta)",
        "un momento (por|que|de)",
        "(te equivocaste|se equivocó)",
    ),
)
_IT = (
    (
        "(aspetta|aspetti|no|ops|scusa|scusi|ehm) (no|non è|è sbagliato|mi sono|ho|volevo)",
        "(correzione|rettifico|volevo dire|o meglio|anzi no|mi correggo|ritiro)",
        "(ripensandoci|a ben pensarci|pensandoci meglio|a ben guardare)",
        "(devo|lasciami|mi lasci|permettimi di|mi permetta di) (correggermi|correggere|rettificare)",
    ),
    (
        (
            "(mi sono sbagliato|mi sono sbagliata|ho sbagliato|ho commesso un errore|ho fatto un errore|ho letto "
            "male|ho calcolato male|ho confuso|ho dimenticato di|ho capito male|errore mio|è un mio errore)"
        ),
        "la mia (risposta|affermazione) precedente (era|conteneva|è)",
        "(scusa|scusi|scusate|mi scuso) per (l'errore|la confusione|il mio errore)",
        "hai ragione (mi|ho)",
        "ha ragione (mi|ho)",
    ),
    (
        ("(ricalcoliamo|ricalcolo|ricominciamo|ricomincio|rifaccio|rifacciamo|riproviamo) [il calcolo|da capo]"),
        "lasciami (ricalcolare|rifare)",
    ),
    ("(aspetta|aspetti|un attimo)",),
    ("non (può essere|torna|è giusto|è corretto|quadra) [giusto|corretto]",),
    (
        "(aspetta|aspetti) (che|il|la|un|cinque|dieci|fino|qualche)",
        "un attimo (di|per|prima)",
        "ti sei sbagliato",
        "non torna (a|al|in|mai|più)",
    ),
)
_PT = (
    (
        ("(espera|espere|não|ops|opa|desculpe|peraí|bem) (não|isso não|está errado|eu errei|me enganei|quis|errei)"),
        ("(correção|retifico|quis dizer|queria dizer|ou melhor|melhor dizendo|me corrijo|corrijo-me|esqueça o que eu)"),
        "(pensando bem|pensando melhor|olhando melhor|reconsiderando)",
        "(preciso|devo|deixe-me|permita-me) (me corrigir|corrigir|retificar|corrigir-me)",
    ),
    (
        (
            "(me enganei|enganei-me|me confundi|eu errei|cometi um erro|li errado|calculei errado|contei errado|"
            "entendi errado|erro meu|falha minha|foi erro meu|eu esqueci de|fiz um erro)"
        ),
        "minha (resposta|afirmação|mensagem) anterior (estava|era|continha|tinha)",
        "(desculpe|desculpa|perdão|peço desculpas) (pelo|pela) (erro|confusão|engano)",
        "(você tem razão|tens razão) (eu|me|errei|cometi)",
    ),
    (
        (
            "(recalculando|vou recalcular|vamos recalcular|vou refazer|vamos refazer|deixe-me refazer|deixe-me "
            "recalcular|começar de novo|recomeçando)"
        ),
    ),
    ("(espera|espere|peraí|um momento)",),
    ("isso não (está certo|está correto|pode ser|faz sentido|bate|fecha)",),
    ("(espera|espere) (o|a|até|por|que|um|uns|cinco|dez|alguns)", "um momento (por|de|que)", "você (se enganou|errou)"),
)
_ZH = (
    (
        "(等等|等一下|不对|哦不|不|慢着|抱歉|啊) (不对|不是|应该是|我|错了|这样不对)",
        (
            "(等等不对|等一下不对|等等我|不对应该|不对应为|更正一下|更正|我更正|纠正一下|应该说|准确地说应该|我收回|"
            "重新想了想|仔细一想|再想想)"
        ),
        "(不对|错了) (应该是|应为|正确的)",
    ),
    (
        (
            "(我弄错了|我搞错了|我算错了|我说错了|我记错了|我看错了|我犯了|我之前说|我刚才说|我之前的回答|我上面的|"
            "我的错|我漏了|我忽略了|我误解了|我混淆了|我数错了|是我错了)"
        ),
        "(抱歉|对不起) (我刚才|我之前|刚才的|之前的|前面的|我上面)",
        "(您说得对我|你说得对我)",
    ),
    ("(重新计算|重新算|让我重新|我重新|重来一遍|再算一遍|让我们重新)",),
    ("(等等|等一下|慢着)",),
    ("(这不对|这样不对|这不合理|好像不对|不太对)",),
    ("(请等一下|请稍等|等等等|重新计算机)", "(您|你) (弄错了|搞错了|算错了|说错了)"),
)
_JA = (
    (
        (
            "(いや違います|いや違う|いえ違います|違いました|ではなく正しくは|訂正します|訂正です|訂正いたします|訂正|"
            "言い直します|正しくは|取り消します|よく考えると|考え直すと|よく見ると)"
        ),
        "(待って|待てよ|あれ|おっと) (違|間違|いや)",
    ),
    (
        (
            "(間違えました|間違えていました|間違っていました|誤りでした|誤っていました|計算ミス|計算を間違|"
            "読み間違え|勘違いしていました|勘違いでした|見落としていました|私の間違い|私の誤り|数え間違え|"
            "先ほどの回答は|先ほどの説明は|前回の回答は|ご指摘の通り)"
        ),
    ),
    ("(計算し直|やり直します|やり直しましょう|もう一度計算|再計算|考え直し|最初からやり)",),
    ("(ちょっと待って|待てよ|待ってください いや)",),
    ("(おかしいです|おかしいな|合いません|つじつまが合わ)",),
    ("(お待ちください|少々お待ち|自動訂正|誤り訂正)",),
)

_NAMES = ("retract", "mistake", "restart", "halt", "doubt", "other")
_EN = (_EN_RETRACT, _EN_MISTAKE, _EN_RESTART, _EN_HALT, _EN_DOUBT, _EN_OTHER)
_BY_LANGUAGE = (_EN, _DE, _FR, _ES, _IT, _PT, _ZH, _JA)
CUES: dict[str, tuple[str, ...]] = {
    f"self_correction.{cue}": tuple(phrase for phrases in kinds for phrase in phrases)
    for cue, kinds in zip(_NAMES, zip(*_BY_LANGUAGE, strict=True), strict=True)
} | {"self_correction.slip": _EN_SLIP}
