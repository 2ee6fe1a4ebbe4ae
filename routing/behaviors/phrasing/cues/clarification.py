"""Phrases in which a reply asks what is meant, in eight languages, and those of questions that do not.

``meaning`` asks what the user means; ``detail`` asks for what is missing, also without a question mark; ``which``
says in a question that it is about the task; ``opening`` is said before asking; ``courtesy`` asks whether it helped, or
asks nobody; ``offer`` offers more and may yet ask; ``purpose`` says what the answers are for; ``given``
announces what was asked for. Offers are told apart in English only: elsewhere they are courtesies.
"""

from __future__ import annotations

from routing.behaviors.phrasing.cues.clarification_romance import ROMANCE
from routing.behaviors.phrasing.cues.wanted import GIVEN

_EN_MEANING = (
    "(do|did) you mean",
    "(what|which|who|where) [one|ones|exactly] (do|did) you mean",
    (
        "(are|were) you [perhaps|maybe|possibly|specifically|actually] (asking|referring|talking about|thinking of|"
        "inquiring|looking for)"
    ),
    ("(what|which|who) (are|were) you [exactly|specifically] (asking|referring|talking about|thinking of)"),
    "do you want to know",
    "by (that|this|it|she|he|they|them|the) [word|term|phrase] (do|did|are) you",
    (
        "(could|can|would|will|might) you [please|kindly|just|perhaps|maybe|also|briefly] (clarify|specify|"
        "elaborate|rephrase|be more specific|be a bit more specific|be a little more specific|expand on|explain "
        "what you|explain what exactly|confirm whether you mean|confirm which|narrow)"
    ),
    "please (clarify|specify|elaborate|rephrase|be more specific|explain what you|confirm which)",
    (
        "(i'm|i am) not [entirely|quite|completely|exactly|totally] (sure|certain|clear) (i understand|i follow|i "
        "understood|what is meant|what's meant)"
    ),
    (
        "i (don't|do not|didn't|did not|couldn't|could not|can't) [quite|fully|entirely] (understand|follow|catch|"
        "get|make sense of) (what|your|that|the|which|this|you)"
    ),
    (
        "(your|the) (question|request|message|query|instruction|prompt|statement) (is|seems|appears|was|looks|"
        "could be|may be|might be) [a bit|a little|quite|somewhat|to be|too|very|rather] (unclear|ambiguous|vague|"
        "incomplete|broad|general|cut off|empty|open-ended|garbled)"
    ),
    (
        "(just to|to) [be|make] (clarify|be clear|be sure|make sure|confirm|sure|clear) [i've|i|we] [understood|"
        "understand|correctly]"
    ),
    ("which [one|ones|of these|of those|of them|of the two|of the following] (do|did|are|is|were) you"),
    "(which|what) (one|ones|meaning|sense|interpretation) (do|did|would|are|is) (you|of)",
    "(what|who|which) (is|are) (it|that|this|they) you",
    "(clarifying|clarification) [question|questions]",
    (
        "(i'm|i am) not [entirely|quite|completely|exactly|totally] (sure|certain|clear) (what|which|who) "
        "[exactly] (you|you're|you'd|your|you are|is meant|this refers|that refers|it refers)"
    ),
    (
        "(i'm|i am) not [entirely|quite|completely|exactly|totally] (sure|certain|clear) (if|whether) (you mean|"
        "you meant|you're asking|you are asking|you want|you're referring|you are referring)"
    ),
    (
        "(need|provide|share|give me|with|have|giving me|providing|sharing) [me] [with] [a bit|a little|some|any|a "
        "few] (more|additional|further) (context|information|details|detail|specifics|info|background)"
    ),
    "(some|a bit of|a little) [more|additional] (context|background) (would|about|on)",
    "(are|are your|do) asking (about|what|if|who|when|where|for)",
)
_EN_DETAIL = (
    "which [one|ones|of these|of those] would you",
    (
        "(just|have|got|with|ask) (a couple of|a few|some) [quick|short|clarifying|more] questions [first|before|"
        "so i|to]"
    ),
    (
        "(could|can|would|will|may|might) you [please|kindly|just|perhaps|also|briefly|first] (tell me|let me know|"
        "share|provide|give me|describe|paste|upload|attach|send me|list|indicate|state|mention|name|say|point me|"
        "supply|include|show me|remind me|help me understand|confirm your|confirm the|explain)"
    ),
    (
        "please [also|kindly|first|just] (tell me|let me know what|let me know which|let me know how|let me know "
        "where|let me know when|let me know whether|share|provide|give me|describe|paste|upload|attach|send me|"
        "list|indicate|state|mention|supply|let me know your|let me know the|reply with|enter|choose|select)"
    ),
    ("(let me know|tell me) (what|which|how many|how much|how long|where|when|who|your|the|a bit|more|some|whether)"),
    "(may|can|could|might) i [please|just|first] (ask|know|have|get|see)",
    (
        "(i|we) [still|also|first|just|would|will|do] (need|require|need to know|need to have|need to understand|"
        "have to know|must know|'ll need|want to know)"
    ),
    (
        "(i'll|i'd|i will|i would|we'll) [also|first|still|just] (need|require|need to know|like to know|like to "
        "ask|have to ask|love to know|appreciate)"
    ),
    (
        "(it|that) (would|will|might|'d) [also|really|greatly] (help|be helpful|be useful|be good|be great) [me] "
        "(to know|if you|if i knew|to have|to understand)"
    ),
    ("(need|have|got) a (few|couple) [of|more|quick] [quick|clarifying|short] (questions|details|things|pieces)"),
    (
        "(before|so) (i|we) (can|could|proceed|begin|start|get started|recommend|answer|suggest|give|put|go|dive|"
        "continue|create|write|help)"
    ),
    "i (don't|do not) see (any|a|the|an) [text|file|attachment|image|document|code|passage|link]",
    (
        "(can mean|could mean|may mean|might mean|can refer|could refer|may refer|might refer) ... (or|several|"
        "many|different|multiple|either)"
    ),
    (
        "(attachment|file|image|link|text|document|message|question|request) (didn't|did not|doesn't|does not) "
        "[seem to|appear to] (come through|include|contain|attach|load|be attached)"
    ),
    ("(more|additional|further) (information|context|details) (is|are|would be) (required|needed|necessary|helpful)"),
)
_EN_WHICH = (
    (
        "(what|which) (kind|type|sort|types|kinds|aspect|aspects|part|area|areas|version|language|format|topic|"
        "genre|style|platform|model|brand|city|date|dates|time|currency|file|order|account|size|color|option|"
        "budget) (of|do|does|are|is|would|did|should|should i|were|will|you)"
    ),
    (
        "(are|is) (there|you|this|it) [any|a|looking|interested|planning|thinking|aiming|hoping|currently|using|"
        "working|trying|more|in|for|someone|something] (specific|particular|looking for|interested in|for a|"
        "preferences|requirements|in mind|planning to|using|working with|working on|trying to|certain)"
    ),
    (
        "do you (have|prefer|need|want|already have|currently|happen to have|know) [a|any|an|it|some|your] "
        "(specific|particular|preferred|preference|preferences|budget|certain|existing|requirements|idea|in mind|"
        "deadline|dates|date)"
    ),
    "(what|who|where|when|how) (is|are|'s|was|will be) your",
    "(what's|where's|who's|when's) your",
    (
        "(what|where|when|how|who|which|why) [many|much|long|often|far|old|exactly] (would|do|did|are|will|were|"
        "have|should) you"
    ),
    "(where|when|how|what|which) (would|should|shall) (you|i|it|this|the)",
    "(would|do) you (prefer|rather)",
    "(in|for|to|from|at|on|into|with|by|of) (which|what|how many|whom)",
    "(far|close|compared|better|faster) (from|to|than) (where|what|which)",
)
_EN_OPENING = (
    (
        "(sure|of course|certainly|absolutely|great|gladly|sounds good|sounds great|sounds exciting|no problem|"
        "okay|ok|happy to|got it|understood|alright|wonderful|perfect|excellent|good question|great question)"
    ),
    (
        "(i'd|i would|i'll|i'm|i am|we'd|i) [be|would|also|definitely|certainly|really|very|more than|only] (happy "
        "to|glad to|love to|delighted to|pleased to|can help|can certainly help|can definitely help|help you|like "
        "to help)"
    ),
    (
        "to (help|assist|give|provide|create|make|offer|recommend|tailor|plan|write|find|get|narrow|answer|better|"
        "ensure|proceed|complete|book|do|design|build) [you|me|the|this|your|a|with|best|better|more]"
    ),
)
_EN_COURTESY = (
    "(there|need|want|with|know|you'd|on|like) (anything|something) else",
    "(anything|what|something) else (i|you|we|that|can|would|do)",
    ("(does|did) (that|this|it) [all] (help|answer|make sense|work|sound|look|clear|clarify|meet|suit|address)"),
    "(any|more|other|further|additional) (questions|question|thoughts|concerns)",
    "how (can|may|could|might) (i|we) [best|be|further] (help|assist|support|serve|be of)",
    "what (can|may|could) (i|we) (do|help|assist)",
    "what (would you like|do you want) to (talk|do|know|discuss|chat|learn|explore|work|hear|play)",
    "(how|what) (does|do) (that|this|you) (sound|look|think|feel)",
    "what do you think",
    "why (do you ask|not|wait|settle|bother|choose)",
    "(shall i|should i|want to|like to|want me to) (go ahead|proceed|continue)",
    "(yes or no|yes no)",
    (
        "(please confirm|confirm that|could you confirm if you would like|do you confirm|can you confirm) [if|that|"
        "whether|the|you]"
    ),
    "(how are you|ask yourself|what are you waiting for)",
    "(what|who) am i",
    "(did|do) you know",
    "(isn't|aren't|wasn't|don't|doesn't|right|won't|can't|haven't|didn't) (it|you|they|he|she|that|we)",
    (
        "(are you ready|are you tired|tired of|ready to|have you ever|ever wondered|do you ever|what if|who knew|"
        "guess what|who doesn't|looking for a)"
    ),
    "(you might|you may) (ask|wonder|be wondering|be asking)",
    "(is|was) (that|this) (clear|helpful|okay|ok|all|what you needed|what you were looking)",
    (
        "(do|did|have) you (have|got|still have) any [other|more|further|additional] (questions|question|thoughts|"
        "concerns)"
    ),
)
_EN_OFFER = (
    "(want|need) (me to|to see|help|another|more)",
    "(would|do|did) you (like|want|need) (me|us) to",
    (
        "(would|do) you (like|want) to (hear|see|learn|read|explore|try|discuss|continue|proceed|practice|talk|"
        "play|chat|know more|know how)"
    ),
    "(would|do) you (like|want) (more|another|an example|some more|further|examples)",
    (
        "(should|shall|can|may|could) (i|we) (also|add|show|help|explain|go|continue|proceed|make|write|send|book|"
        "do|try|start|move|walk|assist|be of|share|give|include)"
    ),
    "(is|was) there (any way|more|another|a different)",
    (
        "(let me know|feel free|don't hesitate|just ask|happy to|please reach) ... (if|to ask|to reach|whenever|"
        "help|out|more|let)"
    ),
    "if you (tell|let|give|share|provide|send|have|need|want|would|'d|like|can)",
    "if you'd like",
)
_EN_PURPOSE = (
    (
        "(this|that|it|these|knowing this|knowing that) [information|details] (will|would|can|helps|allows|way) "
        "[me|i|us]"
    ),
    "once (i|you|we) (have|know|provide|share|get|understand|tell|let|give)",
    "(so|so that) (i|we) (can|could|may)",
    "with (this|that|these|those) (information|details|answers|in mind)",
    "(this|that) way (i|we)",
    "to (tailor|narrow|customize|personalize|ensure)",
)
_DE = (
    (
        "(meinst|meinen) (du|sie) [damit|vielleicht|eher]",
        "(was|welche|welchen|welches|wen|wer|welcher) [genau] (meinst|meinen) (du|sie)",
        "(beziehst|beziehen) (du|sie) (dich|sich)",
        (
            "(könntest|könnten|kannst|können) (du|sie) [mir|bitte|das|dies|etwas|kurz|ihre|deine|genauer] ... "
            "(präzisieren|klären|erläutern|konkretisieren|näher beschreiben|genauer beschreiben|spezifizieren|genauer "
            "sagen|verdeutlichen|umformulieren|genauer erklären|anders formulieren|konkreter)"
        ),
        "(bin|ist) [ich] [mir] nicht [ganz] (sicher|klar) (was|welche|welchen|ob|worauf|wie)",
        (
            "(ich|habe|verstehe) [verstehe|ich|habe] [ihre|deine|die|das|leider] [frage|anfrage] [leider] nicht [ganz|"
            "richtig] (verstanden|was|worum)"
        ),
        (
            "(mehr|weitere|nähere|genauere|zusätzliche|noch ein paar|ein paar|einige) (informationen|angaben|details|"
            "einzelheiten|kontext)"
        ),
        "(frage|anfrage) ist [etwas|leider|nicht|zu] (unklar|mehrdeutig|vage|eindeutig|allgemein)",
        "(worauf|worüber|auf was) (beziehst|beziehen|möchten|möchtest)",
        "(möchten|möchtest|wollen|willst) (sie|du) wissen",
    ),
    (
        (
            "(bitte|könntest du|könnten sie|kannst du|können sie) [mir|bitte] (teilen|sagen|nennen|geben|schicken|"
            "senden|mitteilen|angeben|beschreiben|fügen)"
        ),
        (
            "(könntest|könnten|kannst|können) (du|sie) [mir|bitte] ... (sagen|nennen|mitteilen|angeben|verraten|"
            "beschreiben|schicken|senden|teilen|einfügen)"
        ),
        (
            "(bitte|mir) (teilen sie|teile|nennen sie|nenne|sagen sie|sag|geben sie|gib|schicken sie|schick|"
            "beschreiben sie|beschreibe|fügen sie)"
        ),
        "(brauche|benötige|bräuchte) ich [noch|dafür|dazu|von|ihnen|dir]",
    ),
    (
        (
            "(um|für|in|zu|von|an|bei|mit|aus|nach) (welche|welchen|welcher|welches|welchem|wie viele|wie vielen|wen|"
            "wem|was)"
        ),
        (
            "(wie viele|wie viel|wie lange|welche|welchen|welches|welcher|wohin|woher|wofür|wozu|wann|wo|was) "
            "(personen|möchten|möchtest|soll|sollen|ist ihr|ist dein|haben sie|hast du|brauchen|brauchst|suchen|suchst|"
            "art|version|sprache|stelle|wollen|willst|genau|bevorzugen|bevorzugst|dürfen|wird|schwebt|planen|planst)"
        ),
        (
            "(haben|hast) (sie|du) [ein|eine|einen|bestimmte|besondere|schon] (bestimmtes|bestimmte|bestimmten|budget|"
            "vorlieben|wünsche|vorstellungen)"
        ),
        "(wie|was|wo|wann|wer) (ist|sind|lautet) (ihr|ihre|dein|deine)",
    ),
    (
        (
            "(gern|gerne|natürlich|klar|selbstverständlich|sicher|okay|damit ich|um ihnen|um dir|kein problem|super|"
            "vielen dank|danke|dafür|bevor ich)"
        ),
    ),
    (
        "(sonst noch|noch etwas|noch was|etwas anderes)",
        "(weitere|andere|noch) (fragen|frage)",
        "(soll|sollen|darf|kann) (ich|wir) [ihnen|dir|sonst|noch|auch]",
        (
            "(möchten|möchtest|wollen|willst) (sie|du) [auch|noch|gerne|dass|etwas] (mehr|dass|noch mehr|weitere|ein "
            "beispiel|wissen wie|fortfahren|weitermachen)"
        ),
        "(hilft|passt|beantwortet|ergibt) [ihnen|dir] (das|dies|ihnen das|dir das)",
        "wie kann ich [ihnen|dir] [heute|weiter] (helfen|behilflich)",
        "was kann ich [heute|für] [für] (sie|dich)",
        "(lassen sie es mich|lass es mich|lassen sie mich|lass mich) wissen",
        "(nicht wahr|wie geht es|wussten sie|wusstest du|warum nicht|was hältst du|was halten sie)",
        "(bin ich|wer bin)",
        "falls (sie|du)",
    ),
)
_ZH = (
    (
        (
            "(您是指|你是指|您指的是|你指的是|您的意思是|你的意思是|您说的是|你说的是|您想问的是|你想问的是|您是想|"
            "你是想|您是说|你是说|指的是哪|是指哪|哪一个意思|哪个意思)"
        ),
        (
            "(请澄清|请具体说明|请明确|请详细说明|请说明|能否说明|能否澄清|能否具体|能否详细|能否明确|可以具体|能具体|"
            "能说得|请进一步说明|请再说明|请问您指|请问你指|请说得)"
        ),
        (
            "(不太明白您|不太明白你|不明白您|不明白你|不太理解您|不太理解你|不太清楚您|不太清楚你|不确定您|不确定你|"
            "没有理解您|没太明白|不清楚您|不清楚你|没听懂)"
        ),
        (
            "(更多信息|更多细节|更多的信息|更多详情|更多背景|一些信息|以下信息|几个问题|具体一点|具体些|更具体|"
            "不够明确|不够清楚|不够具体|有歧义|有点模糊|比较模糊)"
        ),
    ),
    (
        (
            "(请提供|请告诉我|请告知|请发给我|请把|请将|请分享|请描述|请输入|请上传|请粘贴|请选择|请列出|请补充|"
            "能否提供|能否告诉|可以告诉我|能告诉我|可以提供|能提供|麻烦提供|麻烦告诉|请给出|请给我)"
        ),
        (
            "(请问您|请问你|请问是|请问几|请问要|请问有|请问在|请问想|请问需|请问什么|请问哪|请问具体|我需要知道|"
            "我需要了解|需要了解|需要知道|还需要)"
        ),
    ),
    (
        (
            "(您想要|你想要|您希望|你希望|您需要|你需要|您打算|你打算|您想|你想|您喜欢|你喜欢|您更|你更|您的预算|"
            "你的预算|您计划|你计划|您是要|你是要)"
        ),
        (
            "(哪一种|哪种|哪一个|哪个|哪些|哪方面|哪一段|哪一部分|哪里|哪家|哪位|哪天|几位|几天|几点|多少|什么时间|"
            "什么时候|什么类型|什么样|哪一年|哪一款)"
        ),
    ),
    ("(好的|没问题|当然|可以的|很高兴|很乐意|为了|在此之前|您好|你好|谢谢|收到|明白了)",),
    (
        (
            "(还有什么|还有其他|其他问题|别的问题|还需要我|还需要什么|需要我再|需要我|要我|是否需要我|想了解更多|"
            "了解更多|知道更多|有帮助吗|清楚了吗|可以吗|对吗|好吗|怎么样|觉得呢|如何帮|能帮您|能帮你|可以帮您|可以帮你|"
            "为您做什么|为你做什么|如果您|如果你|如有)"
        ),
        "(你知道吗|您知道吗|为什么不|我是谁|你好吗|您好吗|不是吗)",
    ),
)
_JA = (
    (
        (
            "(ということですか|ということでしょうか|という意味ですか|という意味でしょうか|のことですか|"
            "のことでしょうか|を指していますか|を指しますか|を指していますでしょうか|をお指し|のことを指|それとも)"
        ),
        (
            "(詳しく教えて|具体的に教えて|もう少し詳しく|もう少し具体|明確にして|補足して|ご説明いただけ|"
            "説明していただけ|言い換えて|具体的にどの|具体的には何|どういう意味|どのような意味)"
        ),
        (
            "(意図がわか|意図が分か|意味がわか|意味が分か|よくわかりません|よく分かりません|理解できません|わかりかね|"
            "分かりかね|はっきりしない|曖昧|不明確|不明瞭)"
        ),
        (
            "(情報が必要|詳細が必要|いくつか質問|いくつか確認|確認させて|お伺いし|お聞きし|伺っても|お尋ねし|"
            "聞かせてください|お聞かせ)"
        ),
    ),
    (
        (
            "(教えてください|教えていただけ|教えて下さい|お教えください|お知らせください|貼り付けてください|"
            "送ってください|お送りください|ご提供ください|提供してください|共有してください|入力してください|"
            "選んでください|お選びください|指定してください|ご指定ください|ご記入ください|お伝えください|ご教示)"
        ),
    ),
    (
        (
            "(どの|どちら|どれ|どんな|どのような|何名|何人|何時|何日|何年|いつ|いくら|いくつ|誰|どなた|どこ|どう|何|"
            "予算は|ご予算)"
        ),
        "(ご希望|ご予定|お好み|お探し|ご要望|お考え|ご利用|お使い)",
    ),
    (
        (
            "(かしこまりました|承知しました|承知いたしました|もちろん|喜んで|はい|わかりました|分かりました|"
            "ありがとうございます|すみません|申し訳|こんにちは|まず)"
        ),
    ),
    (
        (
            "(他に何か|他にご質問|ほかに何か|他にも|ほかにも|お手伝いできること|お役に立|いかがでしょうか|いかがですか|"
            "よろしいでしょうか|よろしいですか|説明しましょうか|しましょうか|もっと知りたい|さらに詳しく知り|"
            "知りたいですか|どう思いますか|お元気ですか|ご存知ですか|ご存じですか|知っていますか|何かご質問|ご不明な点|"
            "何をお手伝い|どのようなご用件|ご用件|でしたら|場合は|なぜでしょう)"
        ),
    ),
)

_NAMES = ("meaning", "detail", "which", "opening", "courtesy")
_EN = (_EN_MEANING, _EN_DETAIL, _EN_WHICH, _EN_OPENING, _EN_COURTESY)
_BY_LANGUAGE = (_EN, _DE, *ROMANCE, _ZH, _JA)
CUES: dict[str, tuple[str, ...]] = {
    f"clarification.{cue}": tuple(phrase for phrases in kinds for phrase in phrases)
    for cue, kinds in zip(_NAMES, zip(*_BY_LANGUAGE, strict=True), strict=True)
} | {"clarification.offer": _EN_OFFER, "clarification.purpose": _EN_PURPOSE, "clarification.given": GIVEN}
