"""Phrases that voice doubt, in eight languages, and those that only look as if they did.

``doubt`` is the speaker's own ("I'm not sure"); ``likely`` leaves the fact open ("probably"); ``modal`` leaves it open
a little ("may be"); ``idle`` holds the same words and voices nothing ("might as well", "I believe in you").
"""

from __future__ import annotations

from routing.behaviors.phrasing.cues.hedging_romance import ROMANCE

_NOT_QUITE = (
    "[entirely|completely|totally|quite|fully|absolutely|really|exactly|too|so|very|100|a hundred percent|all that]"
)
_SOME = "[entirely|complete|absolute|any|full|total|real]"

_EN_DOUBT = (
    f"(i'm|i am|im|we're|we are) not {_NOT_QUITE} (sure|certain|positive|confident|clear)",
    f"not {_NOT_QUITE} (sure|certain|positive|confident) (but|if|whether|about|though|tho|that|which|what|how|why)",
    "not (entirely|completely|totally|quite|fully|absolutely|100|too) (sure|certain|confident)",
    ("(i'm|i am) (unsure|uncertain|a bit unsure|a little unsure|guessing|speculating|inclined|leaning|not aware)"),
    (
        "(i'm|i am) (fairly|pretty|reasonably|relatively|somewhat|moderately|almost|about|only|maybe) [about|"
        "only|maybe|60|70|75|80|85|90|95|99] (sure|certain|confident|positive)"
    ),
    f"(i|we) (can't|cannot|can not|couldn't|could not) be {_NOT_QUITE} (sure|certain|confident)",
    "(i|we) (can't|cannot|can not) say [that] (for sure|for certain|definitively)",
    f"(can't|cannot|can not|say|state|know|tell) (for|with) {_SOME} (sure|certain|certainty|confidence)",
    (
        "(i|we) (can't|cannot|can not|couldn't|am unable to|was unable to|haven't been able to) [independently|"
        "fully] (verify|confirm|guarantee|vouch)"
    ),
    ("(i|we) (haven't|have not|didn't) [actually|yet] (verified|tested|checked|confirmed|run|double-checked|tried)"),
    ("(i|we) (don't|do not) [actually|really|yet] know (for sure|for certain|exactly|whether|if|enough|the exact)"),
    "i (don't|do not) know",
    "(i'd|i would) (want|need|have) to (see|check|verify|confirm|double|look|know more)",
    "(hard|difficult|tough|tricky|impossible) [for me] to (say|tell|know|be sure|pin down|be certain)",
    "i (think|believe|guess|suspect|suppose|assume|imagine|gather|reckon|presume|vaguely)",
    (
        "(i'd|i would) [probably|rather|have to|also|personally|still|tentatively] (guess|estimate|imagine|wager|"
        "lean|expect|venture|hazard|assume|suspect|bet|think)"
    ),
    "i'd say",
    "i (want|would hesitate|hesitate) to say",
    ("i (lean|tend to think|tend to believe|seem to recall|seem to remember|vaguely recall|vaguely remember)"),
    "i (wouldn't|would not) (bet|swear|count|stake|rely|call it|be surprised|hold me)",
    (
        "my [best|rough|educated|working|first|initial|gut] (guess|estimate|hunch|understanding|impression|sense|"
        "recollection|suspicion|hypothesis|reading|bet|feeling)"
    ),
    ("(as|so) far as (i|we) (know|can tell|can see|remember|recall|understand|am aware|'m aware|i'm aware)"),
    "as far as (i'm|i am) (aware|concerned)",
    "to [the best of] (my|our) [current] (knowledge|recollection)",
    "to [the best of] my [current] understanding",
    ("if (i|my) (remember|recall|recollect|understand|am not|read|memory) [it|this|that|serves|this right]"),
    "if (i'm|i am|i've|i have) (not mistaken|remembering|reading|read|understood|recalling)",
    "if memory serves",
    ("from what (i|we|i've|we've) [can|have] (tell|know|understand|remember|recall|gather|read|heard|see|seen)"),
    (
        "(i|we) (could|may|might) [well|easily|also|very well] be (wrong|mistaken|off|misremembering|missing|"
        "misreading|incorrect|confusing|biased|mixing)"
    ),
    (
        "(i|we) (could|may|might) [well|easily] have (it wrong|misread|missed|misremembered|misunderstood|made a "
        "mistake|this wrong)"
    ),
    "(could|may|might) be (wrong|mistaken|off by|misremembering|missing something)",
    "unless (i'm|i am|i) (mistaken|wrong|missing|misread|misremember|misremembering)",
    "correct me if (i'm|i am) (wrong|mistaken)",
    "(don't|do not) (quote me|hold me|take my word|take this as gospel)",
    "(with some|with a degree of) caution",
    "(grain|pinch) of salt",
    ("i have (a feeling|a hunch|the impression|a nagging|some doubts|doubts|my doubts|a suspicion|no way of knowing)"),
    (
        "i (don't|do not) have (definitive|reliable|exact|precise|complete|up-to-date|enough|specific|definite|"
        "firm) (information|data|details|figures|evidence|confirmation)"
    ),
    (
        "(just|only|merely|purely) (a guess|guessing|speculating|speculation|my guess|an educated guess|a hunch|"
        "an estimate)"
    ),
    "(speculation|speculative|guesswork|conjecture) (on my part|at this point|here|only)",
    (
        "(this|that|it) is [a bit|somewhat|purely|highly|all|largely|pure] (speculative|speculation|conjecture|"
        "guesswork|an educated guess|a guess)"
    ),
    "as of my (last|latest|most recent|knowledge) [knowledge|training] (update|cutoff|data|training)",
    "my (information|knowledge|data|training|answer|memory) (may|might|could) [not|also] (be|have)",
    (
        "(may|might|could) (have changed|be outdated|be out of date|be inaccurate|not be accurate|not be up to "
        "date|be incorrect|not be correct|be different by now|contain errors|not reflect|be incomplete)"
    ),
    (
        "(please|do|you should|you may want to|you might want to|i'd|i'd recommend|i recommend|i'd suggest|but|"
        "so|best to) (verify|verifying|double-check|double check|double checking|cross-check|verify this|confirm "
        "this|confirming) [this|that|it|these|the|with|on|against|for]"
    ),
    "(not|without) (knowing|seeing) [more|all|the] (the details|more|the rest|the logs|the code|rest)",
    "without (more|further) (information|context|details|data)",
    "(i'm|i am) (no|not a|not an) (expert|lawyer|doctor|physician|financial)",
    "honestly (could|not sure|hard|tough)",
    "could go either way",
    "(no idea|idk|iirc|afaik|imho|afaict)",
    (
        "(the|its|their|his|her) (exact|precise|true|actual) [number|date|figure|cause|origin|reason|value|"
        "meaning|details] (is|are|remains|remain) (unknown|uncertain|unclear|not known|disputed|debated|not "
        "certain|a mystery)"
    ),
)
_EN_LIKELY = (
    (
        "(probably|likely|perhaps|maybe|possibly|presumably|apparently|seemingly|supposedly|conceivably|arguably|"
        "ostensibly|unlikely|plausibly|purportedly|reportedly|allegedly|potentially)"
    ),
    "(seems|appears|looks) (to|that|like|as|as if|as though|plausible|likely|reasonable|related)",
    "(it|this|that|there|he|she|they) (seem|seems|appear|appears)",
    (
        "(may|might|could) (well|very well|just|also|perhaps|possibly|conceivably|potentially) [as well] (be|"
        "have|mean|point|include|reflect)"
    ),
    ("(it|this|that|he|she|there|which|they) (may|might) (be|have|not be|also be|have been|well be|even be)"),
    "(it|this|that|there|which) could [also|well|even|just|simply|just as well] be",
    ("could (have been|be either|be any of|be that|be because|be due|be related|be a number|be one of|be several)"),
    (
        "(might|may) (have been|be that|be due|be because|be related|be caused|be possible|indicate|suggest|"
        "point to|reflect|be a sign)"
    ),
    (
        "(it's|it is|it's also|is|remains|seems|quite|entirely|also|be) (possible that|probable|plausible|"
        "conceivable|possible the|possible it|unclear|uncertain|unknown|not clear|not certain|not known|not "
        "entirely clear|not fully understood|not well understood|debatable|speculative|inconclusive|disputed|"
        "contested|unproven|open to debate|open to interpretation|a matter of debate|tentative|not established|"
        "anyone's guess)"
    ),
    (
        "(there's|there is) [also|always|still|at least] (a|some|the) [good|small|slight|real|fair|decent|"
        "strong] (chance|possibility|likelihood|doubt|uncertainty|probability|debate|risk that|disagreement|"
        "ambiguity)"
    ),
    (
        "(there's|there is) (no consensus|no clear answer|no definitive answer|no single answer|no way to know|"
        "no conclusive|no definitive|no certainty|considerable uncertainty|conflicting evidence|limited evidence)"
    ),
    (
        "(in all likelihood|in all probability|chances are|odds are|as likely as not|more likely than not|by "
        "some accounts|so it seems|it would seem|it would appear)"
    ),
    (
        "(evidence|data|research|studies|results|findings|result|literature) (suggests|suggest|may|might|hint|"
        "hints|is mixed|are mixed|is limited|remains limited|is inconclusive|are inconclusive|appear|appears|"
        "seem|seems|point|points)"
    ),
    (
        "(more|further|additional) (research|study|studies|evidence|work|investigation|data) (is|are|would be|"
        "may be) (needed|required|necessary)"
    ),
    (
        "(is|are|was|were) [generally|widely|often|usually|sometimes|now] (believed|thought|assumed|said|rumored|"
        "suspected|estimated|presumed|attributed|alleged|reputed|speculated)"
    ),
    (
        "(some|many|most) (scholars|historians|experts|researchers|scientists|sources|critics) (believe|think|"
        "suggest|argue|put|speculate|estimate|claim)"
    ),
    (
        "(scholars|historians|experts|researchers|scientists|sources|courts|opinions|accounts|estimates|"
        "interpretations|critics) (disagree|debate|differ|vary|are divided|have disagreed|continue to debate|"
        "conflict|range|have gone both ways)"
    ),
    (
        "one (possible|plausible|likely|potential) (interpretation|explanation|reading|reason|cause|answer|"
        "scenario|hypothesis)"
    ),
    ("the most (plausible|likely|probable) (reading|explanation|interpretation|answer|reason|cause|culprit|scenario)"),
    "(it|this|that) might",
    "(reports|records|sources) (indicate|suggest|differ)",
    "could be ... could be",
    "(possible|plausible|likely|potential) (explanation|explanations|interpretation|culprit|suspect)",
    (
        "(give or take|in the ballpark|ballpark figure|rough estimate|rough guess|educated guess|best guess|"
        "something like that|or thereabouts)"
    ),
    "somewhere (between|around|in the|near)",
    "sometime (in|around|between)",
    "(uncertain|unclear|unknown) (whether|if|how|what|why|when|who)",
    "not (clear|known|certain|established|obvious) (whether|if|how|what|why|when|who|that|which)",
    "(assuming|provided) [that] (i've|i|the|this|nothing|my)",
    "(hard|difficult|impossible) to (predict|determine|judge|estimate)",
)
_EN_MODAL = (
    (
        "(may|might|could) (be|have|indicate|suggest|reflect|mean|result|vary|differ|explain|occur|not|also|"
        "contribute|involve|change|depend|stem|arise)"
    ),
    "(approximately|roughly|relatively|somewhat|generally|typically|usually|often|sometimes)",
    "(tend|tends) to",
    "(it|that) depends on",
    (
        "(to some extent|in some cases|in many cases|more or less|in part|suggests that|suggest that|indicates "
        "that|indicate that)"
    ),
)
_EN_IDLE = (
    "(may|might|could) as well",
    "i (believe|think) (in|of|about|you|therefore|so highly|like|i am|you'll|you're)",
    (
        "(do|did|what|when|where|how|would|should|if|which|why) [i|you|they|we] (i|you|they|we) (think|believe|"
        "guess|suppose)"
    ),
    "(don't|do not|didn't) (i|we) think",
    "i (guess|suppose) (what|you)",
    (
        "(you|we|one|users|visitors|customers|guests|anyone|everyone|students|members|people|applicants) (may|"
        "might|could) [also|not|then|still|even|now|well] [be|have]"
    ),
    "(may|could) (i|you|we)",
    "(come|whatever|as the case) [it] may [come|be]",
    (
        "(theresa|brian|in|early|mid|late|since|until|by|last|next|every|this|on|of|1|2|3|4|5|6|7|8|9|10|15|20|"
        "30|31) may"
    ),
    "may (1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23|24|25|26|27|28|29|30|31|1st|day)",
    "(his|her|their|all|with|its|of|military|the) might",
    "(possible|potential|probable|likely) (causes|outcomes|solutions|uses)",
    "as (likely|much as possible|soon as possible|far as possible|possible)",
    "(if|where|whenever|as) possible",
    "(word|words|adverb|adverbs|term|mean|means) [of] (maybe|perhaps|probably|possibly)",
    "(not|no) [very|at all] unlikely",
    "could (be used|be found|be seen|be added|be done|not be more|be happier)",
    (
        "may (be used|be found|be reached|be added|be needed|be required|be entered|not be used|be returned|"
        "apply|take|use|be helpful)"
    ),
    "might (be interested|want|enjoy|like|be helpful|be wondering|need)",
    "couldn't be",
    "(more|less|most|least) likely to",
    "most likely (class|token|label|word|outcome|value|label|state)",
    "i believe (everyone|we can|we should|every)",
    "(if|whenever|when) (you|you're|you are) (not|unsure) [sure|certain|entirely]",
    "i believe (my|that my|i would|i have|would|shall|will|makes|make)",
    (
        "i (think|believe) [that] (that's|it's|this is|it is|you) (great|wonderful|awesome|fantastic|a great|"
        "amazing|lovely)"
    ),
)

_DE = (
    (
        (
            "(bin|wäre) [ich] [mir] [da|hier|dabei|aber|leider] (nicht|nicht ganz|nicht hundertprozentig|nicht "
            "völlig|nicht 100|nicht absolut|nicht so|nicht vollkommen) (sicher|gewiss)"
        ),
        "(nicht|ganz|hundertprozentig|100|so|völlig) sicher (bin|weiß|ist|sagen|aber|ob)",
        "[ganz] sicher bin ich [mir] [da|aber] nicht",
        "(bin|ist) [ich] mir (unsicher|ziemlich sicher|relativ sicher|recht sicher|fast sicher)",
        "(bin|wäre) ich [mir] (unsicher|ziemlich sicher|relativ sicher|recht sicher|fast sicher)",
        (
            "ich (glaube|vermute|denke|schätze|nehme an|meine|tippe|würde sagen|würde schätzen|würde vermuten|würde "
            "tippen|würde mal|würde eher|gehe davon aus|habe das gefühl|habe den eindruck)"
        ),
        "(glaube|vermute|denke|schätze|würde|tippe|meine) ich",
        "(kann|könnte|mag) (mich|ich mich) [aber|auch|da|natürlich] (irren|täuschen|auch irren)",
        "wenn ich mich (nicht irre|recht erinnere|richtig erinnere|nicht täusche)",
        (
            "(soweit|soviel) (ich|mir) (weiß|sehe|sehen kann|bekannt|bekannt ist|sagen kann|beurteilen kann|mich "
            "erinnere)"
        ),
        "(meines|unseres) (wissens|erachtens)",
        (
            "(nach|meiner) (meinem|besten|nach|einschätzung|vermutung) [nach] (wissen|kenntnis|kenntnisstand|"
            "einschätzung)"
        ),
        "(weiß|wissen) (ich|wir) [es|das] [leider|aber|auch|selbst] nicht [genau|sicher|ob]",
        (
            "(kann|könnte) [ich|man] [das|es|dir|ihnen] [leider|aber|so|hier] nicht [mit] (sicher|sicherheit|genau|"
            "bestätigen|überprüfen|garantieren|verifizieren|mit sicherheit)"
        ),
        "(schwer|schwierig) (zu sagen|zu beurteilen|einzuschätzen|vorherzusagen)",
        (
            "(ohne gewähr|aus dem bauch heraus|über den daumen|keine ahnung|so um den dreh|reine spekulation|nur "
            "eine vermutung)"
        ),
        (
            "(mit vorsicht|bitte prüfen|bitte überprüfen|nagel mich|nageln sie mich) [sie] [das|dies] [zu genießen|"
            "nicht|nach]"
        ),
        "(stand meines|stand meiner) letzten (updates|aktualisierung|trainings)",
    ),
    (
        (
            "(wahrscheinlich|vermutlich|vielleicht|möglicherweise|eventuell|womöglich|wohl|anscheinend|offenbar|"
            "angeblich|mutmaßlich|scheinbar|höchstwahrscheinlich|gegebenenfalls|unwahrscheinlich)"
        ),
        "(könnte|dürfte|könnten|dürften|mag) ... (sein|haben|liegen|werden|stimmen|handeln|bedeuten)",
        "(es|das) (könnte|dürfte|mag|kann) [auch|aber|gut|durchaus] sein",
        (
            "(ist|wäre|scheint) [es] [gut|durchaus|auch] (möglich|denkbar|unklar|ungewiss|ungeklärt|umstritten|"
            "fraglich|nicht klar|nicht gesichert|nicht sicher|nicht bekannt|nicht eindeutig|unsicher|nicht geklärt)"
        ),
        "(scheint|scheinen) [es|das|mir]",
        "(sieht|klingt|wirkt) [so|danach|ganz] (aus|so|als|danach) [als]",
        "(deutet|deuten|spricht|sprechen) [vieles|einiges|alles|dies] (darauf|dafür)",
        (
            "(nicht gesichert|unter umständen|sind sich uneins|sind sich darüber uneins|gehen auseinander|aller "
            "voraussicht|soll angeblich|je nachdem)"
        ),
        "gesichert ist das nicht",
        ("(schätzungen|quellen|forscher|historiker|experten) (zufolge|gehen|streiten|vermuten|variieren|sind uneins)"),
    ),
    (("(etwa|ungefähr|circa|ca|rund|meist|meistens|oft|in der regel|tendenziell|könnte|könnten|dürfte|dürften)"),),
    (
        "(könntest|könnten|könnte) (du|sie|ich|ihr|bitte)",
        "(sie|du|man|wir|ihr) (könnten|könntest|könnte|dürfen|darfst|dürften|können|kannst)",
        "ich glaube an",
        "(was|wie|wenn) (glauben|denken|meinen|glaubst|denkst|meinst) (sie|du)",
        "ich denke an",
        "(sowohl als|wohl auch|sehr wohl|zum wohl|wohl fühlen|wohl oder übel|mögen sie)",
        "so (wahrscheinlich|wohl) wie",
    ),
)
_ZH = (
    (
        (
            "(不太确定|不确定|不敢确定|不能确定|无法确定|不能肯定|不敢肯定|不太清楚|不是很确定|不完全确定|无法确认|"
            "无法保证|不敢保证|没把握|没有把握|说不准|说不好|难说|很难说|不好说|不太肯定|并不确定|拿不准|不敢说|"
            "无法核实|不清楚|不知道)"
        ),
        (
            "(据我所知|就我所知|如果我没记错|如果没记错|我没记错的话|我记得好像|我猜|我想|我觉得|我认为|我估计|"
            "我推测|我怀疑|在我看来|依我看|我的理解是|个人认为|凭印象)"
        ),
        "(我可能|可能我|也许我|我或许) (记错|弄错|错|搞错|有误|不准)",
        "(仅供参考|请以|建议核实|请核实|建议您核实|不一定准确|可能不准确|可能已过时|可能有变)",
    ),
    (
        (
            "(可能|也许|大概|或许|似乎|好像|大约是|恐怕|估计|应该是|大致|据说|据称|看起来|看来|看样子|疑似|多半|"
            "很可能|有可能|想必|未必|不一定|貌似|兴许)"
        ),
        (
            "(尚无定论|尚不清楚|尚不明确|存在争议|有争议|不得而知|有待|说法不一|众说纷纭|无从得知|尚未证实|未经证实|"
            "尚待)"
        ),
    ),
    ("(大约|左右|通常|一般|往往|一般来说|某种程度)",),
    (
        "(不可能|尽可能|可能性|一切可能|竭尽可能|没可能|可能会问|有没有可能)",
        "(一般会|您可能需要|你可能需要|您可能想|你可能想|可能的话)",
        "(大概率论|大概念|概率)",
        "(你觉得|您觉得|你认为|您认为)",
    ),
)
_JA = (
    (
        (
            "(確かではありません|確かではない|確信が持てません|確信はありません|確信がない|自信はありません|"
            "自信がありません|自信はない|自信がない|定かではありません|定かではない|はっきりしません|はっきりとは|"
            "断言できません|断言はできません|断定できません|断定はできません|わかりません|分かりません|わからない|"
            "分からない|確認できません|確認できていません|保証できません|保証はできません|正確ではない|正確でない|"
            "なんとも言えません|何とも言えません|言い切れません|不確か|うろ覚え)"
        ),
        (
            "(私の知る限り|私の知るかぎり|知る限りでは|私の理解では|記憶が正しければ|私の記憶では|私の記憶が|"
            "間違っているかもしれません|間違っていたら|間違いかもしれません)"
        ),
        (
            "(と思います|と思われます|と思う|と思って|と考えられます|と推測|と推察|と見られ|とみられ|気がします|"
            "気がする|印象です)"
        ),
        "(参考程度|ご確認ください|確認してください|念のため確認)",
    ),
    (
        "(かもしれません|かもしれない|かも知れません|かも知れない|かもね|かもです|かもしれん)",
        (
            "(おそらく|恐らく|たぶん|多分|もしかすると|もしかしたら|ひょっとすると|ひょっとしたら|どうやら|おおむね|"
            "およそ|推定|らしい|みたいです|みたいだ|ようです|ようだ|ようで|でしょう|だろう|じゃないかな|ではないか|"
            "ではないでしょうか|可能性|はずです|はずだ|一説|諸説|と言われて|とされて|とみられ|見込み|そうです)"
        ),
        "可能性(が|は|も)(あり|ある|高|低|否定|考えられ)",
        (
            "(不明です|不明で|未確定|議論が分かれ|意見が分かれ|明らかではありません|明らかになっていません|"
            "明確ではありません)"
        ),
    ),
    ("(くらい|ぐらい|ほど|頃|程度|一般的に|通常)",),
    (
        ("(いかがでしょう|どうでしょう|よろしいでしょう|ましょう|どちらでしょう|何でしょう|なんでしょう|いつでしょう)"),
        "(次のようです|以下のようです|どのようで|このようで|そのようで|可能性を広|可能性を引き|可能性を秘)",
        "(はいそうです|はい そうです|美味しそうです|楽しそうです)",
        "(と思いますか|どう思います)",
        "(わからないことが|わからないこと|分からないことが|分からないこと|わからない場合|分からない場合)",
    ),
)

_EN = (_EN_DOUBT, _EN_LIKELY, _EN_MODAL, _EN_IDLE)
_BY_LANGUAGE = (_EN, _DE, *ROMANCE, _ZH, _JA)
CUES: dict[str, tuple[str, ...]] = {
    f"hedging.{cue}": tuple(phrase for phrases in kinds for phrase in phrases)
    for cue, kinds in zip(("doubt", "likely", "modal", "idle"), zip(*_BY_LANGUAGE, strict=True), strict=True)
}
